using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Tests.Unit.Simulation;

/// <summary>
/// Makes of a client that keeps the rules one that breaks one of them, by changing what it says: the proof that the model would notice.
/// </summary>
internal abstract class BrokenClient
{
    /// <summary>What the service gets instead of a packet of the client.</summary>
    public virtual IEnumerable<MqttPacket> Says(MqttPacket packet) => [packet];

    /// <summary>What the client says at once when the service sends it something.</summary>
    public virtual IEnumerable<MqttPacket> Hears(MqttPacket packet) => [];

    /// <summary>What the service seems to answer at once to a packet of the client.</summary>
    public virtual IEnumerable<MqttPacket> IsTold(MqttPacket packet) => [];
}

internal sealed class SkipsAResend : BrokenClient
{
    private bool _skipped;

    public override IEnumerable<MqttPacket> Says(MqttPacket packet)
    {
        if (!_skipped && packet is MqttPublishPacket { Dup: true })
        {
            _skipped = true;
            return [];
        }

        return [packet];
    }
}

internal sealed class AcknowledgesTooEarly : BrokenClient
{
    public override IEnumerable<MqttPacket> Hears(MqttPacket packet) => packet is MqttPublishPacket { QualityOfServiceLevel: MqttQualityOfServiceLevel.AtLeastOnce } publish
        ? [new MqttPubAckPacket { PacketIdentifier = publish.PacketIdentifier }]
        : [];

    public override IEnumerable<MqttPacket> Says(MqttPacket packet) => packet is MqttPubAckPacket ? [] : [packet];
}

internal sealed class ReusesAnId : BrokenClient
{
    private ushort _last;

    public override IEnumerable<MqttPacket> Says(MqttPacket packet)
    {
        if (packet is MqttPublishPacket { Dup: false, PacketIdentifier: > 0 } publish)
        {
            (_last, publish.PacketIdentifier) = (publish.PacketIdentifier, _last == 0 ? publish.PacketIdentifier : _last);
        }

        return [packet];
    }
}

internal sealed class ForgetsTheIdOfAResend : BrokenClient
{
    public override IEnumerable<MqttPacket> Says(MqttPacket packet)
    {
        if (packet is MqttPublishPacket { Dup: true } publish)
        {
            publish.PacketIdentifier += 1000;
        }

        return [packet];
    }
}

internal sealed class ForgetsDup : BrokenClient
{
    public override IEnumerable<MqttPacket> Says(MqttPacket packet)
    {
        if (packet is MqttPublishPacket publish)
        {
            publish.Dup = false;
        }

        return [packet];
    }
}

/// <summary>Takes a message for acknowledged that the service never had.</summary>
internal sealed class BelievesInDelivery : BrokenClient
{
    public override IEnumerable<MqttPacket> Says(MqttPacket packet) => IsConcerned(packet) ? [] : [packet];

    public override IEnumerable<MqttPacket> IsTold(MqttPacket packet) =>
        IsConcerned(packet) ? [new MqttPubAckPacket { PacketIdentifier = ((MqttPublishPacket)packet).PacketIdentifier }] : [];

    private static bool IsConcerned(MqttPacket packet) =>
        packet is MqttPublishPacket { QualityOfServiceLevel: MqttQualityOfServiceLevel.AtLeastOnce } publish && publish.PacketIdentifier % 5 == 3;
}
