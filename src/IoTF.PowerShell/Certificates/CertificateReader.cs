using System.Collections;
using System.Management.Automation;
using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using IoTF.Mqtt.Transport;
using IoTF.PowerShell.Emulation;

namespace IoTF.PowerShell.Certificates;

/// <summary>There is no certificate where one was expected.</summary>
internal sealed class CertificateReadException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>What to do next; null for what goes for each parameter.</summary>
    public string? NextStep { get; init; }
}

/// <summary>
/// Reads certificates: the path of a PEM file (any number of certificates), of a DER file or of a PFX file; PEM text; the path of a certificate of the
/// <c>Cert:</c> drive or its thumbprint; objects, and arrays of any of these.
/// </summary>
/// <param name="paths">Where relative paths start.</param>
internal sealed class CertificateReader(PathIntrinsics paths)
{
    private const string PemMark = "-----BEGIN ";
    private const string EncryptedMark = "-----BEGIN ENCRYPTED PRIVATE KEY-----";

    /// <summary>Whether the private key of the first certificate of a PEM file is read, too.</summary>
    public bool WithPrivateKey { get; init; }

    /// <summary>The password of a PFX file or of a private key; null for none.</summary>
    public SecureString? Password { get; init; }

    /// <summary>Reads what was given.</summary>
    /// <returns>At least one certificate.</returns>
    /// <exception cref="CertificateReadException">There is none; the message says why and what to give.</exception>
    public X509Certificate2Collection Read(object? input)
    {
        var found = new X509Certificate2Collection();
        Collect(input, found);
        return found.Count > 0 ? found : throw new CertificateReadException("No certificate was given.");
    }

    /// <summary>Reads the first certificate together with a private key that is in a file of its own.</summary>
    /// <exception cref="CertificateReadException">They cannot be read, or do not belong together.</exception>
    public X509Certificate2Collection ReadPair(object? input, string keyPath)
    {
        var found = Read(input);
        var full = FullPath(keyPath);
        found[0] = Guard($"'{full}'", () => WithKey(found[0].ExportCertificatePem(), Encoding.UTF8.GetString(ReadFile(full))));
        return found;
    }

    private void Collect(object? input, X509Certificate2Collection found)
    {
        switch (input is PSObject wrapped ? wrapped.BaseObject : input)
        {
            case X509Certificate2 certificate:
                found.Add(certificate);
                break;
            case string text when text.Contains(PemMark, StringComparison.Ordinal):
                Import(Encoding.UTF8.GetBytes(text), "the text", found);
                break;
            case string reference when CertificateStoreReference.TryParse(reference, out var stored):
                found.Add(stored.Find());
                break;
            case string path:
                MistakenContent.Refuse(path, "the text");
                var full = FullPath(path);
                Import(ReadFile(full), $"'{full}'", found);
                break;
            case FileInfo file:
                Import(ReadFile(file.FullName), $"'{file.FullName}'", found);
                break;
            case byte[] bytes:
                Import(bytes, "the bytes", found);
                break;
            case IEnumerable several:
                foreach (var one in several)
                {
                    Collect(one, found);
                }

                break;
            case var other:
                throw new CertificateReadException(
                    $"A value of type {other?.GetType().Name ?? "null"} is not a certificate. Use the path of a PEM, DER or PFX file, or an X509Certificate2.");
        }
    }

    private string FullPath(string path)
    {
        string full;
        ProviderInfo provider;
        try
        {
            full = paths.GetUnresolvedProviderPathFromPSPath(path, out provider, out _);
        }
        catch (Exception fault) when (fault is ProviderNotFoundException or System.Management.Automation.DriveNotFoundException or ProviderInvocationException)
        {
            throw new CertificateReadException($"'{path}' is not a path: {fault.Message}", fault);
        }

        return provider.Name == "FileSystem"
            ? full
            : throw new CertificateReadException($"'{path}' is not in the file system. Use a file, or the certificate itself: (Get-Item {path}).");
    }

    private static byte[] ReadFile(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CertificateReadException($"The certificate file '{path}' does not exist. Check the path; a relative one starts at the current location.", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CertificateReadException($"The certificate file '{path}' cannot be read: {fault.Message}", fault);
        }
    }

    private void Import(byte[] content, string source, X509Certificate2Collection found)
    {
        var before = found.Count;
        var text = Encoding.UTF8.GetString(content);
        MistakenContent.Refuse(text, source);
        Guard(source, () =>
        {
            if (!text.Contains(PemMark, StringComparison.Ordinal))
            {
                found.AddRange(CertificateLoader.FromFile(content, Password is null ? null : Secrets.Reveal(Password), WithPrivateKey));
                return found;
            }

            found.ImportFromPem(text);
            if (WithPrivateKey && before == 0 && found.Count > 0 && text.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            {
                found[0] = WithKey(text, text);
            }

            return found;
        });
        if (found.Count == before)
        {
            var labels = MistakenContent.LabelsOf(text);
            throw new CertificateReadException(
                $"There is no certificate in {source}{(labels is null ? "" : $", only {labels}")}. A PEM file has lines that say -----BEGIN CERTIFICATE-----.");
        }
    }

    private X509Certificate2 WithKey(string certificate, string key)
    {
        var pair = Password is not null && key.Contains(EncryptedMark, StringComparison.Ordinal)
            ? X509Certificate2.CreateFromEncryptedPem(certificate, key, Secrets.Reveal(Password))
            : X509Certificate2.CreateFromPem(certificate, key);
        return CertificateLoader.ForTls(pair);
    }

    /// <summary>Turns what .NET says about bytes that it cannot read into our words; a key that does not belong to the certificate is an ArgumentException there.</summary>
    private static T Guard<T>(string source, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (KeyStorageException fault)
        {
            throw new CertificateReadException($"The private key in {source} cannot be used: {fault.Message}", fault);
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            throw new CertificateReadException(
                $"The certificate or private key in {source} cannot be read: {fault.Message.TrimEnd('.')}. If it has a password, use -CertificatePassword, or open the file with Get-PfxCertificate and pass the result.",
                fault);
        }
    }
}
