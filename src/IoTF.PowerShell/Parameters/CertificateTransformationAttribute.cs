using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using IoTF.PowerShell.Certificates;

namespace IoTF.PowerShell.Parameters;

/// <summary>
/// Reads a parameter that is one or more certificates: the path of a PEM file (any number of certificates), of a DER file or of a PFX file without a
/// password; PEM text; a certificate of the <c>Cert:</c> drive or its thumbprint; an X509Certificate2, a collection of them, or an array of any of
/// these. What comes out is an X509Certificate2Collection.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class CertificateTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        if (inputData is null)
        {
            return null;
        }

        try
        {
            return new CertificateReader(engineIntrinsics.SessionState.Path).Read(inputData);
        }
        catch (CertificateReadException fault)
        {
            throw new ArgumentTransformationMetadataException(fault.Message, fault.InnerException);
        }
    }
}
