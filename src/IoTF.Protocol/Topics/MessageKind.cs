namespace IoTF.Protocol.Topics;

/// <summary>What a topic carries (protocol.md §4).</summary>
public enum MessageKind
{
    /// <summary>Any topic this library gives no meaning to.</summary>
    Other,

    /// <summary>An event: what a device has to say.</summary>
    Event,

    /// <summary>A command: what a device is told to do.</summary>
    Command,

    /// <summary>The connection status of a device or gateway.</summary>
    DeviceStatus,

    /// <summary>The connection status of an application.</summary>
    ApplicationStatus,

    /// <summary>A notification to a gateway or device about something the service refused.</summary>
    Notification,

    /// <summary>A request or answer of device management.</summary>
    DeviceManagement,
}
