using System.Management.Automation;
using System.Security;
using IoTF.PowerShell.Emulation;
using IoTF.PowerShell.Parameters;

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

    /// <summary>The organisation; that of the local service unless given. A new one is made.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Org", "OrgId")]
    [ValidateNotNullOrEmpty]
    public string? Organization { get; set; }

    /// <summary>The token, 8 to 36 characters; a random one unless given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SecretTransformation]
    public SecureString? Token { get; set; }

    /// <summary>Replaces an earlier registration and its token.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The local service; that of this runspace unless given.</summary>
    [Parameter]
    [ValidateNotNull]
    public IoTFEmulator? Emulator { get; set; }

    private protected override object? ErrorTarget => $"{DeviceType}/{DeviceId}";

    private protected override void Process()
    {
        var emulator = EmulatorSlot.Require(Emulator);
        var token = Token is null ? null : Secrets.Reveal(Token);
        var credential = Gateway
            ? emulator.Service.RegisterGateway(Organization, DeviceType, DeviceId, token, replace: Force)
            : emulator.Service.RegisterDevice(Organization, DeviceType, DeviceId, token, replace: Force);
        WriteObject(new IoTFEmulatorDevice(
            emulator, credential.Role.ToString(), credential.Organization, DeviceType, DeviceId, Secrets.Protect(credential.Token)));
    }
}
