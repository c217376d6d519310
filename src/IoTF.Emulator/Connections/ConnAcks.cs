using IoTF.Emulator.Admission;
using IoTF.Mqtt;
using IoTF.Protocol.Limits;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Emulator.Connections;

/// <summary>The answers to CONNECT.</summary>
internal static class ConnAcks
{
    /// <summary>Lets a client in. A MQTT 5 client is told what it may use.</summary>
    public static MqttConnAckPacket Accept(AdmittedClient client, MqttVersion version, bool sessionPresent)
    {
        var packet = new MqttConnAckPacket { IsSessionPresent = sessionPresent };
        if (version == MqttVersion.V5)
        {
            packet.SessionExpiryInterval = (uint)client.SessionExpiry.TotalSeconds;
            packet.ServerKeepAlive = (ushort)client.KeepAlive.TotalSeconds;
            packet.ReceiveMaximum = (ushort)ServiceLimits.InFlight(client.Identity.Role);
            packet.MaximumQoS = (MqttQualityOfServiceLevel)client.Organization.Options.MaximumQoS;
            packet.TopicAliasMaximum = ServiceLimits.TopicAliasMaximum;
            packet.WildcardSubscriptionAvailable = true;

            // The flag is accepted and cleared (protocol.md §2.6), so it is not announced as unavailable.
            packet.RetainAvailable = true;
            packet.SharedSubscriptionAvailable = false;
            packet.SubscriptionIdentifiersAvailable = false;
        }

        return packet;
    }

    /// <summary>Refuses a client; null where the service closes without an answer (protocol.md §3.3).</summary>
    /// <param name="refused">Why.</param>
    /// <param name="version">The client's version of MQTT.</param>
    /// <param name="maximumPacketSize">The largest packet the client takes: the words are left out where they do not fit.</param>
    public static MqttConnAckPacket? Refuse(ConnectRefused refused, MqttVersion version, uint maximumPacketSize) => (version, refused) switch
    {
        (MqttVersion.V5, { ReasonCode: { } code }) => new MqttConnAckPacket
        {
            ReasonCode = code,
            ReasonString = ReasonStrings.Fit(refused.Words, maximumPacketSize),
            RetainAvailable = true,
            MaximumQoS = MqttQualityOfServiceLevel.ExactlyOnce,
            WildcardSubscriptionAvailable = true,
            SharedSubscriptionAvailable = true,
            SubscriptionIdentifiersAvailable = true,
        },
        (not MqttVersion.V5, { ReturnCode: { } code }) => new MqttConnAckPacket { ReturnCode = code },
        _ => null,
    };
}
