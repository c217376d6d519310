using System.Buffers;
using System.Buffers.Text;
using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;
using IoTF.Mqtt.Links;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Tests.Unit.Simulation;

/// <summary>A service that keeps to MQTT, answers when the history says so, and notes what the client does wrong.</summary>
internal sealed class SimulatedService(Random chance, Ledger ledger, LinkOptions linkOptions, BrokenClient? broken)
{
    private readonly int _window = chance.Next(1, 11);
    private readonly int _mostIds = chance.Next(12, 40);

    /// <summary>How many of three connections that it ends it resets: a service does so always, or never, or when it has packets unread.</summary>
    private readonly int _resetsOfThree = new[] { 0, 1, 3 }[chance.Next(3)];
    private readonly Queue<Action<Link>> _answers = new();

    /// <summary>Packet ids that the client uses on this connection and that are not answered to the end.</summary>
    private readonly HashSet<ushort> _open = [];
    private ServiceSession? _session;
    private SimulatedConnection? _connection;
    private Link? _link;
    private bool _accepted;
    private int _receiveMaximum;
    private int _unacknowledged;

    /// <summary>So many next connections are refused.</summary>
    public int Refusals { get; set; }

    /// <summary>So many next connections are accepted and closed at once, perhaps after a message that the service owes.</summary>
    public int ClosedAtOnce { get; set; }

    /// <summary>How many connections it has ended over a filter.</summary>
    public int EndedOverFilter { get; private set; }

    /// <summary>So many next connections get no answer.</summary>
    public int Stalls { get; set; }

    public bool IsOpen => _accepted;

    /// <summary>Whether it has taken a CONNECT and will not answer it.</summary>
    public bool IsSilent { get; private set; }

    public override string ToString() =>
        $"open {IsOpen}, silent {IsSilent}, answers {_answers.Count}, queue {_session?.Queue.Count}, in flight {string.Join(",", _session?.InFlight.Select(one => $"{one.PacketId}/{one.IsExactlyOnce}/{one.IsReceived}") ?? [])}, ids {string.Join(",", _open)}";

    public bool HasAnswers => _answers.Count > 0;

    /// <summary>Whether it owes the client nothing more.</summary>
    public bool IsQuit => _session is null || (_session.Queue.Count == 0 && _session.InFlight.Count == 0);

    public void Accept(SimulatedConnection connection)
    {
        Close();
        _connection = connection;
        _link = new Link(connection.Service, linkOptions);
    }

    /// <summary>Closes the connection in order, after what it had to say.</summary>
    public void Close(byte? reasonCode = null)
    {
        if (_link is { } link)
        {
            if (reasonCode is { } code)
            {
                link.Send(new MqttDisconnectPacket { ReasonCode = (MqttDisconnectReasonCode)code });
            }

            _ = link.FlushAsync(CancellationToken.None);
            _ = link.DisposeAsync();
        }

        (_link, _connection, _accepted) = (null, null, false);
        _answers.Clear();
        _open.Clear();
        _unacknowledged = 0;
        IsSilent = false;
    }

    /// <summary>Ends the connection with packets unread, which resets it.</summary>
    public void Reset()
    {
        _connection?.Reset(chance);
        Close();
    }

    /// <summary>Ends the connection in one of the ways in which services do.</summary>
    public void End()
    {
        if (chance.Next(3) < _resetsOfThree)
        {
            Reset();
        }
        else
        {
            Close();
        }
    }

    /// <summary>Loses the session, as a service that is started anew without persistence.</summary>
    public void Forget()
    {
        _session = null;
        ledger.Forget();
    }

    public void Owe(OwedRecord owed)
    {
        if (_session is { } session && (_accepted || owed.QualityOfService != QualityOfService.AtMostOnce))
        {
            session.Queue.Enqueue(owed);
            SendOwed();
        }
        else
        {
            owed.IsForgotten = true;
        }
    }

    public void Read()
    {
        if (_connection is not { Up.IsReadable: true } || _link is not { } link)
        {
            return;
        }

        try
        {
            if (!link.FillAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult())
            {
                Close();
                return;
            }

            while (_link == link && link.TryRead(out var packet))
            {
                foreach (var told in broken?.IsTold(packet) ?? [])
                {
                    link.Send(told);
                }

                foreach (var said in broken?.Says(packet) ?? [packet])
                {
                    Take(said, link);
                }
            }
        }
        catch (LinkException exception) when (exception.Failure is LinkFailure.Broken or LinkFailure.Reset)
        {
            Close();
        }
    }

    public void Answer()
    {
        if (_link is { } link && _answers.TryDequeue(out var answer))
        {
            answer(link);
        }
    }

    private void Take(MqttPacket packet, Link link)
    {
        switch (packet)
        {
            case MqttConnectPacket connect:
                Connect(connect, link);
                break;
            case MqttPublishPacket publish:
                Take(publish, link);
                break;
            case MqttPubRelPacket release:
                var known = _session!.Unreleased.Remove(release.PacketIdentifier);
                _answers.Enqueue(to =>
                {
                    Finish(release.PacketIdentifier);
                    Repeatedly(() => to.PubComp(release.PacketIdentifier, known ? ReasonCode.Success : ReasonCode.PacketIdentifierNotFound));
                });
                break;
            case MqttPubAckPacket ack:
                Acknowledge(Find(ack.PacketIdentifier, isExactlyOnce: false));
                break;
            case MqttPubRecPacket rec:
                var delivery = Find(rec.PacketIdentifier, isExactlyOnce: true);
                ledger.AcknowledgedByClient(delivery.Owed);
                delivery.IsReceived = true;
                link.PubRel(rec.PacketIdentifier, ReasonCode.Success);
                break;
            case MqttPubCompPacket comp:
                var finished = Find(comp.PacketIdentifier, isExactlyOnce: true);
                Violation.Unless(finished.IsReceived, $"message {finished.Owed.Number} was completed before it was received");
                Acknowledge(finished);
                break;
            case MqttSubscribePacket subscribe when subscribe.TopicFilters.Exists(filter => filter.Topic == SimulatedClient.BadFilter):
                EndedOverFilter++;
                End();
                break;
            case MqttSubscribePacket subscribe:
                Use(subscribe.PacketIdentifier);
                _answers.Enqueue(to =>
                {
                    _open.Remove(subscribe.PacketIdentifier);
                    to.Send(new MqttSubAckPacket { PacketIdentifier = subscribe.PacketIdentifier, ReasonCodes = [.. subscribe.TopicFilters.Select(_ => MqttSubscribeReasonCode.GrantedQoS2)] });
                });
                break;
            case MqttPingReqPacket:
                link.Send(MqttPingRespPacket.Instance);
                break;
            default:
                throw new Violation($"the client sent {packet.GetType().Name}");
        }
    }

    private void Connect(MqttConnectPacket connect, Link link)
    {
        if (Stalls > 0)
        {
            Stalls--;
            IsSilent = true;
            return;
        }

        if (Refusals > 0)
        {
            Refusals--;
            link.Send(new MqttConnAckPacket
            {
                ReturnCode = MqttConnectReturnCode.ConnectionRefusedServerUnavailable,
                ReasonCode = MqttConnectReasonCode.ServerUnavailable,
                MaximumQoS = MqttQualityOfServiceLevel.ExactlyOnce,
            });
            return;
        }

        if (connect.CleanSession && _session is not null)
        {
            Forget();
        }

        var present = _session is not null;
        _session ??= new ServiceSession(_mostIds);
        _receiveMaximum = linkOptions.Version is null && link.Version == MqttVersion.V5 ? chance.Next(1, 14) : ushort.MaxValue;
        link.Send(new MqttConnAckPacket
        {
            IsSessionPresent = present && link.Version != MqttVersion.V31,
            ReceiveMaximum = link.Version == MqttVersion.V5 ? (ushort)_receiveMaximum : (ushort)0,
            MaximumQoS = MqttQualityOfServiceLevel.ExactlyOnce,
        });
        _accepted = true;
        foreach (var delivery in _session.InFlight)
        {
            if (delivery.IsReceived)
            {
                link.PubRel(delivery.PacketId, ReasonCode.Success);
            }
            else
            {
                Send(delivery, link, duplicate: true);
            }
        }

        if (ClosedAtOnce > 0)
        {
            ClosedAtOnce--;
            if (chance.Next(2) == 0)
            {
                SendOwed();
            }

            Close();
            return;
        }

        SendOwed();
    }

    private void Take(MqttPublishPacket publish, Link link)
    {
        Utf8Parser.TryParse(publish.Payload.ToArray(), out int number, out _);
        var sent = ledger.Sent[number];
        var id = publish.PacketIdentifier;
        if (publish.QualityOfServiceLevel > 0)
        {
            Use(id);
            Violation.Unless(++_unacknowledged <= _receiveMaximum, $"{_unacknowledged} messages are unacknowledged, {_receiveMaximum} are allowed");
        }

        ledger.SeenByService(sent, id, publish.Dup);
        if (sent.IsPoison)
        {
            // It may close before it has answered what came before.
            while (HasAnswers && chance.Next(3) > 0)
            {
                Answer();
            }

            End();
            return;
        }

        switch (sent.QualityOfService)
        {
            case QualityOfService.AtMostOnce:
                ledger.DeliveredByService(sent);
                break;
            case QualityOfService.AtLeastOnce:
                Deliver(sent, () => Finish(id), (to, code) => to.PubAck(id, code));
                break;
            case QualityOfService.ExactlyOnce when _session!.Unreleased.Contains(id):
                Violation.Unless(publish.Dup, $"message {number} is taken for the one that its packet id was used for before");
                _answers.Enqueue(to => Repeatedly(() => to.PubRec(id, ReasonCode.Success)));
                break;
            default:
                if (!sent.IsRefused)
                {
                    _session!.Unreleased.Add(id);
                }

                Deliver(sent, sent.IsRefused ? () => Finish(id) : () => { }, (to, code) => to.PubRec(id, code));
                break;
        }
    }

    /// <summary>Takes or refuses a message and answers later.</summary>
    private void Deliver(SentRecord sent, Action atAnswer, Action<Link, byte> answer)
    {
        if (!sent.IsRefused)
        {
            ledger.DeliveredByService(sent);
        }

        _answers.Enqueue(to =>
        {
            atAnswer();
            Repeatedly(() => answer(to, sent.IsRefused ? ReasonCode.UnspecifiedError : ReasonCode.Success));
        });
    }

    /// <summary>Some acknowledgements come twice.</summary>
    private void Repeatedly(Action send)
    {
        send();
        if (chance.Next(12) == 0)
        {
            send();
        }
    }

    private void Use(ushort id) => Violation.Unless(id > 0 && _open.Add(id), $"packet id {id} is used twice at a time");

    private void Finish(ushort id)
    {
        if (_open.Remove(id))
        {
            _unacknowledged--;
        }
    }

    private ServiceSession.Delivery Find(ushort id, bool isExactlyOnce)
    {
        var delivery = _session!.InFlight.Find(one => one.PacketId == id && one.IsExactlyOnce == isExactlyOnce);
        return delivery ?? throw new Violation($"the client acknowledged packet id {id}, under which it was sent nothing");
    }

    private void Acknowledge(ServiceSession.Delivery delivery)
    {
        ledger.AcknowledgedByClient(delivery.Owed);
        _session!.InFlight.Remove(delivery);
        SendOwed();
    }

    private void SendOwed()
    {
        while (_accepted && _link is { } link && _session is { } session && session.InFlight.Count < _window && session.Queue.TryDequeue(out var owed))
        {
            var delivery = new ServiceSession.Delivery(owed, owed.QualityOfService == QualityOfService.AtMostOnce ? (ushort)0 : session.NextId());
            if (delivery.PacketId > 0)
            {
                session.InFlight.Add(delivery);
            }

            Send(delivery, link, duplicate: false);
        }
    }

    private void Send(ServiceSession.Delivery delivery, Link link, bool duplicate)
    {
        var owed = delivery.Owed;
        link.Publish(SimulatedClient.Inbound, SimulatedClient.PayloadOf(owed.Number), owed.QualityOfService, delivery.PacketId, retain: false, duplicate);
        if (broken is not null)
        {
            var packet = new MqttPublishPacket { PacketIdentifier = delivery.PacketId, QualityOfServiceLevel = (MqttQualityOfServiceLevel)owed.QualityOfService };
            foreach (var said in broken.Hears(packet))
            {
                _answers.Enqueue(to => Take(said, to));
            }
        }
    }
}
