namespace IoTF.Tests.Interop.Servers;

/// <summary>The only version of TLS that a server speaks.</summary>
public enum TlsVersion
{
    Tls11,
    Tls12,
    Tls13,
}
