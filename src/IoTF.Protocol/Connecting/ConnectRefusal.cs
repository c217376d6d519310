using System.Globalization;
using IoTF.Protocol.Rules;

namespace IoTF.Protocol.Connecting;

/// <summary>Why the service refused a connect, in an administrator's words.</summary>
public sealed class ConnectRefusal
{
    private ConnectRefusal(string id, bool isPermanent, string message, IReadOnlyList<string> advice)
    {
        Id = id;
        IsPermanent = isPermanent;
        Message = message;
        Advice = advice;
    }

    /// <summary>One of the names in <see cref="ConnectRefusalId"/>.</summary>
    public string Id { get; }

    /// <summary>What was refused, for whom, where, with which code.</summary>
    public string Message { get; }

    /// <summary>What can be the cause and what to check, the likeliest first; at least one sentence.</summary>
    public IReadOnlyList<string> Advice { get; }

    /// <summary>True when the same connect will be refused again, so that trying again has no sense.</summary>
    public bool IsPermanent { get; }

    /// <summary>Explains the code of a CONNACK.</summary>
    /// <param name="context">The code and what is known about the connect.</param>
    /// <returns>The explanation.</returns>
    /// <exception cref="ArgumentException">The code is 0, which is no refusal.</exception>
    public static ConnectRefusal Explain(ConnectRefusalContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Code == 0)
        {
            throw new ArgumentException("Code 0 accepts the connect.", nameof(context));
        }

        return context.IsMqtt5 ? ExplainReasonCode(context) : ExplainReturnCode(context);
    }

    // MQTT-3.1.1 §3.2.2.3; what the service means by each is protocol.md §3.3.
    private static ConnectRefusal ExplainReturnCode(ConnectRefusalContext context) => context.Code switch
    {
        1 => ProtocolVersion(context),
        2 => ClientId(context),
        3 => Unavailable(context, "the service is temporarily unavailable"),
        4 => Credentials(context),
        5 => NotAuthorized(context),
        _ => Unknown(context),
    };

    // MQTT-5.0 §3.2.2.2; what the service means by each is protocol.md §3.3.
    private static ConnectRefusal ExplainReasonCode(ConnectRefusalContext context) => context.Code switch
    {
        0x81 or 0x82 or 0x95 => Make(
            context,
            ConnectRefusalId.ProtocolErrorReported,
            isPermanent: true,
            "the server reports that the CONNECT packet is malformed or too large",
            "Try MQTT 3.1.1; if that works, report this as a bug together with the server's name and version."),
        0x84 => ProtocolVersion(context),
        0x85 => ClientId(context),
        0x86 or 0x8C => Credentials(context),
        0x87 => NotAuthorized(context),
        0x88 => Unavailable(context, "the service is temporarily unavailable"),
        0x89 => Unavailable(context, "the server is busy"),
        0x8A => Make(
            context,
            ConnectRefusalId.Banned,
            isPermanent: true,
            "the server's administrator has banned this client",
            "Ask the administrator of the installation."),
        0x90 => Make(
            context,
            ConnectRefusalId.WillTopicRefused,
            isPermanent: true,
            "the topic of the last will is not allowed",
            "Use a topic that this client may publish to."),
        0x99 or 0x9A or 0x9B => Make(
            context,
            ConnectRefusalId.WillRefused,
            isPermanent: true,
            "the payload format, the retain flag or the QoS of the last will is not allowed",
            "Use -WillQoS 0."),
        0x97 or 0x9F => Make(
            context,
            ConnectRefusalId.QuotaExceeded,
            isPermanent: false,
            "too many connections, or too many in a short time",
            "Wait before the next attempt, and disconnect sessions that are no longer needed."),
        0x9C or 0x9D => Make(
            context,
            ConnectRefusalId.ServerMoved,
            isPermanent: context.Code == 0x9D,
            "the server redirects to another one",
            context.ServerReference is { Length: > 0 } other
                ? $"The server names {Quotation.Of(other, 100)}: if that is a server of the service, use it with -HostName."
                : "Ask the administrator of the installation for the new host name."),
        _ => Unknown(context),
    };

    private static ConnectRefusal NotAuthorized(ConnectRefusalContext context) => Make(
        context,
        ConnectRefusalId.NotAuthorized,
        isPermanent: true,
        "not authorized",
        [.. NotAuthorizedCauses.Find(context)]);

    private static ConnectRefusal ClientId(ConnectRefusalContext context) => Make(
        context,
        ConnectRefusalId.ClientIdRejected,
        isPermanent: true,
        "the ClientId is rejected",
        "Compare organization, type and ID with the registration.",
        "If the server is not the service itself, it may limit the length of a ClientId; MQTT 3.1 servers may stop at 23 characters: use MQTT 3.1.1.");

    private static ConnectRefusal Credentials(ConnectRefusalContext context) => Make(
        context,
        ConnectRefusalId.CredentialsRefused,
        isPermanent: true,
        "bad user name or password",
        context.Identity.IsDeviceOrGateway ? "Check the token of the device." : "Check the API key and its token.",
        "The service itself never sends this answer; another MQTT server may have this address: check host name and port.");

    private static ConnectRefusal ProtocolVersion(ConnectRefusalContext context) => Make(
        context,
        ConnectRefusalId.ProtocolVersionRefused,
        isPermanent: true,
        "the server does not support this MQTT version",
        "Use MQTT 3.1.1, which every installation supports.");

    private static ConnectRefusal Unavailable(ConnectRefusalContext context, string meaning) => Make(
        context,
        ConnectRefusalId.ServiceUnavailable,
        isPermanent: false,
        meaning,
        "Try again later; if it persists, check the state of the service or ask its administrator.");

    private static ConnectRefusal Unknown(ConnectRefusalContext context) => Make(
        context,
        ConnectRefusalId.Refused,
        isPermanent: false,
        "the server gives no reason",
        "Check the log of the server, and that this is the service and not another MQTT server.");

    private static ConnectRefusal Make(ConnectRefusalContext context, string id, bool isPermanent, string meaning, params string[] advice)
    {
        var code = context.IsMqtt5
            ? string.Create(CultureInfo.InvariantCulture, $"reason code 0x{context.Code:X2}")
            : string.Create(CultureInfo.InvariantCulture, $"return code {context.Code}");
        var reason = string.IsNullOrWhiteSpace(context.ServerReason) ? "" : $" The server says: {Quotation.Of(context.ServerReason)}.";
        var message = $"{context.Endpoint} refused {context.Identity.ClientId}: {meaning} (CONNACK {code}).{reason}";
        return new(id, isPermanent, message, Array.AsReadOnly(advice));
    }
}
