using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace IoTF.Mqtt.Transport;

/// <summary>
/// TLS on Windows takes only private keys that are in a file of the user's profile. .NET deletes the file of a key that it imported when the certificate
/// is disposed of or collected. It does neither at the end of a process, so that is done here.
/// </summary>
public sealed class KeyFiles
{
    private readonly ConditionalWeakTable<X509Certificate2, object?> _imported = [];

    internal KeyFiles()
    {
    }

    /// <summary>Those of this process.</summary>
    public static KeyFiles OfProcess { get; } = new();

    /// <summary>Disposes of all certificates whose keys were imported. TLS cannot begin with them any more.</summary>
    public void Delete()
    {
        foreach (var (certificate, _) in _imported)
        {
            certificate.Dispose();
        }
    }

    internal void Track(X509Certificate2 certificate)
    {
        if (certificate.HasPrivateKey)
        {
            _imported.AddOrUpdate(certificate, null);
        }
    }
}
