using System.Management.Automation;
using System.Security;
using IoTF.PowerShell.Emulation;
using IoTF.PowerShell.Parameters;

namespace IoTF.PowerShell.Commands;

/// <summary>Makes an API key of the local service and emits what an application connects with.</summary>
[Cmdlet(VerbsCommon.New, "IoTFEmulatorApiKey")]
[OutputType(typeof(IoTFEmulatorApiKey))]
public sealed class NewIoTFEmulatorApiKeyCommand : IoTFCommandBase
{
    /// <summary>The organisation; that of the local service unless given. A new one is made.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Org", "OrgId")]
    [ValidateNotNullOrEmpty]
    public string? Organization { get; set; }

    /// <summary>The token, 8 to 36 characters; a random one unless given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SecretTransformation]
    public SecureString? Token { get; set; }

    /// <summary>The local service; that of this runspace unless given.</summary>
    [Parameter]
    [ValidateNotNull]
    public IoTFEmulator? Emulator { get; set; }

    private protected override void Process()
    {
        var emulator = EmulatorSlot.Require(Emulator);
        var credential = emulator.Service.CreateApiKey(Organization, Token is null ? null : Secrets.Reveal(Token));
        WriteObject(new IoTFEmulatorApiKey(emulator, credential.Organization, credential.ApiKey!, Secrets.Protect(credential.Token)));
    }
}
