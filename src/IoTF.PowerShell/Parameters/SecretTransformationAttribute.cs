using System.Management.Automation;
using System.Security;

namespace IoTF.PowerShell.Parameters;

/// <summary>
/// Guards a parameter that is a secret: a SecureString is taken, of a credential its password, and anything else is refused
/// with a message that says how to make one and does not repeat what was given.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class SecretTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        return (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            null => null,
            SecureString secret => secret,
            PSCredential credential => credential.Password,
            string => throw new ArgumentTransformationMetadataException(
                "A secret is not accepted as plain text, because plain text is kept in histories and logs. Prompt for it with "
                + "(Read-Host -AsSecureString), convert it with (ConvertTo-SecureString $text -AsPlainText -Force), "
                + "or use -Credential with the result of Get-Credential or of your vault."),
            var other => throw new ArgumentTransformationMetadataException(
                $"A secret must be a SecureString, not {other.GetType().Name}. Prompt for it with (Read-Host -AsSecureString)."),
        };
    }
}
