using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;

namespace IoTF.Emulator.Sessions;

/// <summary>What is in flight to one client. Its outbox's gate guards it.</summary>
internal sealed class DeliveryWindow(int limit)
{
    private readonly OutboundWindow _window = new(limit, limit);

    public int Count => _window.Count;

    /// <summary>Messages in flight, oldest first.</summary>
    public IEnumerable<OutboundMessage> InFlight => _window.InFlight;

    public bool HasRoom(QualityOfService qualityOfService) => _window.HasRoom(qualityOfService);

    public void Publish(Delivery delivery, IPacketSink sink) => _window.Publish(delivery, sink);

    public void OnPubAck(ushort packetId) => _window.OnPubAck(packetId, out _);

    public void OnPubRec(ushort packetId, byte reasonCode, IPacketSink sink) => _window.OnPubRec(packetId, reasonCode, sink, out _);

    public void OnPubComp(ushort packetId, IPacketSink sink) => _window.OnPubComp(packetId, sink, out _);

    /// <summary>Sends again what is in flight, no more at a time than the client takes.</summary>
    public void Resume(int receiveMaximum, IPacketSink sink)
    {
        _window.Limit = Math.Min(limit, receiveMaximum);
        _window.Resume(sessionPresent: true, sink);
    }

    /// <summary>Puts back what was in flight before a restart.</summary>
    public void Restore(Delivery delivery, ushort packetId, bool isReleased) => _window.Restore(delivery, packetId, isReleased);

    /// <summary>Empties the window and gives back what was in flight, oldest first.</summary>
    public IEnumerable<Delivery> Abandon() => _window.Abandon().OfType<Delivery>();

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
