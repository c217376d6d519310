using IoTF.Client.Sessions;
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

    /// <summary>Whether it does not look for the filter over which a connection ended.</summary>
    public virtual bool IgnoresFilters => false;

    /// <summary>What the client believes of a connection that ended.</summary>
    public virtual EndedConnection Believes(EndedConnection ended) => ended;
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

/// <summary>Takes a reset for an accident of the network, so that a message over which the service resets the connection is sent forever.</summary>
internal sealed class ForgivesResets : BrokenClient
{
    public override EndedConnection Believes(EndedConnection ended) => ended.Fault.Message.Contains("reset", StringComparison.Ordinal) ? ended with { EndedByPeer = false } : ended;
}

/// <summary>Takes every connection for a good one, so that a thief of its ClientId, and a service that accepts and closes, get one after the other forever.</summary>
internal sealed class ForgetsShortLivedConnections : BrokenClient
{
    public override EndedConnection Believes(EndedConnection ended) =>
        ended.Fault.Code is null ? ended with { OpenFor = TimeSpan.FromHours(1) } : ended with { Fault = ended.Fault with { Code = 0 }, OpenFor = TimeSpan.FromHours(1) };
}

/// <summary>Blames its oldest message for every connection that the service ends.</summary>
internal sealed class BlamesWithoutProof : BrokenClient
{
    public override EndedConnection Believes(EndedConnection ended) => ended with { Probed = true };
}

/// <summary>Takes the answers to other messages for a proof that the service does not close over one, so that each message that is answered first hides it once more.</summary>
internal sealed class ClearsByOtherAnswers : BrokenClient
{
    private object? _oldest;

    public override EndedConnection Believes(EndedConnection ended)
    {
        var isAnswered = !ReferenceEquals(ended.Oldest, _oldest);
        _oldest = ended.Oldest;
        return isAnswered ? ended with { Oldest = null } : ended;
    }
}

/// <summary>Asks for a filter over which the service ends the connection with each connection again.</summary>
internal sealed class AsksForABadFilterForEver : BrokenClient
{
    public override bool IgnoresFilters => true;
}
