namespace IoTF.Protocol.Topics;

/// <summary>What the service says to a topic or filter. The values are its close codes (protocol.md §5.2).</summary>
public enum TopicVerdict
{
    /// <summary>The client may use it.</summary>
    Allowed = 0,

    /// <summary>The client may not use it, or it is malformed: close code 276.</summary>
    TopicNotAllowed = 276,

    /// <summary>It belongs to the server's own topics, <c>$SYS</c>: close code 289.</summary>
    SystemTopic = 289,
}
