namespace IoTF.Protocol.Authorization;

/// <summary>
/// What a client's role lets it do with topics (protocol.md §3.4). A rule whose permission is missing does not match, which has the same result
/// as a wrong topic. Status, notifications and device management are not restricted by the roles that are documented.
/// </summary>
[Flags]
public enum TopicPermissions
{
    /// <summary>Neither events nor commands.</summary>
    None = 0,

    /// <summary>Publish events.</summary>
    SendEvents = 1,

    /// <summary>Subscribe to events.</summary>
    ReceiveEvents = 2,

    /// <summary>Publish commands.</summary>
    SendCommands = 4,

    /// <summary>Subscribe to commands.</summary>
    ReceiveCommands = 8,

    /// <summary>Everything the topic tables of the client's kind allow.</summary>
    All = SendEvents | ReceiveEvents | SendCommands | ReceiveCommands,
}
