using IoTF.Client.Sessions;
using IoTF.PowerShell.Messages;
using IoTF.PowerShell.Parameters;

namespace IoTF.PowerShell.Sessions;

/// <summary>A session as scripts see it. It may be used from any runspace and thread of the process.</summary>
public sealed class IoTFSession
{
    internal IoTFSession(Session session, string name)
    {
        Session = session;
        Name = name;
        Topics = new TopicCache(session.Options);
    }

    /// <summary>The name it has in its pool: the ClientId unless <c>-Name</c> gave another.</summary>
    public string Name { get; }

    /// <summary>The MQTT ClientId (protocol.md §2.1).</summary>
    public string ClientId => Session.Options.Identity.ClientId;

    /// <summary><c>Device</c>, <c>Gateway</c>, <c>Application</c> or <c>ScalableApplication</c>.</summary>
    public string Role => Session.Options.Identity.Role.ToString();

    /// <summary>The organisation.</summary>
    public string Organization => Session.Options.Identity.Organization;

    /// <summary>The type of a device or gateway; null for applications.</summary>
    public string? DeviceType => Session.Options.Identity.DeviceType;

    /// <summary>The id of a device or gateway; null for applications.</summary>
    public string? DeviceId => Session.Options.Identity.DeviceId;

    /// <summary>The id of an application; null for devices and gateways.</summary>
    public string? ApplicationId => Session.Options.Identity.ApplicationId;

    /// <summary>What tells a member of a scalable application from the others; null without one.</summary>
    public string? InstanceId => Session.Options.Identity.InstanceId;

    /// <summary>The host it is connected to.</summary>
    public string HostName => Session.Options.Endpoint.HostName;

    /// <summary>The TCP port.</summary>
    public int Port => Session.Options.Endpoint.Port;

    /// <summary>Whether TLS protects it.</summary>
    public bool Secure => Session.Options.Endpoint.Secure;

    /// <summary>The name that TLS sends and expects; null when it is that of the host.</summary>
    public string? TlsServerName => Session.Options.TlsServerName;

    /// <summary>The path of the WebSocket that MQTT travels in; null when it travels on the connection itself.</summary>
    public string? WebSocketPath => Session.Options.WebSocketPath;

    /// <summary>The proxy that the connection goes through, without credentials; null for a direct one.</summary>
    public string? Proxy => Session.Options.Proxy?.ToString();

    /// <summary>The version of MQTT: <c>3.1</c>, <c>3.1.1</c> or <c>5.0</c>.</summary>
    public string ProtocolVersion => ProtocolVersions.Name(Session.Options.Version);

    /// <summary>Whether the service keeps the session while the client is away.</summary>
    public bool Persistent => Session.Options.Persistent;

    /// <summary>How long the service keeps the session when the client is away, as it said (MQTT 5); null when that is not known.</summary>
    public TimeSpan? SessionExpiry => Session.SessionExpiry;

    /// <summary>The longest silence before the client asks whether the service is still there.</summary>
    public TimeSpan KeepAlive => Session.Options.KeepAlive;

    /// <summary>How many messages may be sent and unacknowledged.</summary>
    public int MaxInFlight => Session.Options.MaxInFlight;

    /// <summary>
    /// <c>Connecting</c>, <c>Open</c>, <c>Reconnecting</c> (the connection was lost and is being made again), <c>Closing</c>, <c>Closed</c>
    /// (disconnected here) or <c>Failed</c>.
    /// </summary>
    public string State => Session.State.ToString();

    /// <summary>Why the session failed or last lost its connection; null when it never has.</summary>
    public string? LastError => Session.State == SessionState.Closed ? null : Session.Fault?.Message;

    /// <summary>How often the connection was lost and made again.</summary>
    public int Reconnects => Session.Reconnects;

    /// <summary>How many tries to make the lost connection again have begun; 0 while it is open.</summary>
    public int Attempts => Session.Attempts;

    /// <summary>When it was opened, UTC; null when it was not.</summary>
    public DateTime? OpenedAt => Session.OpenedAt?.UtcDateTime;

    /// <summary>Messages sent, each counted once.</summary>
    public long Sent => Session.Counters.Sent;

    /// <summary>QoS 1 and 2 messages that the service acknowledged.</summary>
    public long Acknowledged => Session.Counters.Acknowledged;

    /// <summary>QoS 1 and 2 messages sent and not acknowledged yet.</summary>
    public int Pending => Session.Counters.Pending;

    /// <summary>Messages received, repetitions left out.</summary>
    public long Received => Session.Counters.Received;

    /// <summary>Messages received that no cmdlet has taken yet.</summary>
    public int Waiting => Session.Counters.Waiting;

    /// <summary>Messages dropped here: of QoS 0, because too many or too large ones waited, and those too large to be received.</summary>
    public long Dropped => Session.Counters.Dropped;

    /// <summary>Bytes sent, without those of TLS.</summary>
    public long BytesSent => Session.Counters.BytesSent;

    /// <summary>Bytes received, without those of TLS.</summary>
    public long BytesReceived => Session.Counters.BytesReceived;

    internal Session Session { get; }

    /// <summary>The topics that were sent to with it.</summary>
    internal TopicCache Topics { get; }

    /// <summary>Whether it takes messages: what is sent while the connection is being made again waits for it.</summary>
    internal bool IsUsable => Session.State is SessionState.Open or SessionState.Reconnecting;

    internal bool IsOver => Session.State is SessionState.Closed or SessionState.Failed;

    /// <summary>Name, state, host and port.</summary>
    public override string ToString() => $"{Name} ({State}, {Session.Options.Endpoint})";
}
