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

    /// <summary>Whether a code says that the message was refused.</summary>
    public static bool IsFailure(byte reasonCode) => reasonCode >= FirstFailure;
}
