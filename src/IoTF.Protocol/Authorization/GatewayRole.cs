namespace IoTF.Protocol.Authorization;

/// <summary>The roles of gateways (protocol.md §3.4). Both send events and receive commands.</summary>
public enum GatewayRole
{
    /// <summary>Privileged gateway, the role of new ones: a device it speaks for is registered when it is not yet.</summary>
    Privileged,

    /// <summary>Standard gateway: speaks for registered devices only.</summary>
    Standard,
}
