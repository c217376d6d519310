using IoTF.Protocol.Topics;

namespace IoTF.Client.Receiving;

/// <summary>What to subscribe.</summary>
/// <param name="Filter">A topic filter that the identity may use; checked before.</param>
/// <param name="Kind">What the filter brings.</param>
public sealed record SubscriptionRequest(string Filter, MessageKind Kind);

/// <summary>The receiving of one receiver: where its messages come from.</summary>
/// <param name="Subscription">The subscription; <see cref="Subscription.Leave"/> is called when the receiver has what it wants.</param>
/// <param name="MustSelect">Whether the subscription brings more than was asked for, so that the receiver selects.</param>
public sealed record Reception(Subscription Subscription, bool MustSelect);

/// <summary>One topic filter that a session has subscribed, with the messages it brought.</summary>
public sealed class Subscription
{
    /// <summary>How many QoS 0 messages wait for a receiver before the oldest is dropped.</summary>
    public const int InboxCapacity = 10_000;

    private int _receivers;

    internal Subscription(SubscriptionRequest request, TimeProvider clock)
    {
        Inbox = new Inbox(InboxCapacity, clock);
        Filter = request.Filter;
        Kind = request.Kind;
    }

    /// <summary>The topic filter.</summary>
    public string Filter { get; }

    /// <summary>What the filter brings.</summary>
    public MessageKind Kind { get; }

    /// <summary>What has arrived and was not taken yet.</summary>
    public Inbox Inbox { get; }

    /// <summary>Whether somebody is receiving from it now.</summary>
    public bool IsInUse => Volatile.Read(ref _receivers) > 0;

    /// <summary>Somebody begins to receive; as often as that, <see cref="Leave"/> is called.</summary>
    internal void Enter() => Interlocked.Increment(ref _receivers);

    /// <summary>Somebody who began to receive has ended.</summary>
    public void Leave() => Interlocked.Decrement(ref _receivers);
}
