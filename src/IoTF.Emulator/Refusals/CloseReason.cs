using MQTTnet.Protocol;

namespace IoTF.Emulator.Refusals;

/// <summary>Why the service closes a connection: its own code, the words for it, and what a MQTT 5 client is told (protocol.md §5.2, §4.6).</summary>
internal sealed record CloseReason(int Code, string Words, MqttDisconnectReasonCode ReasonCode)
{
    public static readonly CloseReason ServerProblem = new(92, "The service met a problem of its own.", MqttDisconnectReasonCode.UnspecifiedError);
    public static readonly CloseReason ShuttingDown = new(93, "The service is shutting down.", MqttDisconnectReasonCode.ServerShuttingDown);
    public static readonly CloseReason InvalidData = new(105, "What was sent is not valid MQTT.", MqttDisconnectReasonCode.MalformedPacket);
    public static readonly CloseReason UnexpectedPacket = new(105, "The packet is not one a client may send now.", MqttDisconnectReasonCode.ProtocolError);
    public static readonly CloseReason PayloadNotUtf8 = new(105, "The payload is declared as UTF-8 and is not.", MqttDisconnectReasonCode.PayloadFormatInvalid);
    public static readonly CloseReason TooManySubscriptions = new(154, "The client has too many subscriptions.", MqttDisconnectReasonCode.QuotaExceeded);
    public static readonly CloseReason KeepAliveTimeout = new(160, "The keep-alive time has passed without a packet.", MqttDisconnectReasonCode.KeepAliveTimeout);
    public static readonly CloseReason TlsFailed = new(163, "The TLS handshake failed.", MqttDisconnectReasonCode.UnspecifiedError);
    public static readonly CloseReason NothingReceived = new(164, "No CONNECT arrived in time.", MqttDisconnectReasonCode.UnspecifiedError);
    public static readonly CloseReason TopicNotAllowed = new(276, "The topic is not valid.", MqttDisconnectReasonCode.TopicNameInvalid);
    public static readonly CloseReason FilterNotAllowed = new(276, "The topic filter is not valid.", MqttDisconnectReasonCode.TopicFilterInvalid);
    public static readonly CloseReason PasswordWithoutUserName = new(286, "A password was sent without a user name.", MqttDisconnectReasonCode.ProtocolError);
    public static readonly CloseReason MessageTooLarge = new(287, "The message is too large.", MqttDisconnectReasonCode.PacketTooLarge);
    public static readonly CloseReason ClientIdReused = new(288, "The client ID was reused.", MqttDisconnectReasonCode.SessionTakenOver);
    public static readonly CloseReason SystemTopic = new(289, "The topic is a system topic.", MqttDisconnectReasonCode.TopicNameInvalid);
    public static readonly CloseReason ProtocolError = new(297, "The packet breaks a rule of MQTT 5.", MqttDisconnectReasonCode.ProtocolError);
    public static readonly CloseReason SubscriptionIdentifier = new(297, "Subscription identifiers are not available.", MqttDisconnectReasonCode.SubscriptionIdentifiersNotSupported);
    public static readonly CloseReason TopicAlias = new(298, "Topic aliases are not available.", MqttDisconnectReasonCode.TopicAliasInvalid);
    public static readonly CloseReason ReceiveMaximum = new(299, "The client has more unacknowledged messages than it was allowed.", MqttDisconnectReasonCode.ReceiveMaximumExceeded);
}
