namespace IoTF.Client.Receiving;

/// <summary>One topic filter that a session has subscribed, with the messages it brought.</summary>
public sealed class Subscription
{
    /// <summary>How many QoS 0 messages wait for a receiver before the oldest is dropped.</summary>
    public const int InboxCapacity = 10_000;

    internal Subscription(string filter) => Filter = filter;

    /// <summary>The topic filter.</summary>
    public string Filter { get; }

    /// <summary>What has arrived and was not taken yet.</summary>
    public Inbox Inbox { get; } = new(InboxCapacity);
}
