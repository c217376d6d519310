using IoTF.Client.Faults;
using IoTF.Client.Sessions;
using IoTF.Protocol.Reports;

namespace IoTF.Client.Sending;

/// <summary>
/// Which messages of a gateway the service has dropped. It answers such a message as any other, and tells the gateway in a notification, before
/// the answer or after it (protocol.md §4.6, §4.7). How long to wait for one could only be guessed; but packets keep their order on a
/// connection, so that when a PINGREQ which followed the answer is answered itself, what there was to be told has been told. With that word
/// a message is settled. The owner guards it.
/// </summary>
internal sealed class GatewayVerdicts(SessionOptions options, Action<PendingMessage> settle)
{
    /// <summary>By topic, in the order of sending: those that a notification may be about. Settled ones are taken out when they come to the front.</summary>
    private readonly Dictionary<string, Queue<PendingMessage>> _open = [];

    /// <summary>Answered, with the number of the PINGREQ whose answer is the word.</summary>
    private readonly Queue<(long Ping, PendingMessage Message)> _answered = new();
    private long _asked;
    private long _heard;

    /// <summary>Whether a PINGREQ is to be sent: messages wait for the word, and no PINGREQ is under way.</summary>
    public bool MustAsk => _answered.Count > 0 && _asked == _heard;

    /// <summary>A message was sent for the first time.</summary>
    public void Sent(PendingMessage message)
    {
        if (!_open.TryGetValue(message.Topic, out var queue))
        {
            _open.Add(message.Topic, queue = new Queue<PendingMessage>(1));
        }

        queue.Enqueue(message);
    }

    /// <summary>A message was answered, or with QoS 0 given to the network.</summary>
    public void Answered(PendingMessage message) => _answered.Enqueue((_asked + 1, message));

    /// <summary>A notification about a message came.</summary>
    /// <returns>Whether it belongs to one that is still followed: the oldest to its topic that none has come for.</returns>
    public bool Notified(GatewayNotification notification)
    {
        if (notification.Topic is not { } topic || !_open.TryGetValue(topic, out var queue))
        {
            return false;
        }

        while (queue.TryDequeue(out var message))
        {
            Forget(topic, queue);
            if (!message.IsSettled)
            {
                message.Verdict = SessionFaults.MessageDropped(options, notification);
                return true;
            }
        }

        return false;
    }

    /// <summary>A PINGREQ was sent, for whatever reason.</summary>
    public void Asked() => _asked++;

    /// <summary>A PINGRESP came.</summary>
    public void Heard()
    {
        _heard++;
        while (_answered.TryPeek(out var next) && next.Ping <= _heard)
        {
            settle(_answered.Dequeue().Message);
        }
    }

    /// <summary>No word will come any more, because the connection is gone: an answer is all that is known of what was answered.</summary>
    public void GiveUp()
    {
        _asked = _heard = 0;
        while (_answered.TryDequeue(out var last))
        {
            settle(last.Message);
        }
    }

    /// <summary>No word is awaited any longer for the messages of a batch.</summary>
    public void GiveUp(SendBatch batch)
    {
        foreach (var (_, message) in _answered.Where(one => one.Message.Batch == batch).ToArray())
        {
            settle(message);
        }
    }

    /// <summary>A message was settled, for whatever reason.</summary>
    public void Settled(PendingMessage message)
    {
        if (_open.TryGetValue(message.Topic, out var queue))
        {
            while (queue.TryPeek(out var oldest) && oldest.IsSettled)
            {
                queue.Dequeue();
            }

            Forget(message.Topic, queue);
        }
    }

    private void Forget(string topic, Queue<PendingMessage> queue)
    {
        if (queue.Count == 0)
        {
            _open.Remove(topic);
        }
    }
}
