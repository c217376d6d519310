using IoTF.Emulator;

namespace IoTF.PowerShell.Emulation;

/// <summary>What the local service keeps of one client, connected or not, as it was when it was asked for.</summary>
public sealed class IoTFEmulatorSession
{
    internal IoTFEmulatorSession(EmulatorSession session)
    {
        ClientId = session.ClientId;
        Role = session.Role.ToString();
        Connected = session.Connected;
        Expiry = session.Expiry;
        Subscriptions = [.. session.Subscriptions];
        InFlight = session.InFlight;
        Queued = session.Queued;
        Dropped = session.Dropped;
    }

    /// <summary>The ClientId.</summary>
    public string ClientId { get; }

    /// <summary><c>Device</c>, <c>Gateway</c>, <c>Application</c> or <c>ScalableApplication</c>.</summary>
    public string Role { get; }

    /// <summary>Whether the client is connected.</summary>
    public bool Connected { get; }

    /// <summary>Whether the session outlives its connection.</summary>
    public bool Persistent => Expiry != TimeSpan.Zero;

    /// <summary>How long it outlives its connection: zero when it ends with it, -1 ms forever.</summary>
    public TimeSpan Expiry { get; }

    /// <summary>The filters the client is subscribed to.</summary>
    public string[] Subscriptions { get; }

    /// <summary>Messages sent to the client that it has not acknowledged.</summary>
    public int InFlight { get; }

    /// <summary>Messages that wait to be sent to the client.</summary>
    public int Queued { get; }

    /// <summary>Messages dropped because too many waited, or because they waited too long.</summary>
    public long Dropped { get; }

    /// <summary>The ClientId, and whether it is connected.</summary>
    public override string ToString() => $"{ClientId} ({(Connected ? "connected" : "disconnected")})";
}
