using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace IoTF.Protocol.Connecting;

/// <summary>Why the service closed a connection: the <c>CloseCode</c> of its status messages (protocol.md §5.2).</summary>
public sealed record CloseCode
{
    /// <summary>The client sent DISCONNECT.</summary>
    public const int Normal = 0;

    /// <summary>The connection went away without DISCONNECT.</summary>
    public const int ClosedByClient = 91;

    /// <summary>The service is shutting down.</summary>
    public const int ServerShutdown = 93;

    /// <summary>What came was not MQTT.</summary>
    public const int InvalidData = 105;

    /// <summary>More subscriptions than the role may have.</summary>
    public const int TooManySubscriptions = 154;

    /// <summary>Nothing came within one and a half times the keep-alive.</summary>
    public const int KeepAliveTimeout = 160;

    /// <summary>Nothing came after the connection was opened.</summary>
    public const int NothingReceived = 164;

    /// <summary>The ClientId breaks the rule for its parts.</summary>
    public const int ClientIdRejected = 166;

    /// <summary>The service is temporarily unavailable.</summary>
    public const int Unavailable = 167;

    /// <summary>The client is not authorized.</summary>
    public const int NotAuthorized = 180;

    /// <summary>The topic or filter is not one the client may use.</summary>
    public const int TopicNotAllowed = 276;

    /// <summary>CONNECT has a password and no user name.</summary>
    public const int PasswordWithoutUserName = 286;

    /// <summary>The message is too large.</summary>
    public const int MessageTooLarge = 287;

    /// <summary>Another connection took the ClientId over.</summary>
    public const int ClientIdReused = 288;

    /// <summary>The topic belongs to the server.</summary>
    public const int SystemTopic = 289;

    /// <summary>The QoS is higher than the organization allows.</summary>
    public const int QosNotAllowed = 291;

    /// <summary>The organization has no persistent sessions.</summary>
    public const int PersistentSessionNotAllowed = 292;

    private static readonly FrozenDictionary<int, CloseCode> Table = new CloseCode[]
    {
        new(Normal, "The client disconnected.", ReconnectSense.Unneeded),
        new(ClosedByClient, "The connection was lost, or the client closed it without DISCONNECT.", ReconnectSense.Reconnect),
        new(92, "The service closed the connection because of a problem.", ReconnectSense.BackOff),
        new(ServerShutdown, "The service is shutting down.", ReconnectSense.Reconnect),
        new(94, "An administrator closed the connection, or disabled the organization.", ReconnectSense.ChangeFirst),
        new(104, "The service has no capacity left.", ReconnectSense.BackOff),
        new(InvalidData, "The service received something that is not valid MQTT.", ReconnectSense.ChangeFirst),
        new(119, "The ClientId is not valid.", ReconnectSense.ChangeFirst),
        new(TooManySubscriptions, "The client has too many subscriptions.", ReconnectSense.ChangeFirst),
        new(KeepAliveTimeout, "The client sent nothing within the keep alive.", ReconnectSense.Reconnect),
        new(163, "The connection was closed during the TLS handshake.", ReconnectSense.ChangeFirst),
        new(NothingReceived, "The client sent nothing after it opened the connection.", ReconnectSense.Reconnect),
        new(165, "The first packet was too large.", ReconnectSense.ChangeFirst),
        new(ClientIdRejected, "The ClientId is not valid.", ReconnectSense.ChangeFirst),
        new(Unavailable, "The service is temporarily unavailable.", ReconnectSense.Reconnect),
        new(169, "A client certificate is required, and none was presented.", ReconnectSense.ChangeFirst),
        new(170, "The client certificate is not valid.", ReconnectSense.ChangeFirst),
        new(173, "The organization has too many connections.", ReconnectSense.BackOff),
        new(175, "The HTTP authorization changed within one connection.", ReconnectSense.Unneeded),
        new(176, "Too many requests: authentication is being delayed.", ReconnectSense.BackOff),
        new(177, "A device could not be registered.", ReconnectSense.Unneeded),
        new(178, "The client receives its messages too slowly.", ReconnectSense.Reconnect),
        new(NotAuthorized, "The client is not authorized.", ReconnectSense.ChangeFirst),
        new(188, "The authorization service is not available.", ReconnectSense.Reconnect),
        new(270, "The last will is not allowed.", ReconnectSense.ChangeFirst),
        new(271, "A packet has a wrong length.", ReconnectSense.ChangeFirst),
        new(TopicNotAllowed, "The client may not use the topic.", ReconnectSense.ChangeFirst),
        new(PasswordWithoutUserName, "A password was sent without a user name.", ReconnectSense.ChangeFirst),
        new(MessageTooLarge, "The message is too large.", ReconnectSense.ChangeFirst),
        new(ClientIdReused, "Another connection uses the same ClientId.", ReconnectSense.ChangeFirst),
        new(SystemTopic, "The topic belongs to the service itself.", ReconnectSense.ChangeFirst),
        new(QosNotAllowed, "The QoS is not allowed.", ReconnectSense.ChangeFirst),
        new(PersistentSessionNotAllowed, "Persistent sessions are not allowed.", ReconnectSense.ChangeFirst),
        new(293, "The protocol version is not supported.", ReconnectSense.ChangeFirst),
        new(297, "The client violated the MQTT 5 protocol.", ReconnectSense.ChangeFirst),
        new(298, "A topic alias is not valid.", ReconnectSense.ChangeFirst),
        new(299, "More messages were in flight than the service accepts.", ReconnectSense.ChangeFirst),
    }.ToFrozenDictionary(code => code.Code);

    private CloseCode(int code, string meaning, ReconnectSense sense)
    {
        Code = code;
        Meaning = meaning;
        Sense = sense;
    }

    /// <summary>The number.</summary>
    public int Code { get; }

    /// <summary>What happened, a sentence.</summary>
    public string Meaning { get; }

    /// <summary>Whether connecting again has a sense.</summary>
    public ReconnectSense Sense { get; }

    /// <summary>All codes that are known, in order.</summary>
    public static IReadOnlyList<CloseCode> All { get; } = [.. Table.Values.OrderBy(code => code.Code)];

    /// <summary>Looks a code up.</summary>
    /// <param name="code">The number.</param>
    /// <param name="closeCode">What is known about it, or null.</param>
    /// <returns>True when it is known.</returns>
    public static bool TryFind(int code, [NotNullWhen(true)] out CloseCode? closeCode) => Table.TryGetValue(code, out closeCode);
}
