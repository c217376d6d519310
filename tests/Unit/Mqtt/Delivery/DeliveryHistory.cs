using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;

namespace IoTF.Tests.Unit.Mqtt.Delivery;

/// <summary>One random history: sends, arrivals, consumptions, cuts and resumptions until everything is settled.</summary>
internal sealed class DeliveryHistory
{
    private const int MostSteps = 20_000;

    private readonly Random _chance;
    private readonly int _limit;
    private readonly List<OutboundMessage> _messages;
    private readonly OutboundWindow _sender;
    private readonly InboundWindow _receiver = new();
    private readonly Wire _toReceiver = new();
    private readonly Wire _toSender = new();
    private readonly List<InboundMessage> _held = [];
    private readonly List<string> _delivered = [];
    private int _next;
    private int _cutsLeft;
    private bool _up = true;

    public DeliveryHistory(int limit, int messages, Random chance)
    {
        _chance = chance;
        _limit = limit;
        _sender = new OutboundWindow(limit, chance.Next(1, limit + 1));
        _receiver.Limit = limit;
        _cutsLeft = chance.Next(12);
        _messages = [.. Enumerable.Range(0, messages).Select(i => new OutboundMessage($"{i}", new byte[] { 1 }, (QualityOfService)chance.Next(1, 3)))];
    }

    public void Run()
    {
        var steps = 0;
        while (_next < _messages.Count || _sender.Count > 0)
        {
            Require(++steps < MostSteps, "the history does not end");
            Step();
            var ids = _sender.InFlight.Select(message => message.PacketId).ToList();
            Require(ids.Distinct().Count() == ids.Count && ids.TrueForAll(id => id > 0), "an id is used twice at a time");
        }

        // The last acknowledgements of QoS 2 have come and gone: the receiver holds nothing either.
        Require(_receiver.Count == 0, "the receiver holds an id forever");
        foreach (var message in _messages)
        {
            var times = _delivered.Count(topic => topic == message.Topic);
            Require(times >= 1, $"message {message.Topic} is lost");
            Require(times == 1 || message.QualityOfService == QualityOfService.AtLeastOnce, $"message {message.Topic} arrived {times} times");
        }

        var first = _delivered.Distinct().ToList();
        foreach (var qualityOfService in new[] { QualityOfService.AtLeastOnce, QualityOfService.ExactlyOnce })
        {
            var sent = _messages.Where(message => message.QualityOfService == qualityOfService).Select(message => message.Topic).ToList();
            Require(first.Where(sent.Contains).SequenceEqual(sent), "the order of first delivery is lost");
        }
    }

    private void Step()
    {
        switch (_chance.Next(_cutsLeft > 0 ? 21 : 20))
        {
            case < 5 when _up && _next < _messages.Count && _sender.HasRoom(_messages[_next].QualityOfService):
                _sender.Publish(_messages[_next++], _toReceiver);
                break;
            case < 10 when _up && _toReceiver.TryTake(out var packet):
                packet(this);
                break;
            case < 15 when _up && _toSender.TryTake(out var packet):
                packet(this);
                break;
            case < 19 when _held.Count > 0:
                var message = _held[_chance.Next(_held.Count)];
                _held.Remove(message);
                _receiver.Consumed(message, _up ? _toSender : null);
                break;
            case 19 when !_up:
                _up = true;
                _sender.Limit = _receiver.Limit = _chance.Next(1, _limit + 1);
                _receiver.Resume(sessionPresent: true);
                _sender.Resume(sessionPresent: true, _toReceiver);
                break;
            case 20 when _up:
                Cut();
                break;
        }
    }

    /// <summary>What arrives before the cut, arrives; the rest of both directions is lost.</summary>
    private void Cut()
    {
        foreach (var wire in new[] { _toReceiver, _toSender })
        {
            for (var arrives = _chance.Next(wire.Count + 1); arrives > 0 && wire.TryTake(out var packet); arrives--)
            {
                packet(this);
            }
        }

        _toReceiver.Clear();
        _toSender.Clear();
        _up = false;
        _cutsLeft--;
    }

    private void Arrive(InboundMessage message)
    {
        var outcome = _receiver.OnPublish(message, _toSender);
        Require(outcome != InboundOutcome.LimitExceeded, "the sender exceeds what the receiver allows");
        if (outcome == InboundOutcome.Deliver)
        {
            _delivered.Add(message.Topic);
            _held.Add(message);
        }
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidOperationException(otherwise);
        }
    }

    /// <summary>One direction: what is sent waits for its arrival.</summary>
    private sealed class Wire : IPacketSink
    {
        private readonly Queue<Action<DeliveryHistory>> _packets = new();

        public int Count => _packets.Count;

        public bool TryTake(out Action<DeliveryHistory> packet) => _packets.TryDequeue(out packet!);

        public void Clear() => _packets.Clear();

        public void Publish(OutboundMessage message, bool duplicate)
        {
            var arriving = new InboundMessage(message.Topic, message.Payload.ToArray(), message.QualityOfService, message.PacketId, message.Retain, duplicate);
            _packets.Enqueue(history => history.Arrive(arriving));
        }

        public void PubAck(ushort packetId, byte reasonCode) =>
            _packets.Enqueue(history => history._sender.OnPubAck(packetId, out _));

        public void PubRec(ushort packetId, byte reasonCode) =>
            _packets.Enqueue(history => history._sender.OnPubRec(packetId, reasonCode, history._toReceiver, out _));

        public void PubRel(ushort packetId, byte reasonCode) =>
            _packets.Enqueue(history => history._receiver.OnPubRel(packetId, history._toSender));

        public void PubComp(ushort packetId, byte reasonCode) =>
            _packets.Enqueue(history => history._sender.OnPubComp(packetId, history._toReceiver, out _));
    }
}
