using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;

namespace IoTF.Client.Receiving;

/// <summary>One message as a receiver gets it. It is its own entry in the inbox, so nothing is allocated per message beside it.</summary>
public sealed class ReceivedMessage
{
    /// <summary>The objects of a message, without payload and topic.</summary>
    private const int Overhead = 256;

    private readonly InboundMessage _message;
    private readonly Copies? _copies;
    private int _consumed;

    internal ReceivedMessage(InboundMessage message, long number, DateTimeOffset receivedAt, Exchange exchange, Copies? copies)
    {
        Number = number;
        _message = message;
        _copies = copies;
        Exchange = exchange;
        ReceivedAt = receivedAt;
    }

    /// <summary>The topic name.</summary>
    public string Topic => _message.Topic;

    /// <summary>The payload; not to be changed.</summary>
    public byte[] Payload => _message.Payload;

    /// <summary>The QoS it was delivered with.</summary>
    public QualityOfService QualityOfService => _message.QualityOfService;

    /// <summary>The RETAIN flag.</summary>
    public bool Retain => _message.Retain;

    /// <summary>The DUP flag: it may have been delivered before.</summary>
    public bool Duplicate => _message.Duplicate;

    /// <summary>When it was received, UTC.</summary>
    public DateTimeOffset ReceivedAt { get; }

    /// <summary>Whether other subscriptions or receivers have got it, too.</summary>
    internal bool IsShared => _copies is not null;

    /// <summary>The receivers of the same subscription that were given it; null when it is not several.</summary>
    internal Audience? Audience { get; init; }

    /// <summary>Whether a receiver has taken it and put it back: it is owed to the next.</summary>
    internal bool IsReturned { get; set; }

    /// <summary>Counts the messages of a session in the order of their arrival.</summary>
    internal long Number { get; }

    /// <summary>Whether a receiver of other messages has passed it over: it is acknowledged, and still waits for one who wants it.</summary>
    internal bool IsSetAside { get; set; }

    /// <summary>Whether it may be dropped when too many wait: the service does not keep it.</summary>
    internal bool IsDroppable => IsSetAside || QualityOfService == QualityOfService.AtMostOnce;

    /// <summary>About how many bytes of memory it takes: the payload, the topic in UTF-16, and what describes them.</summary>
    internal long Size => Payload.Length + (2 * Topic.Length) + Overhead;

    /// <summary>Whether it waits in an inbox.</summary>
    internal bool IsListed { get; set; }

    internal Exchange Exchange { get; }

    internal ReceivedMessage? Previous { get; set; }

    internal ReceivedMessage? Next { get; set; }

    /// <summary>
    /// Tells the service that the message has been dealt with (QoS 1 and 2). A message for which this is never called is
    /// delivered again when a persistent session connects the next time.
    /// </summary>
    public void Consume()
    {
        if (Interlocked.Exchange(ref _consumed, 1) == 0 && (_copies is null || _copies.IsLast()))
        {
            Exchange.Consumed(_message);
        }
    }

    /// <summary>Sets it aside before anybody has looked at it; the caller acknowledges the message.</summary>
    internal void SetAside()
    {
        IsSetAside = true;
        _consumed = 1;
    }

    /// <summary>The copies of one message that went to several subscriptions or receivers: it is consumed when the last of them is.</summary>
    internal sealed class Copies(int count)
    {
        private int _left = count;

        public bool IsLast() => Interlocked.Decrement(ref _left) == 0;
    }
}
