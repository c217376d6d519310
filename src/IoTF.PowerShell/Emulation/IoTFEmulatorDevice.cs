using System.Security;
using System.Security.Cryptography.X509Certificates;
using IoTF.Emulator.Registry;

namespace IoTF.PowerShell.Emulation;

/// <summary>A device or gateway registered with the local service: all that <c>Connect-IoTFDevice</c> binds.</summary>
public sealed class IoTFEmulatorDevice
{
    internal IoTFEmulatorDevice(IoTFEmulator emulator, EmulatorCredential credential, string? gatewayRole, string? resourceGroup)
    {
        Role = credential.Role.ToString();
        GatewayRole = gatewayRole;
        ResourceGroup = resourceGroup;
        Organization = credential.Organization;
        DeviceType = credential.DeviceType!;
        DeviceId = credential.DeviceId!;
        Token = Secrets.Protect(credential.Token);
        HostName = emulator.HostName;
        Port = emulator.Port;
        CACertificate = emulator.CACertificate;
    }

    /// <summary><c>Device</c> or <c>Gateway</c>.</summary>
    public string Role { get; }

    /// <summary><c>Privileged</c> or <c>Standard</c>; null for a device.</summary>
    public string? GatewayRole { get; }

    /// <summary>The resource group; null for none.</summary>
    public string? ResourceGroup { get; }

    /// <summary>The organization.</summary>
    public string Organization { get; }

    /// <summary>The type.</summary>
    public string DeviceType { get; }

    /// <summary>The id.</summary>
    public string DeviceId { get; }

    /// <summary>The token. The local service keeps only its hash, so it cannot be had again.</summary>
    public SecureString Token { get; }

    /// <summary>The local service's host name.</summary>
    public string HostName { get; }

    /// <summary>The local service's port for TLS.</summary>
    public int Port { get; }

    /// <summary>The authority of the local service.</summary>
    public X509Certificate2 CACertificate { get; }

    /// <summary>Role, type and id.</summary>
    public override string ToString() => $"{Role} {DeviceType}/{DeviceId} of {Organization}";
}
