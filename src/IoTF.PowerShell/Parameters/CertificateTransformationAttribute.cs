using System.Collections;
using System.Management.Automation;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace IoTF.PowerShell.Parameters;

/// <summary>
/// Reads a parameter that is one or more certificates: the path of a PEM file (any number of certificates), of a DER file or of a PFX file without a
/// password; PEM text; an X509Certificate2, a collection of them, or an array of any of these. What comes out is an X509Certificate2Collection.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class CertificateTransformationAttribute : ArgumentTransformationAttribute
{
    private const string PemMark = "-----BEGIN ";

    /// <summary>
    /// Whether the first certificate must come with its private key, as one that is shown to the service must. From a PEM file the key is read, too.
    /// </summary>
    public bool PrivateKey { get; set; }

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        if (inputData is null)
        {
            return null;
        }

        var found = new X509Certificate2Collection();
        Collect(engineIntrinsics, inputData, found);
        if (found.Count == 0)
        {
            throw new ArgumentTransformationMetadataException("No certificate was given.");
        }

        return PrivateKey && !found[0].HasPrivateKey
            ? throw new ArgumentTransformationMetadataException(
                $"The certificate '{found[0].Subject}' has no private key, so it proves nothing. Give a PFX file or a PEM file that holds the key, or open it with Get-PfxCertificate.")
            : found;
    }

    private void Collect(EngineIntrinsics engine, object? input, X509Certificate2Collection found)
    {
        switch (input is PSObject wrapped ? wrapped.BaseObject : input)
        {
            case X509Certificate2 certificate:
                found.Add(certificate);
                break;
            case string text when text.Contains(PemMark, StringComparison.Ordinal):
                Import(Encoding.UTF8.GetBytes(text), "the text", found);
                break;
            case string path:
                ImportFile(FullPath(engine, path), found);
                break;
            case FileInfo file:
                ImportFile(file.FullName, found);
                break;
            case byte[] bytes:
                Import(bytes, "the bytes", found);
                break;
            case IEnumerable several:
                foreach (var one in several)
                {
                    Collect(engine, one, found);
                }

                break;
            case var other:
                throw new ArgumentTransformationMetadataException(
                    $"A value of type {other?.GetType().Name ?? "null"} is not a certificate. Give the path of a PEM, DER or PFX file, or an X509Certificate2.");
        }
    }

    private static string FullPath(EngineIntrinsics engine, string path)
    {
        string full;
        ProviderInfo provider;
        try
        {
            full = engine.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out provider, out _);
        }
        catch (Exception fault) when (fault is ProviderNotFoundException or System.Management.Automation.DriveNotFoundException or ProviderInvocationException)
        {
            throw new ArgumentTransformationMetadataException($"'{path}' is not a path: {fault.Message}", fault);
        }

        return provider.Name == "FileSystem"
            ? full
            : throw new ArgumentTransformationMetadataException($"'{path}' is not in the file system. Give a file, or the certificate itself: (Get-Item {path}).");
    }

    private void ImportFile(string path, X509Certificate2Collection found)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ArgumentTransformationMetadataException($"There is no certificate file '{path}'. Check the path; a relative one starts at the current location.", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentTransformationMetadataException($"The certificate file '{path}' cannot be read: {fault.Message}", fault);
        }

        Import(content, $"'{path}'", found);
    }

    private void Import(byte[] content, string source, X509Certificate2Collection found)
    {
        try
        {
            var before = found.Count;
            var text = Encoding.UTF8.GetString(content);
            if (text.Contains(PemMark, StringComparison.Ordinal))
            {
                found.ImportFromPem(text);
                if (PrivateKey && before == 0 && found.Count > 0 && text.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
                {
                    found[0] = WithUsableKey(X509Certificate2.CreateFromPem(text, text));
                }
            }
            else
            {
                found.Import(content, password: (string?)null, X509KeyStorageFlags.DefaultKeySet);
            }

            if (found.Count == before)
            {
                throw new ArgumentTransformationMetadataException($"There is no certificate in {source}. A PEM file has lines that say -----BEGIN CERTIFICATE-----.");
            }
        }
        catch (CryptographicException fault)
        {
            throw new ArgumentTransformationMetadataException(
                $"The certificate in {source} cannot be read: {fault.Message.TrimEnd('.')}. If it has a password, open it with Get-PfxCertificate and give the result.",
                fault);
        }
    }

    private static X509Certificate2 WithUsableKey(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows())
        {
            return certificate;
        }

        // Windows' TLS cannot use a key that exists in memory only, which is what reading PEM makes; through PFX it becomes one that can be used.
        using (certificate)
        {
            return new X509Certificate2(certificate.Export(X509ContentType.Pfx));
        }
    }
}
