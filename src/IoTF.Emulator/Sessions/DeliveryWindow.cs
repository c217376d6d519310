using IoTF.Emulator.Registry;
using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;

namespace IoTF.Emulator.Sessions;

/// <summary>What is in flight to one client, bounded by count and bytes. Its outbox's gate guards it.</summary>
internal sealed class DeliveryWindow(int limit, MemoryBudget memory)
{
    /// <summary>What is in flight stays in memory until the client acknowledges it, however slowly: a bound of this emulator.</summary>
    private const long MaximumBytes = 16L * 1024 * 1024;

    private readonly OutboundWindow _window = new(limit, limit);
    private long _bytes;

    public int Count => _window.Count;

    /// <summary>Messages in flight, oldest first.</summary>
    public IEnumerable<OutboundMessage> InFlight => _window.InFlight;

    /// <summary>The bytes of memory that messages in flight take.</summary>
    public long Bytes => _bytes;

    public bool HasRoom(QualityOfService qualityOfService) => _window.HasRoom(qualityOfService)
        && (qualityOfService == QualityOfService.AtMostOnce || (_bytes < MaximumBytes && _bytes <= memory.Free));

    public void Publish(Delivery delivery, IPacketSink sink)
    {
        _window.Publish(delivery, sink);
        if (delivery.QualityOfService != QualityOfService.AtMostOnce)
        {
            Charge(delivery.Cost);
        }
    }

    public void OnPubAck(ushort packetId) => Acknowledged(_window.OnPubAck(packetId, out var message), message);

    public void OnPubRec(ushort packetId, byte reasonCode, IPacketSink sink) =>
        Acknowledged(_window.OnPubRec(packetId, reasonCode, sink, out var message), message);

    public void OnPubComp(ushort packetId, IPacketSink sink) => Acknowledged(_window.OnPubComp(packetId, sink, out var message), message);

    /// <summary>Sends again what is in flight, no more at a time than the client takes.</summary>
    public void Resume(int receiveMaximum, IPacketSink sink)
    {
        _window.Limit = Math.Min(limit, receiveMaximum);
        _window.Resume(sessionPresent: true, sink);
    }

    /// <summary>Puts back what was in flight before a restart.</summary>
    public void Restore(Delivery delivery, ushort packetId, bool isReleased)
    {
        _window.Restore(delivery, packetId, isReleased);
        Charge(delivery.Cost);
    }

    /// <summary>Empties the window and gives back what was in flight, oldest first.</summary>
    public IEnumerable<Delivery> Abandon()
    {
        Charge(-_bytes);
        return _window.Abandon().OfType<Delivery>();
    }

    /// <summary>
    /// Takes messages back before they are sent again, as if the client had acknowledged them. Of QoS 2 the client may have the message, so that
    /// its packet id is still released.
    /// </summary>
    /// <returns>Those that the client has not acknowledged in any way, oldest first.</returns>
    public IReadOnlyList<Delivery> Withdraw(Predicate<Delivery> unwanted)
    {
        var withdrawn = new List<Delivery>();
        foreach (var delivery in _window.InFlight.OfType<Delivery>().Where(delivery => unwanted(delivery)).ToArray())
        {
            switch (delivery.State)
            {
                case OutboundState.AwaitingPubAck:
                    OnPubAck(delivery.PacketId);
                    withdrawn.Add(delivery);
                    break;
                case OutboundState.AwaitingPubRec:
                    OnPubRec(delivery.PacketId, ReasonCode.Success, Nowhere.Instance);
                    break;
            }
        }

        return withdrawn;
    }

    private void Acknowledged(AcknowledgementOutcome outcome, OutboundMessage? message)
    {
        if (outcome == AcknowledgementOutcome.Settled && message is Delivery delivery)
        {
            Charge(-delivery.Cost);
        }
    }

    private void Charge(long bytes)
    {
        _bytes += bytes;
        memory.Add(bytes);
    }

    /// <summary>There is no connection yet; what is due goes out with <see cref="Resume"/>.</summary>
    private sealed class Nowhere : IPacketSink
    {
        public static readonly Nowhere Instance = new();

        public void Publish(OutboundMessage message, bool duplicate)
        {
        }

        public void PubAck(ushort packetId, byte reasonCode)
        {
        }

        public void PubRec(ushort packetId, byte reasonCode)
        {
        }

        public void PubRel(ushort packetId, byte reasonCode)
        {
        }

        public void PubComp(ushort packetId, byte reasonCode)
        {
        }
    }
}
