namespace IoTF.Protocol.Identities;

/// <summary>What a client is to the service; the first letter of its ClientId (protocol.md §2.1).</summary>
public enum ClientRole
{
    /// <summary>A device, <c>d:</c>, that speaks for itself only.</summary>
    Device,

    /// <summary>A gateway, <c>g:</c>, that speaks for itself and for the devices behind it.</summary>
    Gateway,

    /// <summary>An application, <c>a:</c>, that receives events and sends commands.</summary>
    Application,

    /// <summary>A member of a scalable application, <c>A:</c>, whose members share the load of their subscriptions.</summary>
    ScalableApplication,
}
