namespace IoTF.Mqtt.Delivery;

/// <summary>What an acknowledgement did to the window.</summary>
public enum AcknowledgementOutcome
{
    /// <summary>The handshake goes on; the message is still in flight.</summary>
    Progress,

    /// <summary>The message is finished: taken over by the receiver, or refused when the reason code is a failure.</summary>
    Settled,

    /// <summary>It fits no message in flight: repeated, or of another session. Harmless.</summary>
    Unknown,
}
