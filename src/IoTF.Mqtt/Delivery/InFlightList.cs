namespace IoTF.Mqtt.Delivery;

/// <summary>Messages in the order of their first sending. The links are in the messages, so that none is allocated beside them.</summary>
internal sealed class InFlightList
{
    private OutboundMessage? _newest;

    /// <summary>No message before it is held back.</summary>
    private OutboundMessage? _nextHeldBack;

    public OutboundMessage? Oldest { get; private set; }

    /// <summary>How many messages wait to be sent again over a new connection.</summary>
    public int HeldBackCount { get; private set; }

    public void Append(OutboundMessage message)
    {
        message.Previous = _newest;
        if (_newest is null)
        {
            Oldest = message;
        }
        else
        {
            _newest.Next = message;
        }

        _newest = message;
    }

    public void Remove(OutboundMessage message)
    {
        Release(message);
        if (_nextHeldBack == message)
        {
            _nextHeldBack = message.Next;
        }

        if (message.Previous is null)
        {
            Oldest = message.Next;
        }
        else
        {
            message.Previous.Next = message.Next;
        }

        if (message.Next is null)
        {
            _newest = message.Previous;
        }
        else
        {
            message.Next.Previous = message.Previous;
        }

        message.Previous = message.Next = null;
    }

    /// <summary>Everything is to be sent again.</summary>
    public void HoldAllBack()
    {
        HeldBackCount = 0;
        for (var message = Oldest; message is not null; message = message.Next)
        {
            message.IsHeldBack = true;
            HeldBackCount++;
        }

        _nextHeldBack = Oldest;
    }

    /// <summary>Takes the oldest message that is held back.</summary>
    public OutboundMessage? TakeHeldBack()
    {
        while (_nextHeldBack is { IsHeldBack: false })
        {
            _nextHeldBack = _nextHeldBack.Next;
        }

        var message = _nextHeldBack;
        if (message is not null)
        {
            Release(message);
        }

        return message;
    }

    /// <summary>A message needs not be sent again.</summary>
    public void Release(OutboundMessage message)
    {
        if (message.IsHeldBack)
        {
            message.IsHeldBack = false;
            HeldBackCount--;
        }
    }

    public IEnumerable<OutboundMessage> OldestFirst()
    {
        for (var message = Oldest; message is not null; message = message.Next)
        {
            yield return message;
        }
    }
}
