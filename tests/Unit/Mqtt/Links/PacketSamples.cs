using IoTF.Mqtt;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Tests.Unit.Mqtt.Links;

/// <summary>A packet of every type that a version of MQTT has.</summary>
internal static class PacketSamples
{
    public static MqttConnectPacket Connect() => new()
    {
        ClientId = "d:org:type:id",
        CleanSession = true,
        KeepAlivePeriod = 60,
        Username = "use-token-auth",
        Password = "secret"u8.ToArray(),
        WillFlag = true,
        WillTopic = "will",
        WillMessage = [1, 2, 3],
        WillQoS = MqttQualityOfServiceLevel.AtLeastOnce,
        WillRetain = true,
    };

    public static List<MqttPacket> Of(MqttVersion version)
    {
        List<MqttPacket> packets =
        [
            Connect(),
            new MqttConnAckPacket { ReturnCode = MqttConnectReturnCode.ConnectionAccepted },
            Publish(0, payload: 0),
            Publish(0, payload: 1),
            Publish(1, payload: 110),
            Publish(2, payload: 300),
            new MqttPublishPacket { Topic = "é/ü", QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce, PacketIdentifier = 65_535, Dup = true, Retain = true },
            new MqttPubAckPacket { PacketIdentifier = 1 },
            new MqttPubRecPacket { PacketIdentifier = 2 },
            new MqttPubRelPacket { PacketIdentifier = 3 },
            new MqttPubCompPacket { PacketIdentifier = 4 },
            new MqttSubscribePacket
            {
                PacketIdentifier = 5,
                TopicFilters = [new() { Topic = "a/+/#" }, new() { Topic = "b", QualityOfServiceLevel = MqttQualityOfServiceLevel.ExactlyOnce }],
            },
            new MqttSubAckPacket { PacketIdentifier = 6, ReasonCodes = [MqttSubscribeReasonCode.GrantedQoS1, MqttSubscribeReasonCode.UnspecifiedError] },
            new MqttUnsubscribePacket { PacketIdentifier = 7, TopicFilters = ["a", "b/#"] },
            new MqttUnsubAckPacket { PacketIdentifier = 8, ReasonCodes = [MqttUnsubscribeReasonCode.Success, MqttUnsubscribeReasonCode.NoSubscriptionExisted] },
            MqttPingReqPacket.Instance,
            MqttPingRespPacket.Instance,
            new MqttDisconnectPacket(),
        ];
        if (version == MqttVersion.V5)
        {
            packets.Add(new MqttAuthPacket { ReasonCode = MqttAuthenticateReasonCode.ContinueAuthentication, AuthenticationMethod = "m" });
            packets.Add(new MqttPubRecPacket { PacketIdentifier = 9, ReasonCode = MqttPubRecReasonCode.QuotaExceeded, ReasonString = "why" });
            packets.Add(new MqttDisconnectPacket { ReasonCode = MqttDisconnectReasonCode.SessionTakenOver, ReasonString = "stolen" });
        }

        return packets;
    }

    public static MqttPublishPacket Publish(int qualityOfService, int payload) => new()
    {
        Topic = "iot-2/evt/status/fmt/json",
        QualityOfServiceLevel = (MqttQualityOfServiceLevel)qualityOfService,
        PacketIdentifier = (ushort)(qualityOfService > 0 ? 300 : 0),
        PayloadSegment = Enumerable.Range(0, payload).Select(i => (byte)i).ToArray(),
    };
}
