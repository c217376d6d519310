using MQTTnet.Protocol;

namespace IoTF.Emulator.Refusals;

/// <summary>Why the service closes a connection: its own code, the words for it, and what a MQTT 5 client is told (protocol.md §5.2, §4.6).</summary>
internal sealed record CloseReason(int Code, string Words, MqttDisconnectReasonCode ReasonCode)
{
    public static readonly CloseReason Normal = new(0, "The connection has completed normally.", MqttDisconnectReasonCode.NormalDisconnection);

    /// <summary>MQTT 5: a client sends DISCONNECT and asks for its last will to be published (MQTT-5.0 §3.14.2.1).</summary>
    public static readonly CloseReason NormalWithWill = Normal with { ReasonCode = MqttDisconnectReasonCode.DisconnectWithWillMessage };

    public static readonly CloseReason ClosedByClient = new(91, "The connection was closed from the client's side without DISCONNECT.", MqttDisconnectReasonCode.UnspecifiedError);
    public static readonly CloseReason ServerProblem = new(92, "The service has an internal error.", MqttDisconnectReasonCode.UnspecifiedError);
    public static readonly CloseReason ShuttingDown = new(93, "The service is shutting down.", MqttDisconnectReasonCode.ServerShuttingDown);
    public static readonly CloseReason RegisteredAnew = new(94, "The client was registered again with a new token.", MqttDisconnectReasonCode.AdministrativeAction);
    public static readonly CloseReason NoCapacity = new(104, "The service has no memory left for what the client wants kept.", MqttDisconnectReasonCode.QuotaExceeded);
    public static readonly CloseReason InvalidData = new(105, "The data sent is not valid MQTT.", MqttDisconnectReasonCode.MalformedPacket);
    public static readonly CloseReason UnexpectedPacket = new(105, "A client may not send this packet now.", MqttDisconnectReasonCode.ProtocolError);
    public static readonly CloseReason PayloadNotUtf8 = new(105, "The payload is declared as UTF-8 and is not.", MqttDisconnectReasonCode.PayloadFormatInvalid);
    public static readonly CloseReason TooManySubscriptions = new(154, "The client has too many subscriptions.", MqttDisconnectReasonCode.QuotaExceeded);
    public static readonly CloseReason KeepAliveTimeout = new(160, "No packet arrived within the keep alive.", MqttDisconnectReasonCode.KeepAliveTimeout);
    public static readonly CloseReason TlsFailed = new(163, "The TLS handshake failed.", MqttDisconnectReasonCode.UnspecifiedError);
    public static readonly CloseReason NothingReceived = new(164, "No CONNECT arrived in time.", MqttDisconnectReasonCode.UnspecifiedError);
    public static readonly CloseReason ClientIdRejected = new(166, "The client ID is not valid.", MqttDisconnectReasonCode.UnspecifiedError);
    public static readonly CloseReason Unavailable = new(167, "The service is temporarily unavailable.", MqttDisconnectReasonCode.ServerBusy);
    public static readonly CloseReason TooManyConnections = new(173, "The organization has too many connections.", MqttDisconnectReasonCode.QuotaExceeded);
    public static readonly CloseReason AuthenticationDelayed = new(176, "The authentication is being delayed after too many failures.", MqttDisconnectReasonCode.ConnectionRateExceeded);
    public static readonly CloseReason RegistrationFailed = new(177, "The device could not be registered.", MqttDisconnectReasonCode.UnspecifiedError);
    public static readonly CloseReason SlowClient = new(178, "The client does not read what it is sent.", MqttDisconnectReasonCode.QuotaExceeded);
    public static readonly CloseReason NotAuthorized = new(180, "The operation is not authorized.", MqttDisconnectReasonCode.NotAuthorized);
    public static readonly CloseReason TopicNotAllowed = new(276, "The topic is not valid.", MqttDisconnectReasonCode.TopicNameInvalid);
    public static readonly CloseReason FilterNotAllowed = new(276, "The topic filter is not valid.", MqttDisconnectReasonCode.TopicFilterInvalid);
    public static readonly CloseReason PasswordWithoutUserName = new(286, "A password was sent without a user name.", MqttDisconnectReasonCode.ProtocolError);
    public static readonly CloseReason MessageTooLarge = new(287, "The message is too large.", MqttDisconnectReasonCode.PacketTooLarge);
    public static readonly CloseReason ClientIdReused = new(288, "The client ID was reused.", MqttDisconnectReasonCode.SessionTakenOver);
    public static readonly CloseReason SystemTopic = new(289, "The topic is a system topic.", MqttDisconnectReasonCode.TopicNameInvalid);
    public static readonly CloseReason QosNotAllowed = new(291, "The QoS is not allowed.", MqttDisconnectReasonCode.QoSNotSupported);
    public static readonly CloseReason ProtocolError = new(297, "The packet violates the MQTT 5 protocol.", MqttDisconnectReasonCode.ProtocolError);
    public static readonly CloseReason SubscriptionIdentifier = new(297, "Subscription identifiers are not available.", MqttDisconnectReasonCode.SubscriptionIdentifiersNotSupported);
    public static readonly CloseReason TopicAlias = new(298, "The topic alias is not valid.", MqttDisconnectReasonCode.TopicAliasInvalid);
    public static readonly CloseReason ReceiveMaximum = new(299, "The client has more unacknowledged messages than allowed.", MqttDisconnectReasonCode.ReceiveMaximumExceeded);

    /// <summary>Whether a topic or filter is refused by the rules for topics, rather than for want of authority over a device.</summary>
    public bool IsAboutTopic => this == TopicNotAllowed || this == FilterNotAllowed || this == SystemTopic;
}
