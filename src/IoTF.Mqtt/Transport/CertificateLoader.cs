using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IoTF.Mqtt.Transport;

/// <summary>Makes certificates from bytes. .NET 9 has a loader of its own, and calls obsolete what .NET 8 has for it.</summary>
public static class CertificateLoader
{
    /// <summary>A certificate in DER, without a private key.</summary>
    public static X509Certificate2 FromDer(byte[] content) =>
#if NET9_0_OR_GREATER
        X509CertificateLoader.LoadCertificate(content);
#else
        new(content);
#endif

    /// <summary>A certificate whose private key TLS can use. On Windows that is not one which exists in memory only, as a new key or one from PEM does.</summary>
    /// <param name="pair">The certificate with its key; it is not to be used afterward.</param>
    /// <exception cref="KeyStorageException">The account has no place for it.</exception>
    public static X509Certificate2 ForTls(X509Certificate2 pair)
    {
        if (!OperatingSystem.IsWindows())
        {
            return pair;
        }

        using (pair)
        {
            return FromFile(pair.Export(X509ContentType.Pfx), password: null, withPrivateKeys: true)[0];
        }
    }

    /// <summary>The certificates of a DER, PFX or PKCS #7 file.</summary>
    /// <param name="content">The file.</param>
    /// <param name="password">That of a PFX; null for none.</param>
    /// <param name="withPrivateKeys">Whether TLS is going to use private keys that are in it.</param>
    /// <exception cref="CryptographicException">It is something else, or has another password.</exception>
    /// <exception cref="KeyStorageException">The account has no place for a private key.</exception>
    public static X509Certificate2Collection FromFile(byte[] content, string? password, bool withPrivateKeys)
    {
        // Without a file for the key; TLS on Windows cannot use such a key.
        var flags = OperatingSystem.IsWindows() && !withPrivateKeys ? X509KeyStorageFlags.EphemeralKeySet : X509KeyStorageFlags.DefaultKeySet;
        try
        {
            var found = Import(content, password, flags);
            if (OperatingSystem.IsWindows() && withPrivateKeys)
            {
                foreach (var certificate in found)
                {
                    KeyFiles.OfProcess.Track(certificate);
                }
            }

            return found;
        }
        catch (CryptographicException fault) when (OperatingSystem.IsWindows() && withPrivateKeys && KeyStorageException.Explain(fault) is { } explained)
        {
            throw explained;
        }
    }

    private static X509Certificate2Collection Import(byte[] content, string? password, X509KeyStorageFlags flags)
    {
#if NET9_0_OR_GREATER
        switch (X509Certificate2.GetCertContentType(content))
        {
            case X509ContentType.Cert:
                return [FromDer(content)];
            case X509ContentType.Pfx:
                return X509CertificateLoader.LoadPkcs12Collection(content, password, flags);
        }

        // The loader of .NET 9 does not read PKCS #7.
#pragma warning disable SYSLIB0057
#endif
        var found = new X509Certificate2Collection();
        found.Import(content, password, flags);
        return found;
    }
}
