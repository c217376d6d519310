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

    /// <summary>The certificate of a PFX with its private key.</summary>
    public static X509Certificate2 FromPfx(byte[] content, string? password, X509KeyStorageFlags flags) =>
#if NET9_0_OR_GREATER
        X509CertificateLoader.LoadPkcs12(content, password, flags);
#else
        new(content, password, flags);
#endif

    /// <summary>The certificates of a DER, PFX or PKCS #7 file.</summary>
    public static X509Certificate2Collection FromFile(byte[] content, string? password, X509KeyStorageFlags flags)
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
