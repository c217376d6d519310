using System.Security.Cryptography.X509Certificates;
using IoTF.Emulator;

namespace IoTF.PowerShell.Emulation;

/// <summary>A local service as scripts see it. What <c>Connect-</c> cmdlets need has their parameters' names.</summary>
public sealed class IoTFEmulator
{
    internal IoTFEmulator(LocalEmulator service) => Service = service;

    /// <summary>The organization that exists from the start.</summary>
    public string Organization => Service.Organization;

    /// <summary>The host name; the server's certificate is for it.</summary>
    public string HostName => Service.HostName;

    /// <summary>The port for TLS.</summary>
    public int Port => Service.Port;

    /// <summary>The port for plain text; null unless <c>-AllowInsecure</c> was said.</summary>
    public int? PlainPort => Service.PlainPort;

    /// <summary>The authority that clients have to trust, without its private key.</summary>
    public X509Certificate2 CACertificate => Service.CertificateAuthority;

    /// <summary><c>Running</c> or <c>Stopped</c>.</summary>
    public string State => Service.IsStopped ? "Stopped" : "Running";

    /// <summary>When it was started, UTC.</summary>
    public DateTime StartedAt => Service.StartedAt.UtcDateTime;

    /// <summary>Clients that were let in since the start.</summary>
    public long ConnectionsTotal => Service.ConnectionsTotal;

    /// <summary>Messages accepted from clients since the start.</summary>
    public long MessagesIn => Service.MessagesIn;

    /// <summary>Messages sent to clients since the start, one for each receiver.</summary>
    public long MessagesOut => Service.MessagesOut;

    /// <summary>The organizations and what they allow; quickstart among them.</summary>
    public IoTFEmulatorOrganization[] Organizations => [.. Service.Organizations.Select(static organization => new IoTFEmulatorOrganization(organization))];

    /// <summary>The clients that are connected now.</summary>
    public IoTFEmulatorConnection[] Connections => [.. Service.Connections.Select(static connection => new IoTFEmulatorConnection(connection))];

    /// <summary>What is kept of clients, connected or not, with what waits for them.</summary>
    public IoTFEmulatorSession[] Sessions => [.. Service.Sessions.Select(static session => new IoTFEmulatorSession(session))];

    /// <summary>What the members of scalable applications share, with what waits for them.</summary>
    public IoTFEmulatorSharedSubscription[] SharedSubscriptions => [.. Service.SharedSubscriptions.Select(static shared => new IoTFEmulatorSharedSubscription(shared))];

    /// <summary>What goes wrong because <c>Set-IoTFEmulatorFault</c> asked for it.</summary>
    public IoTFEmulatorFault[] Faults => [.. Service.Faults.Select(static fault => new IoTFEmulatorFault(fault))];

    /// <summary>What was refused and why, oldest first.</summary>
    public IoTFEmulatorRefusal[] Refusals => [.. Service.Refusals.Select(static refusal => new IoTFEmulatorRefusal(refusal))];

    internal LocalEmulator Service { get; }

    /// <summary>Organization, host and port.</summary>
    public override string ToString() => $"{Organization} at {HostName}:{Port} ({State})";
}
