using IoTF.Emulator.Persistence;
using IoTF.Emulator.Registry;
using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;
using IoTF.Mqtt.Links;

namespace IoTF.Emulator.Sessions;

/// <summary>
/// What goes to one client: in flight, or waiting for its turn. Every call may come from any thread. None takes another outbox's gate, and
/// none calls a shared subscription with its own gate taken.
/// </summary>
internal sealed class Outbox
{
    private readonly object _gate = new();
    private readonly EmulatorOptions _options;
    private readonly Traffic _traffic;
    private readonly DeliveryWindow _window;
    private readonly DeliveryQueue _queue;
    private readonly Congestion _congestion;
    private SharedSubscription[] _sources = [];
    private int _firstSource;
    private Link? _link;
    private DeliverySink? _sink;
    private Link? _awaitedLink;
    private uint _maximumPacketSize = uint.MaxValue;
    private bool _closed;
    private long _sent;

    /// <summary>An outbox without a client.</summary>
    /// <param name="options">The bounds of what waits.</param>
    /// <param name="memory">What its organization can make the service keep.</param>
    /// <param name="traffic">Where messages are counted.</param>
    /// <param name="windowLimit">How many messages may be in flight.</param>
    /// <param name="lifetime">How long a message waits before it is forgotten.</param>
    /// <param name="overflowing">Called when messages begin to be dropped because too many wait.</param>
    public Outbox(EmulatorOptions options, MemoryBudget memory, Traffic traffic, int windowLimit, TimeSpan lifetime, Action overflowing)
    {
        _options = options;
        _traffic = traffic;
        _window = new DeliveryWindow(windowLimit, memory);
        _queue = new DeliveryQueue(options.QueueLength, options.QueueBytes, memory, lifetime, options.Clock) { Overflowing = overflowing };
        _congestion = new Congestion(_queue, options);
    }

    /// <summary>Told of every change of what is kept for the client; null while nothing of it outlives the service.</summary>
    public ChangeMark? Changes { get; set; }

    /// <summary>Messages sent to the client since it connected; what is sent again is not counted.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Whether the client is connected.</summary>
    public bool IsAttached => Volatile.Read(ref _link) is not null;

    /// <summary>Messages in flight, messages that wait, and messages dropped because too many waited or because they waited too long.</summary>
    public (int InFlight, int Queued, long Dropped) Counts
    {
        get
        {
            lock (_gate)
            {
                return (_window.Count, _queue.Count, _queue.Dropped);
            }
        }
    }

    /// <summary>The bytes of memory that messages in flight take: they may all wait for the network at once after a reconnect.</summary>
    public long BytesInFlight
    {
        get
        {
            lock (_gate)
            {
                return _window.Bytes;
            }
        }
    }

    /// <summary>A client is there: what was under way is sent again, and what waits is sent.</summary>
    /// <param name="link">The client's link; CONNACK has been queued on it.</param>
    /// <param name="receiveMaximum">What the client takes unacknowledged (MQTT-5.0 §3.1.2.11.3); 65,535 when it did not say.</param>
    /// <param name="maximumPacketSize">The largest packet the client takes (MQTT-5.0 §3.1.2.11.4). A larger message is dropped, as if it had been sent.</param>
    public void Attach(Link link, int receiveMaximum, uint maximumPacketSize)
    {
        IReadOnlyList<Delivery> tooLarge = [];
        lock (_gate)
        {
            _link = link;
            _sent = 0;
            _sink = new DeliverySink(link, _options.Clock);
            _maximumPacketSize = maximumPacketSize;
            if (maximumPacketSize != uint.MaxValue)
            {
                tooLarge = _window.Withdraw(delivery => !Fits(delivery));
            }

            _window.Resume(receiveMaximum, _sink);
            Pump();
        }

        GiveBack(tooLarge);
        AskSources();
    }

    /// <summary>
    /// Drops what waits or is in flight and must not be delivered to the client that is about to be attached. What came from a shared subscription
    /// goes to its other members.
    /// </summary>
    public void Withdraw(Predicate<Delivery> unwanted)
    {
        IReadOnlyList<Delivery> withdrawn;
        lock (_gate)
        {
            _queue.RemoveAll(unwanted);
            withdrawn = _window.Withdraw(unwanted);
            Changes?.Set();
        }

        GiveBack(withdrawn);
    }

    /// <summary>Gives messages of shared subscriptions to those who share them.</summary>
    public static void GiveBack(IEnumerable<Delivery> unacknowledged)
    {
        foreach (var shared in unacknowledged.Where(static delivery => delivery.Source is not null).GroupBy(static delivery => delivery.Source!))
        {
            shared.Key.Return(shared.Select(static delivery => delivery.Again()));
        }
    }

    /// <summary>The client is gone. Nothing happens when another connection has taken over.</summary>
    public void Detach(Link link)
    {
        lock (_gate)
        {
            if (_link != link)
            {
                return;
            }

            _link = null;
            _sink = null;
            _congestion.Relieve();
        }

        foreach (var source in Volatile.Read(ref _sources))
        {
            source.OnMemberGone();
        }
    }

    /// <summary>The session has ended: nothing will be sent any more.</summary>
    /// <returns>
    /// What came from shared subscriptions and was not acknowledged, oldest first. Not of QoS 2, which might be delivered twice
    /// (MQTT-5.0 §4.8.2).
    /// </returns>
    public IReadOnlyList<Delivery> Close()
    {
        lock (_gate)
        {
            _closed = true;
            _link = null;
            _sink = null;
            _queue.Clear();
            _congestion.Relieve();
            return [.. _window.Abandon().Where(static one => one is { Source: not null, QualityOfService: QualityOfService.AtLeastOnce })];
        }
    }

    /// <summary>Takes messages of a shared subscription, too.</summary>
    public void PullFrom(SharedSubscription source)
    {
        lock (_gate)
        {
            if (Array.IndexOf(_sources, source) < 0)
            {
                _sources = [.. _sources, source];
            }
        }
    }

    /// <summary>Takes no more messages of a shared subscription.</summary>
    public void StopPullingFrom(SharedSubscription source)
    {
        lock (_gate)
        {
            _sources = [.. _sources.Where(other => other != source)];
        }
    }

    /// <summary>Sends a message, or keeps it until that is possible.</summary>
    /// <returns>False when so much waits that the publisher has to be slowed down.</returns>
    public bool Deliver(string topic, ReadOnlyMemory<byte> payload, QualityOfService qualityOfService, PublishProperties? properties, bool retain = false)
    {
        lock (_gate)
        {
            if (_link is null || _sink is null)
            {
                // Nothing was promised for QoS 0, and there is nobody to send it to.
                if (!_closed && qualityOfService != QualityOfService.AtMostOnce)
                {
                    _queue.Add(new Delivery(topic, payload, qualityOfService, properties, retain: retain));
                    Changes?.Set();
                }

                return true;
            }

            if (!Fits(topic, payload, qualityOfService, properties))
            {
                _queue.CountDropped();
                return true;
            }

            if (_queue.Count == 0 && _link.HasRoom && _window.HasRoom(qualityOfService))
            {
                Send(topic, payload, qualityOfService, properties, source: null, waitingSince: 0, retain);
                return true;
            }

            _queue.Add(new Delivery(topic, payload, qualityOfService, properties, retain: retain));
            Changes?.Set();
            Pump();
            return !_congestion.HoldsBack;
        }
    }

    /// <summary>Sends a message of a shared subscription if that is possible at once; if not, the subscription is told when it is.</summary>
    /// <returns>Whether it was sent.</returns>
    public bool TrySend(
        string topic,
        ReadOnlyMemory<byte> payload,
        QualityOfService qualityOfService,
        PublishProperties? properties,
        SharedSubscription source,
        long waitingSince,
        bool retain)
    {
        lock (_gate)
        {
            if (_link is null || _queue.Count > 0 || !_window.HasRoom(qualityOfService) || !Fits(topic, payload, qualityOfService, properties))
            {
                return false;
            }

            if (!_link.HasRoom)
            {
                AwaitRoom(_link);
                return false;
            }

            Send(topic, payload, qualityOfService, properties, source, waitingSince, retain);
            return true;
        }
    }

    /// <summary>Waits until publishers may go on: enough was sent, or the client is gone or takes nothing any more.</summary>
    public Task WaitForRoomAsync()
    {
        lock (_gate)
        {
            return _link is null ? Task.CompletedTask : _congestion.WaitForRoomAsync();
        }
    }

    /// <summary>Looks, from time to time, whether a flooded client still takes messages, and forgets what waited too long.</summary>
    public void LookForProgress()
    {
        lock (_gate)
        {
            if (_link is not null)
            {
                // What had to wait for memory that others took is not told when it is free again.
                Pump();
            }

            _ = _queue.TryPeek(out _);
            _congestion.LookForProgress(receiversAreThere: _link is not null);
        }
    }

    public void OnPubAck(Link link, ushort packetId)
    {
        lock (_gate)
        {
            if (_link == link)
            {
                _window.OnPubAck(packetId);
                Acknowledged();
            }
        }

        AskSources();
    }

    public void OnPubRec(Link link, ushort packetId, byte reasonCode)
    {
        lock (_gate)
        {
            if (_link == link)
            {
                _window.OnPubRec(packetId, reasonCode, _sink!);
                Acknowledged();
            }
        }

        AskSources();
    }

    public void OnPubComp(Link link, ushort packetId)
    {
        lock (_gate)
        {
            if (_link == link)
            {
                _window.OnPubComp(packetId, _sink!);
                Acknowledged();
            }
        }

        AskSources();
    }

    /// <summary>QoS 1 and 2 messages that are in flight and that wait, oldest first; a copy.</summary>
    public (OutboundMessage[] InFlight, Delivery[] Waiting) Kept()
    {
        lock (_gate)
        {
            return ([.. _window.InFlight], [.. _queue.Waiting.Where(static delivery => delivery.QualityOfService != QualityOfService.AtMostOnce)]);
        }
    }

    /// <summary>Puts back what was kept over a restart, before a client is there.</summary>
    public void Restore(IEnumerable<(Delivery Delivery, ushort PacketId, bool IsReleased)> inFlight, IEnumerable<Delivery> waiting)
    {
        lock (_gate)
        {
            foreach (var (delivery, packetId, isReleased) in inFlight)
            {
                _window.Restore(delivery, packetId, isReleased);
            }

            _queue.PutBack(waiting);
        }
    }

    private void Send(
        string topic,
        ReadOnlyMemory<byte> payload,
        QualityOfService qualityOfService,
        PublishProperties? properties,
        SharedSubscription? source,
        long waitingSince,
        bool retain)
    {
        CountSent();
        if (qualityOfService == QualityOfService.AtMostOnce && properties is null)
        {
            _link!.Publish(topic, payload, qualityOfService, packetId: 0, retain, duplicate: false);
            return;
        }

        _window.Publish(new Delivery(topic, payload, qualityOfService, properties, source, retain) { WaitingSince = waitingSince }, _sink!);
        Changes?.Set();
    }

    private bool Fits(Delivery delivery) => Fits(delivery.Topic, delivery.Payload, delivery.QualityOfService, delivery.Properties);

    private bool Fits(string topic, ReadOnlyMemory<byte> payload, QualityOfService qualityOfService, PublishProperties? properties) =>
        _maximumPacketSize == uint.MaxValue || PacketSizes.OfPublish(topic, payload.Length, qualityOfService, properties) <= _maximumPacketSize;

    private void Acknowledged()
    {
        Changes?.Set();
        Pump();
    }

    private void Pump()
    {
        // Asked once for each message: the answer may be another a moment later, and then nobody would be waiting for room.
        var linkIsFull = false;
        while (_queue.TryPeek(out var next) && _window.HasRoom(next.QualityOfService) && !(linkIsFull = !_link!.HasRoom))
        {
            _queue.RemoveFirst();
            if (!Fits(next))
            {
                _queue.CountDropped();
                continue;
            }

            _window.Publish(next, _sink!);
            CountSent();
        }

        _congestion.OnTaken();

        // Acknowledgements pump again by themselves; a full link has to be waited for.
        if (linkIsFull)
        {
            AwaitRoom(_link!);
        }
    }

    private void AwaitRoom(Link link)
    {
        if (_awaitedLink != link)
        {
            _awaitedLink = link;
            _ = PumpWhenLinkHasRoomAsync(link);
        }
    }

    private async Task PumpWhenLinkHasRoomAsync(Link link)
    {
        await link.WaitForRoomAsync(CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        lock (_gate)
        {
            if (_awaitedLink == link)
            {
                _awaitedLink = null;
            }

            // On a link that failed nobody has to wait for room; its reader will detach it. Otherwise the room may be taken again already,
            // and pumping waits for the next.
            if (_link != link || link.WriteFault is not null)
            {
                return;
            }

            Pump();
        }

        AskSources();
    }

    /// <summary>Shared subscriptions may have something for a client with room; each has its turn to be the first.</summary>
    private void AskSources()
    {
        var sources = Volatile.Read(ref _sources);
        if (sources.Length > 0)
        {
            var first = (uint)Interlocked.Increment(ref _firstSource);
            for (var i = 0u; i < sources.Length; i++)
            {
                sources[(first + i) % sources.Length].OnRoom();
            }
        }
    }

    private void CountSent()
    {
        _sent++;
        _traffic.CountOut();
    }
}
