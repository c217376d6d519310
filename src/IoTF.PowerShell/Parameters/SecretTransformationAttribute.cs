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
                "A secret is not taken as plain text, because plain text ends up in histories and logs. Ask for it with "
                + "(Read-Host -AsSecureString), convert it with (ConvertTo-SecureString $text -AsPlainText -Force), "
                + "or give -Credential what Get-Credential or your vault returns."),
            var other => throw new ArgumentTransformationMetadataException(
                $"A secret must be a SecureString, not {other.GetType().Name}. Ask for it with (Read-Host -AsSecureString)."),
        };
    }
}
