namespace IoTF.Protocol.Identities;

/// <summary>Why the service refuses a ClientId. The values are the return codes of a MQTT 3.1.1 CONNACK.</summary>
public enum ClientIdRejection
{
    /// <summary>The ClientId is accepted.</summary>
    None = 0,

    /// <summary>A part breaks the rule for its characters or its length: CONNACK 2 (protocol.md §2.1, §3.3).</summary>
    IdentifierRejected = 2,

    /// <summary>The ClientId has not the shape of any role: CONNACK 5 (protocol.md §2.1, §3.3).</summary>
    NotAuthorized = 5,
}
