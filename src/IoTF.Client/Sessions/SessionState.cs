namespace IoTF.Client.Sessions;

/// <summary>Where a session stands.</summary>
public enum SessionState
{
    /// <summary>Connecting for the first time.</summary>
    Connecting,

    /// <summary>Connected and subscribed.</summary>
    Open,

    /// <summary>The connection was lost, and is being made again.</summary>
    Reconnecting,

    /// <summary>Being disconnected here; what is in flight is still delivered.</summary>
    Closing,

    /// <summary>Disconnected here.</summary>
    Closed,

    /// <summary>Ended by a fault.</summary>
    Failed,
}
