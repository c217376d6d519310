using IoTF.Tests.Interop.Certificates;

namespace IoTF.Tests.Interop.Brokers;

/// <summary>How a <see cref="MosquittoBroker"/> is set up.</summary>
public sealed record MosquittoOptions
{
    /// <summary>Whether it listens without TLS.</summary>
    public bool Plain { get; init; } = true;

    /// <summary>The server's certificate; with it, the broker listens with TLS, too.</summary>
    public CertificateFiles? Tls { get; init; }

    /// <summary>Whether it listens for WebSockets, too, with TLS when there is a certificate. Mosquitto 2.0.11 does so beside another listener only.</summary>
    public bool WebSocket { get; init; }

    /// <summary>Whether the TLS listener speaks 1.2 only, as the service does, or 1.3, too.</summary>
    public bool OnlyTls12 { get; init; } = true;

    /// <summary>The CA whose client certificates the TLS listener demands; null to demand none.</summary>
    public string? ClientAuthorityFile { get; init; }

    /// <summary>User names and passwords, checked on every listener; null to let everybody in.</summary>
    public IReadOnlyDictionary<string, string>? Users { get; init; }

    /// <summary>Messages on their way to one client at a time; null for Mosquitto's default (20), 0 for no bound.</summary>
    public int? MaxInflightMessages { get; init; }

    /// <summary>The largest packet in bytes, over which the connection is ended (MQTT 5: which is announced); null for no bound.</summary>
    public int? MaxPacketSize { get; init; }

    /// <summary>Messages kept for one client beyond those on their way; 0 for no bound.</summary>
    public int MaxQueuedMessages { get; init; }

    /// <summary>Whether sessions and messages survive a restart that was asked for (not a kill; see <see cref="SavesAfterChanges"/>).</summary>
    public bool Persistence { get; init; }

    /// <summary>
    /// With <see cref="Persistence"/>: after how many changes everything is saved (<c>autosave_on_changes true</c>, <c>autosave_interval</c>), so that
    /// it survives a kill, too; null to save at the end only.
    /// </summary>
    public int? SavesAfterChanges { get; init; }

    /// <summary>Whether the log tells every packet, or, for floods of messages, connections and errors only.</summary>
    public bool LogPackets { get; init; } = true;
}
