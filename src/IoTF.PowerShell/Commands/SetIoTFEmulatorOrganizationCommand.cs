using System.Management.Automation;
using IoTF.Emulator;
using IoTF.Mqtt;
using IoTF.PowerShell.Emulation;

namespace IoTF.PowerShell.Commands;

/// <summary>Changes what an organization of the local service allows, and makes it when it is new. What is not given stays as it is.</summary>
[Cmdlet(VerbsCommon.Set, "IoTFEmulatorOrganization")]
[OutputType(typeof(IoTFEmulatorOrganization))]
public sealed class SetIoTFEmulatorOrganizationCommand : IoTFCommandBase
{
    /// <summary>The organization. Default: that of the local service.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Org", "OrgId")]
    [ValidateNotNullOrEmpty]
    public string? Organization { get; set; }

    /// <summary>The most bytes of a payload; 131,072 at the service.</summary>
    [Parameter]
    [ValidateRange(1, OrganizationOptions.LargestPayload)]
    public int? MaximumPayload { get; set; }

    /// <summary>The highest QoS, 0 to 2.</summary>
    [Parameter]
    [ValidateRange(0, 2)]
    public int? MaximumQoS { get; set; }

    /// <summary>Lets clients retain messages. The service accepts the flag and clears it.</summary>
    [Parameter]
    public SwitchParameter AllowRetain { get; set; }

    /// <summary>Lets clients connect without TLS, on the port that <c>Start-IoTFEmulator -AllowInsecure</c> opened.</summary>
    [Parameter]
    public SwitchParameter AllowInsecure { get; set; }

    /// <summary>Lets sessions outlive their connection, as they do unless this is set to <c>$false</c>.</summary>
    [Parameter]
    public SwitchParameter AllowPersistent { get; set; }

    /// <summary>How many clients may be connected at once; 0 for as many as come.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? MaximumConnections { get; set; }

    /// <summary>Emits the organization.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>The local service. Default: that of this runspace.</summary>
    [Parameter]
    [ValidateNotNull]
    public IoTFEmulator? Emulator { get; set; }

    private protected override object? ErrorTarget => Organization;

    private protected override void Process()
    {
        var changed = EmulatorSlot.Require(Emulator).Service.ConfigureOrganization(Organization, options => options with
        {
            MaximumPayload = MaximumPayload ?? options.MaximumPayload,
            MaximumQoS = (QualityOfService?)MaximumQoS ?? options.MaximumQoS,
            AllowRetain = IsGiven(nameof(AllowRetain)) ? AllowRetain : options.AllowRetain,
            AllowInsecure = IsGiven(nameof(AllowInsecure)) ? AllowInsecure : options.AllowInsecure,
            AllowPersistent = IsGiven(nameof(AllowPersistent)) ? AllowPersistent : options.AllowPersistent,
            MaximumConnections = MaximumConnections switch { null => options.MaximumConnections, 0 => null, _ => MaximumConnections },
        });
        if (PassThru)
        {
            WriteObject(new IoTFEmulatorOrganization(changed));
        }
    }

    private bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);
}
