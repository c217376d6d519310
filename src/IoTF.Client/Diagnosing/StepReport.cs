using IoTF.Mqtt.Transport;
using IoTF.Protocol.Rules;

namespace IoTF.Client.Diagnosing;

/// <summary>What became of a step.</summary>
public enum StepResult
{
    /// <summary>It works.</summary>
    Passed,

    /// <summary>Good to know, neither right nor wrong.</summary>
    Information,

    /// <summary>It works, and something about it needs attention.</summary>
    Warning,

    /// <summary>It does not work.</summary>
    Failed,

    /// <summary>It was not tried.</summary>
    Skipped,
}

/// <summary>One step of a diagnosis.</summary>
/// <param name="Step">One of <see cref="StepNames"/>.</param>
/// <param name="Result">What became of it.</param>
/// <param name="Took">How long it took; zero when it was not tried.</param>
/// <param name="Detail">What was found; whole sentences, never a secret.</param>
/// <param name="Advice">What to do next; empty when nothing is wrong.</param>
/// <param name="FaultId">The id of the error that a connection would have; null when nothing failed.</param>
/// <param name="Tls">What was seen of the TLS handshake; null for other steps.</param>
public sealed record StepReport(
    string Step, StepResult Result, TimeSpan Took, string Detail, string Advice = "", string? FaultId = null, TlsObservation? Tls = null)
{
    // As of a fault: what a server says of itself is in it.
    /// <summary>What was found: whole sentences, never a secret.</summary>
    public string Detail { get; init; } = Quotation.Harmless(Detail);

    /// <summary>What to do next: whole sentences.</summary>
    public string Advice { get; init; } = Quotation.Harmless(Advice);
}

/// <summary>The steps, in their order.</summary>
public static class StepNames
{
    /// <summary>Whether the parameters make sense.</summary>
    public const string Configuration = "Configuration";

    /// <summary>The addresses of the host, or of the proxy.</summary>
    public const string NameResolution = "Name resolution";

    /// <summary>The connection to the port.</summary>
    public const string Tcp = "TCP";

    /// <summary>The other ports that the service may use (protocol.md §1).</summary>
    public const string OtherPorts = "Other ports";

    /// <summary>The way through the proxy.</summary>
    public const string Proxy = "Proxy";

    /// <summary>The TLS handshake.</summary>
    public const string Tls = "TLS";

    /// <summary>The WebSocket upgrade.</summary>
    public const string WebSocket = "WebSocket";

    /// <summary>The login.</summary>
    public const string ConnAck = "CONNACK";

    /// <summary>A subscription to a topic of the role.</summary>
    public const string Subscribe = "Subscribe";

    /// <summary>An event.</summary>
    public const string Publish = "Publish";

    /// <summary>DISCONNECT, after which the service keeps nothing of the test.</summary>
    public const string Disconnect = "Disconnect";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All =
        [Configuration, NameResolution, Tcp, OtherPorts, Proxy, Tls, WebSocket, ConnAck, Subscribe, Publish, Disconnect];
}
