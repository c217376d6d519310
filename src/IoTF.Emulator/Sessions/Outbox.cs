using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;
using IoTF.Mqtt.Links;

namespace IoTF.Emulator.Sessions;

/// <summary>
/// What goes to one client: in flight, or waiting for its turn. Every call may come from any thread, and none takes another outbox's gate.
/// </summary>
internal sealed class Outbox(EmulatorOptions options, Traffic traffic, int windowLimit)
{
    private readonly object _gate = new();
    private readonly OutboundWindow _window = new(windowLimit, windowLimit);
    private readonly DeliveryQueue _queue = new(options.QueueLength, options.QueueBytes);
    private Link? _link;
    private DeliverySink? _sink;
    private TaskCompletionSource? _room;
    private long _takenAtLastLook = -1;
    private long _progressAt;
    private bool _stalled;
    private Link? _awaitedLink;
    private bool _closed;
    private long _sent;

    /// <summary>Messages sent to the client since it connected; what is sent again is not counted.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Messages in flight, messages that wait, and messages dropped because too many waited.</summary>
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

    /// <summary>A client is there: what was under way is sent again, and what waits is sent.</summary>
    /// <param name="link">The client's link; CONNACK has been queued on it.</param>
    /// <param name="receiveMaximum">What the client takes unacknowledged (MQTT-5.0 §3.1.2.11.3); 65,535 when it did not say.</param>
    public void Attach(Link link, int receiveMaximum)
    {
        lock (_gate)
        {
            _link = link;
            _sent = 0;
            _sink = new DeliverySink(link, options.Clock);
            _window.Limit = Math.Min(windowLimit, receiveMaximum);
            _window.Resume(sessionPresent: true, _sink);
            Pump();
        }
    }

    /// <summary>The client is gone. Nothing happens when another connection has taken over.</summary>
    public void Detach(Link link)
    {
        lock (_gate)
        {
            if (_link == link)
            {
                _link = null;
                _sink = null;
                StopWaiting();
            }
        }
    }

    /// <summary>The session has ended: nothing will be sent any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _link = null;
            _sink = null;
            _queue.Clear();
            _window.Abandon();
            StopWaiting();
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
                    _queue.Add(new Delivery(topic, payload, qualityOfService, properties, retain));
                }

                return true;
            }

            if (_queue.Count == 0 && _link.HasRoom && _window.HasRoom(qualityOfService))
            {
                CountSent();
                if (qualityOfService == QualityOfService.AtMostOnce && properties is null)
                {
                    _link.Publish(topic, payload, qualityOfService, packetId: 0, retain, duplicate: false);
                }
                else
                {
                    _window.Publish(new Delivery(topic, payload, qualityOfService, properties, retain), _sink);
                }

                return true;
            }

            _queue.Add(new Delivery(topic, payload, qualityOfService, properties, retain));
            Pump();
            return _stalled || !_queue.IsFlooded;
        }
    }

    /// <summary>Waits until publishers may go on: enough was sent, or the client is gone or takes nothing any more.</summary>
    public Task WaitForRoomAsync()
    {
        lock (_gate)
        {
            return _link is null || _stalled || !_queue.IsFlooded
                ? Task.CompletedTask
                : (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Looks, from time to time, whether a flooded client still takes messages. One that takes none for a while is not waited for.</summary>
    public void LookForProgress()
    {
        lock (_gate)
        {
            if (_link is null || !_queue.IsFlooded)
            {
                _takenAtLastLook = -1;
            }
            else if (_takenAtLastLook != _queue.Taken)
            {
                _takenAtLastLook = _queue.Taken;
                _progressAt = options.Clock.GetTimestamp();
            }
            else if (!_stalled && options.Clock.GetElapsedTime(_progressAt) >= options.SlowClientPatience)
            {
                StopWaiting();
                _stalled = true;
            }
        }
    }

    public void OnPubAck(Link link, ushort packetId)
    {
        lock (_gate)
        {
            if (_link == link)
            {
                _window.OnPubAck(packetId, out _);
                Pump();
            }
        }
    }

    public void OnPubRec(Link link, ushort packetId, byte reasonCode)
    {
        lock (_gate)
        {
            if (_link == link)
            {
                _window.OnPubRec(packetId, reasonCode, _sink!, out _);
                Pump();
            }
        }
    }

    public void OnPubComp(Link link, ushort packetId)
    {
        lock (_gate)
        {
            if (_link == link)
            {
                _window.OnPubComp(packetId, _sink!, out _);
                Pump();
            }
        }
    }

    private void Pump()
    {
        // Asked once for each message: the answer may be another a moment later, and then nobody would be waiting for room.
        var linkIsFull = false;
        while (_queue.TryPeek(out var next) && _window.HasRoom(next.QualityOfService) && !(linkIsFull = !_link!.HasRoom))
        {
            _queue.RemoveFirst();
            if (next.Properties is null || !next.Properties.HasExpired(options.Clock))
            {
                _window.Publish(next, _sink!);
                CountSent();
            }
        }

        if (_queue.HasDrained)
        {
            StopWaiting();
        }

        // Acknowledgements pump again by themselves; a full link has to be waited for.
        if (linkIsFull && _awaitedLink != _link)
        {
            _awaitedLink = _link;
            _ = PumpWhenLinkHasRoomAsync(_link!);
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
            if (_link == link && link.WriteFault is null)
            {
                Pump();
            }
        }
    }

    private void CountSent()
    {
        _sent++;
        traffic.CountOut();
    }

    private void StopWaiting()
    {
        _stalled = false;
        _takenAtLastLook = -1;
        _room?.TrySetResult();
        _room = null;
    }
}
