namespace IoTF.Protocol.Authorization;

/// <summary>The roles of API keys (protocol.md §3.4).</summary>
public enum ApiKeyRole
{
    /// <summary>Standard application: events and commands, both ways.</summary>
    StandardApplication,

    /// <summary>Operations application: receives events, sends commands.</summary>
    OperationsApplication,

    /// <summary>Backend trusted application: events and commands, both ways.</summary>
    BackendTrustedApplication,

    /// <summary>Data processor application: receives events, sends commands.</summary>
    DataProcessorApplication,

    /// <summary>Visualization application: receives events.</summary>
    VisualizationApplication,

    /// <summary>Device application: sends and receives events, receives commands.</summary>
    DeviceApplication,
}

/// <summary>What the roles of API keys allow.</summary>
public static class ApiKeyRoles
{
    /// <summary>The permissions of a role, a row of the table of protocol.md §3.4.</summary>
    /// <param name="role">The role.</param>
    /// <returns>Its permissions.</returns>
    public static TopicPermissions Permissions(this ApiKeyRole role) => role switch
    {
        ApiKeyRole.StandardApplication or ApiKeyRole.BackendTrustedApplication => TopicPermissions.All,
        ApiKeyRole.OperationsApplication or ApiKeyRole.DataProcessorApplication => TopicPermissions.ReceiveEvents | TopicPermissions.SendCommands,
        ApiKeyRole.VisualizationApplication => TopicPermissions.ReceiveEvents,
        ApiKeyRole.DeviceApplication => TopicPermissions.SendEvents | TopicPermissions.ReceiveEvents | TopicPermissions.ReceiveCommands,
        _ => TopicPermissions.None,
    };
}
