using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Protocol.Connecting;
using IoTF.Protocol.Reports;
using IoTF.Protocol.Rules;

namespace IoTF.Client.Faults;

/// <summary>The faults of a session that was connected.</summary>
internal static class SessionFaults
{
    /// <summary>As many characters of a server's words as a message shows.</summary>
    private const int LongestReason = 200;

    /// <summary>The MQTT 5 reason code of a session that another connection has taken over (protocol.md §2.4).</summary>
    public const int SessionTakenOver = 0x8E;

    public static Fault RepeatedlyDisconnected(SessionOptions options, int times, bool isTakenOver) => new(
        FaultIds.RepeatedlyDisconnected,
        FaultCategory.Connection,
        isTakenOver
            ? $"{options.Endpoint} disconnected {options.Identity.ClientId} {times} times in a row, because another client connects with the same ClientId."
            : $"{options.Endpoint} disconnected {options.Identity.ClientId} {times} times in a row, each time soon after connecting.",
        isTakenOver
            ? "Find the other client and give it an identity of its own, then connect again."
            : "Usually another client connects with the same ClientId, and each disconnects the other: give each an identity of its own. Otherwise a subscription may not be allowed.",
        isTakenOver ? SessionTakenOver : null,
        IsPermanent: true);

    public static Fault MessageClosesConnection(SessionOptions options, string topic) => new(
        FaultIds.MessageClosesConnection,
        FaultCategory.Protocol,
        $"{options.Endpoint} closes the connection of {options.Identity.ClientId} each time it gets a message to '{topic}'. The message was given up.",
        "Check that the role may use the topic, and that the payload is not larger than this installation allows.",
        IsPermanent: true);

    public static Fault NotConnected(SessionOptions options) => new(
        FaultIds.ConnectionLost,
        FaultCategory.Connection,
        $"{options.Identity.ClientId} is not connected to {options.Endpoint}.",
        "Connect again.");

    public static Fault Closed(SessionOptions options) => new(
        FaultIds.SessionClosed,
        FaultCategory.Closed,
        $"The session of {options.Identity.ClientId} with {options.Endpoint} is closed.",
        "Connect again.");

    public static Fault ClosedByService(SessionOptions options) => new(
        FaultIds.ConnectionLost,
        FaultCategory.Connection,
        $"{options.Endpoint} closed the connection of {options.Identity.ClientId}.",
        "Connect again. The service closes a connection without a reason when another client connects with the same identity, or when a topic or a payload is not allowed.");

    public static Fault ClosedInsteadOfSubAck(SessionOptions options, string filter) => new(
        FaultIds.ConnectionLost,
        FaultCategory.Connection,
        $"{options.Endpoint} closed the connection of {options.Identity.ClientId} instead of answering the subscription '{filter}'.",
        "The service closes a connection without a reason when the role may not subscribe to the topic, or has too many subscriptions. Check the role, then connect again.");

    public static Fault WrongSubAck(SessionOptions options, int filters, int codes) => new(
        FaultIds.ProtocolError,
        FaultCategory.Protocol,
        $"{options.Endpoint} answered {filters} subscriptions of {options.Identity.ClientId} with {codes} codes.",
        "The service, or something between it and this machine, violates the MQTT protocol. Ask the administrator of the service.");

    public static Fault Internal(SessionOptions options, Exception exception) => new(
        FaultIds.InternalError,
        FaultCategory.Protocol,
        $"The session of {options.Identity.ClientId} with {options.Endpoint} ended because of an internal error ({exception.GetType().Name}): {exception.Message}",
        "Connect again; if it happens again, report it with this message.");

    public static Fault TooLarge(SessionOptions options, string topic, long size, uint limit) => new(
        FaultIds.MessageRefused,
        FaultCategory.Protocol,
        $"A message of {options.Identity.ClientId} to '{topic}' was not sent: it is a packet of {size:N0} bytes, and {options.Endpoint} accepts at most {limit:N0}.",
        "Send less in one message, or raise the limit of the service.",
        IsPermanent: true);

    public static Fault QualityTooHigh(SessionOptions options, string topic, QualityOfService wanted, QualityOfService highest) => new(
        FaultIds.MessageRefused,
        FaultCategory.Protocol,
        $"A message of {options.Identity.ClientId} to '{topic}' was not sent with QoS {(int)wanted}: {options.Endpoint} accepts at most QoS {(int)highest}.",
        $"Send it with -QoS {(int)highest}.",
        IsPermanent: true);

    public static Fault Silent(SessionOptions options, TimeSpan silence) => new(
        FaultIds.KeepAliveTimeout,
        FaultCategory.Connection,
        $"{options.Identity.ClientId} received nothing from {options.Endpoint} for {silence.TotalSeconds:0.#} s.",
        "Check the network and connect again; -KeepAlive sets how soon a lost connection is detected.");

    public static Fault ServerDisconnected(SessionOptions options, byte reasonCode, string? reason, string? otherServer = null) => new(
        FaultIds.ServerDisconnected,
        FaultCategory.Connection,
        $"{options.Endpoint} disconnected {options.Identity.ClientId} with reason code 0x{reasonCode:X2}{In(reason)}.{Names(otherServer)}",
        reasonCode == SessionTakenOver
            ? "Another client connected with the same identity. Give each client an identity of its own."
            : "Connect again when the reason is gone.",
        reasonCode);

    public static Fault MessageRefused(SessionOptions options, string topic, byte reasonCode, string? reason) => new(
        FaultIds.MessageRefused,
        FaultCategory.Protocol,
        $"{options.Endpoint} refused a message of {options.Identity.ClientId} to '{topic}' with reason code 0x{reasonCode:X2}{In(reason)}.",
        "Check that the role may use the topic, and the limits of the service.",
        reasonCode,
        IsPermanent: true);

    public static Fault MessageDropped(SessionOptions options, GatewayNotification notification) => new(
        FaultIds.MessageRefused,
        FaultCategory.Protocol,
        $"{options.Endpoint} dropped a message of {options.Identity.ClientId} to {Quotation.Of(notification.Topic)}: {notification.Meaning}{Says(notification.Message)}",
        notification.Code == CloseCode.TopicNotAllowed
            ? "A gateway sends events and names the device; check the topic."
            : "Register the device, or let a privileged gateway do it; check the device's resource group and the limits of the organization.",
        notification.Code,
        IsPermanent: true);

    public static Fault SubscriptionRefused(SessionOptions options, string filter, byte reasonCode) => new(
        FaultIds.SubscriptionRefused,
        FaultCategory.Protocol,
        $"{options.Endpoint} refused {options.Identity.ClientId} the subscription '{filter}' with code 0x{reasonCode:X2}.",
        "Check that the role may subscribe to it.",
        reasonCode,
        IsPermanent: true);

    public static Fault SubscriptionClosesConnection(SessionOptions options, string filter) => new(
        FaultIds.SubscriptionRefused,
        FaultCategory.Protocol,
        $"{options.Endpoint} closes the connection of {options.Identity.ClientId} each time it gets the subscription '{filter}'. The subscription was given up.",
        "Check that the role may subscribe to it.",
        IsPermanent: true);

    public static Fault SubscribeTimeout(SessionOptions options, string filter) => new(
        FaultIds.SubscribeTimeout,
        FaultCategory.Timeout,
        $"{options.Endpoint} did not answer the subscription '{filter}' of {options.Identity.ClientId} within {options.ConnectTimeout.TotalSeconds:0.###} s.",
        "Connect again; -ConnectTimeout sets the limit.");

    private static string Says(string? words) => string.IsNullOrEmpty(words) ? "" : $" The service says: {Quotation.Of(words)}.";

    private static string In(string? reason) => string.IsNullOrEmpty(reason) ? "" : $" ({Quotation.Of(reason, LongestReason)})";

    private static string Names(string? otherServer) => string.IsNullOrEmpty(otherServer) ? "" : $" It names another server: {Quotation.Of(otherServer, LongestReason)}.";
}
