using IoTF.Mqtt;

namespace IoTF.Tests.Unit.Simulation;

/// <summary>What the simulated service keeps of a client between connections. Written without the delivery rules that it tests.</summary>
internal sealed class ServiceSession(int mostIds)
{
    private int _lastId;

    /// <summary>QoS 2 messages of the client that were received and not released.</summary>
    public HashSet<ushort> Unreleased { get; } = [];

    /// <summary>Messages that wait for room in the window to the client.</summary>
    public Queue<OwedRecord> Queue { get; } = new();

    /// <summary>Messages that were sent to the client and are not acknowledged to the end, oldest first.</summary>
    public List<Delivery> InFlight { get; } = [];

    /// <summary>Ids come round soon, so that they are used again while old acknowledgements may still be about.</summary>
    public ushort NextId()
    {
        do
        {
            _lastId = (_lastId % mostIds) + 1;
        }
        while (InFlight.Exists(delivery => delivery.PacketId == _lastId));
        return (ushort)_lastId;
    }

    public sealed class Delivery(OwedRecord owed, ushort packetId)
    {
        public OwedRecord Owed { get; } = owed;

        public ushort PacketId { get; } = packetId;

        public bool IsExactlyOnce => Owed.QualityOfService == QualityOfService.ExactlyOnce;

        /// <summary>QoS 2: PUBREC has come.</summary>
        public bool IsReceived { get; set; }
    }
}
