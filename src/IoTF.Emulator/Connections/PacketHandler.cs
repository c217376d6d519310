using IoTF.Emulator.Admission;
using IoTF.Emulator.Refusals;
using IoTF.Emulator.Sessions;
using IoTF.Mqtt;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Emulator.Connections;

/// <summary>What the service does with each packet of a client that was let in.</summary>
internal sealed class PacketHandler
{
    private readonly EmulatorService _service;
    private readonly Connection _connection;
    private readonly Session _session;
    private readonly Subscribing _subscribing;
    private readonly bool _sessionOutlivesConnection;

    public PacketHandler(EmulatorService service, Connection connection, Session session, AdmittedClient client)
    {
        _service = service;
        _connection = connection;
        _session = session;
        _subscribing = new Subscribing(service, connection, session, client.Principal);
        _sessionOutlivesConnection = client.SessionExpiry != TimeSpan.Zero;
        Publishing = new Publishing(service, connection, session, client.Principal);
    }

    public Publishing Publishing { get; }

    /// <summary>Handles a packet.</summary>
    /// <returns>When the next packet may be taken: at once, or when those that are flooded have caught up.</returns>
    public Task Handle(MqttPacket packet)
    {
        switch (packet)
        {
            case MqttPublishPacket publish:
                return Publishing.OnPublish(publish);
            case MqttPubAckPacket pubAck:
                _session.Outbox.OnPubAck(_connection.Link, pubAck.PacketIdentifier);
                break;
            case MqttPubRecPacket { PacketIdentifier: > 0 } pubRec:
                _session.Outbox.OnPubRec(_connection.Link, pubRec.PacketIdentifier, (byte)pubRec.ReasonCode);
                break;
            case MqttPubRelPacket { PacketIdentifier: > 0 } pubRel:
                _session.OnPubRel(_connection, pubRel.PacketIdentifier);
                break;
            case MqttPubCompPacket pubComp:
                _session.Outbox.OnPubComp(_connection.Link, pubComp.PacketIdentifier);
                break;
            case MqttSubscribePacket { PacketIdentifier: > 0, TopicFilters.Count: > 0 } subscribe:
                _subscribing.OnSubscribe(subscribe);
                break;
            case MqttUnsubscribePacket { PacketIdentifier: > 0, TopicFilters.Count: > 0 } unsubscribe:
                _subscribing.OnUnsubscribe(unsubscribe);
                break;
            case MqttPingReqPacket:
                _connection.Link.Send(MqttPingRespPacket.Instance);
                break;
            case MqttDisconnectPacket disconnect:
                OnDisconnect(disconnect);
                break;
            default:
                _connection.Close(CloseReason.UnexpectedPacket, $"{CloseReason.UnexpectedPacket.Words} ({packet.GetType().Name[4..^6]})");
                break;
        }

        return Task.CompletedTask;
    }

    private void OnDisconnect(MqttDisconnectPacket disconnect)
    {
        if (_connection.Link.Version == MqttVersion.V5 && disconnect.SessionExpiryInterval > 0)
        {
            // A session that was to end with the connection stays so (MQTT-5.0 §3.14.2.2.2).
            if (!_sessionOutlivesConnection)
            {
                _connection.Close(CloseReason.ProtocolError, "DISCONNECT gives an expiry to a session that has none.");
                return;
            }

            _session.Expiry = _service.ConnectRules.BoundedExpiry(disconnect.SessionExpiryInterval);
        }

        // MQTT 5: only the code 0 calls the last will off (MQTT-5.0 §3.14.4).
        _connection.Goodbye(disconnect.ReasonCode == MqttDisconnectReasonCode.NormalDisconnection ? CloseReason.Normal : CloseReason.NormalWithWill);
    }
}
