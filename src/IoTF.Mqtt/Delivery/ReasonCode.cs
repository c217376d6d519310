namespace IoTF.Mqtt.Delivery;

/// <summary>The reason codes of acknowledgements that the delivery rules know (MQTT-5.0 §2.4).</summary>
public static class ReasonCode
{
    /// <summary>Accepted.</summary>
    public const byte Success = 0x00;

    /// <summary>The first code that means failure.</summary>
    public const byte FirstFailure = 0x80;

    /// <summary>Refused without a reason that another code names.</summary>
    public const byte UnspecifiedError = 0x80;

    /// <summary>The topic is not allowed.</summary>
    public const byte TopicNameInvalid = 0x90;

    /// <summary>The packet id is not known (PUBREL and PUBCOMP only).</summary>
    public const byte PacketIdentifierNotFound = 0x92;

    /// <summary>A limit of the receiver is exceeded.</summary>
    public const byte QuotaExceeded = 0x97;

    /// <summary>Whether a code says that the message was refused.</summary>
    public static bool IsFailure(byte reasonCode) => reasonCode >= FirstFailure;

    /// <summary>A packet cannot be read.</summary>
    public const byte MalformedPacket = 0x81;

    /// <summary>A packet may not be sent at this point, or not with these contents.</summary>
    public const byte ProtocolError = 0x82;

    /// <summary>More unacknowledged messages came than were allowed.</summary>
    public const byte ReceiveMaximumExceeded = 0x93;

    /// <summary>A topic alias was not agreed on.</summary>
    public const byte TopicAliasInvalid = 0x94;

    /// <summary>A packet is larger than what is accepted.</summary>
    public const byte PacketTooLarge = 0x95;
}
