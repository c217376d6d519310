namespace IoTF.Protocol.Connecting;

/// <summary>Whether connecting again after a closed connection has a sense (protocol.md §5.2).</summary>
public enum ReconnectSense
{
    /// <summary>The client wanted to close; nothing needs to be done.</summary>
    Unneeded,

    /// <summary>Connect again.</summary>
    Reconnect,

    /// <summary>Connect again, but only after a while.</summary>
    BackOff,

    /// <summary>Connecting again the same way ends the same way: something must be changed first.</summary>
    ChangeFirst,
}
