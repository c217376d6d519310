using System.Management.Automation;
using System.Security;
using IoTF.PowerShell.Emulation;
using IoTF.PowerShell.Parameters;
using IoTF.Protocol.Authorization;

namespace IoTF.PowerShell.Commands;

/// <summary>Makes an API key of the local service and emits what an application connects with.</summary>
[Cmdlet(VerbsCommon.New, "IoTFEmulatorApiKey")]
[OutputType(typeof(IoTFEmulatorApiKey))]
public sealed class NewIoTFEmulatorApiKeyCommand : IoTFCommandBase
{
    /// <summary>The organization. Default: that of the local service. It is created if it does not exist.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Org", "OrgId")]
    [ValidateNotNullOrEmpty]
    public string? Organization { get; set; }

    /// <summary>
    /// What applications with the key may do: <c>StandardApplication</c> and <c>BackendTrustedApplication</c> everything, <c>OperationsApplication</c> and
    /// <c>DataProcessorApplication</c> receive events and send commands, <c>VisualizationApplication</c> receives events, <c>DeviceApplication</c>
    /// sends and receives events and receives commands.
    /// </summary>
    [Parameter]
    [ValidateSet(
        nameof(ApiKeyRole.StandardApplication),
        nameof(ApiKeyRole.OperationsApplication),
        nameof(ApiKeyRole.BackendTrustedApplication),
        nameof(ApiKeyRole.DataProcessorApplication),
        nameof(ApiKeyRole.VisualizationApplication),
        nameof(ApiKeyRole.DeviceApplication))]
    public string Role { get; set; } = nameof(ApiKeyRole.StandardApplication);

    /// <summary>The resource group of the devices that applications with the key may act for. Default: the whole organization.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ResourceGroup { get; set; }

    /// <summary>The token, of any characters. Default: a random one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SecretTransformation]
    public SecureString? Token { get; set; }

    /// <summary>The local service. Default: that of this runspace.</summary>
    [Parameter]
    [ValidateNotNull]
    public IoTFEmulator? Emulator { get; set; }

    private protected override void Process()
    {
        var emulator = EmulatorSlot.Require(Emulator);
        var role = Enum.Parse<ApiKeyRole>(Role, ignoreCase: true);
        var credential = emulator.Service.CreateApiKey(Organization, Token is null ? null : Secrets.Reveal(Token), role, ResourceGroup);
        WriteObject(new IoTFEmulatorApiKey(emulator, credential, role.ToString(), ResourceGroup));
    }
}
