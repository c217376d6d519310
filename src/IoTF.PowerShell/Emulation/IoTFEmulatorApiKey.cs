using System.Security;
using System.Security.Cryptography.X509Certificates;
using IoTF.Emulator.Registry;

namespace IoTF.PowerShell.Emulation;

/// <summary>An API key of the local service: all that <c>Connect-IoTFApplication</c> binds.</summary>
public sealed class IoTFEmulatorApiKey
{
    internal IoTFEmulatorApiKey(IoTFEmulator emulator, EmulatorCredential credential, string role, string? resourceGroup)
    {
        Organization = credential.Organization;
        ApiKey = credential.ApiKey!;
        Role = role;
        ResourceGroup = resourceGroup;
        Token = Secrets.Protect(credential.Token);
        HostName = emulator.HostName;
        Port = emulator.Port;
        CACertificate = emulator.CACertificate;
    }

    /// <summary>The organization.</summary>
    public string Organization { get; }

    /// <summary>The API key: the user name of applications.</summary>
    public string ApiKey { get; }

    /// <summary>What applications with the key may do, such as <c>StandardApplication</c>.</summary>
    public string Role { get; }

    /// <summary>The resource group of the devices they may act for; null for the whole organization.</summary>
    public string? ResourceGroup { get; }

    /// <summary>The token. The local service keeps only its hash, so it cannot be had again.</summary>
    public SecureString Token { get; }

    /// <summary>The local service's host name.</summary>
    public string HostName { get; }

    /// <summary>The local service's port for TLS.</summary>
    public int Port { get; }

    /// <summary>The authority of the local service.</summary>
    public X509Certificate2 CACertificate { get; }

    /// <summary>The key, without its token.</summary>
    public override string ToString() => ApiKey;
}
