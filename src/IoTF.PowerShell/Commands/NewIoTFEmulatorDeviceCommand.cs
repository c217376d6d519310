using System.Management.Automation;
using System.Security;
using IoTF.PowerShell.Emulation;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Parameters;
using Gateways = IoTF.Protocol.Authorization.GatewayRole;

namespace IoTF.PowerShell.Commands;

/// <summary>Registers devices and gateways with the local service and emits what they connect with.</summary>
[Cmdlet(VerbsCommon.New, "IoTFEmulatorDevice")]
[OutputType(typeof(IoTFEmulatorDevice))]
public sealed class NewIoTFEmulatorDeviceCommand : IoTFCommandBase
{
    /// <summary>The device type.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("TypeId")]
    public string DeviceType { get; set; } = null!;

    /// <summary>The device id.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    public string DeviceId { get; set; } = null!;

    /// <summary>Registers a gateway.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SwitchParameter Gateway { get; set; }

    /// <summary>
    /// What a gateway may do: <c>Privileged</c>, the service's own choice for new ones, registers devices it speaks for on the way;
    /// <c>Standard</c> speaks for registered devices only.
    /// </summary>
    [Parameter]
    [ValidateSet(nameof(Gateways.Privileged), nameof(Gateways.Standard))]
    public string? GatewayRole { get; set; }

    /// <summary>The resource group. A gateway that has one acts for the devices of it only; one without acts for the whole organization.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ResourceGroup { get; set; }

    /// <summary>The organization. Default: that of the local service. It is created if it does not exist.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Org", "OrgId")]
    [ValidateNotNullOrEmpty]
    public string? Organization { get; set; }

    /// <summary>The token, 8 to 36 characters. Default: a random one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SecretTransformation]
    public SecureString? Token { get; set; }

    /// <summary>Replaces an earlier registration and its token.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The local service. Default: that of this runspace.</summary>
    [Parameter]
    [ValidateNotNull]
    public IoTFEmulator? Emulator { get; set; }

    private protected override object? ErrorTarget => $"{DeviceType}/{DeviceId}";

    private protected override void Process()
    {
        var emulator = EmulatorSlot.Require(Emulator);
        var token = Token is null ? null : Secrets.Reveal(Token);
        if (!Gateway && GatewayRole is not null)
        {
            throw Refuse(ErrorIds.GatewayNeeded, $"-GatewayRole is for gateways, and '{DeviceId}' is a device.", "Add -Gateway, or omit -GatewayRole.");
        }

        var role = GatewayRole is null ? default : Enum.Parse<Gateways>(GatewayRole, ignoreCase: true);
        var credential = Gateway
            ? emulator.Service.RegisterGateway(Organization, DeviceType, DeviceId, token, Force, role, ResourceGroup)
            : emulator.Service.RegisterDevice(Organization, DeviceType, DeviceId, token, Force, ResourceGroup);
        WriteObject(new IoTFEmulatorDevice(emulator, credential, Gateway ? role.ToString() : null, ResourceGroup));
    }
}
