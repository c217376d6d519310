using System.Text;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Limits;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Messages;

/// <summary>The topics that one cmdlet sends to, each made and checked once: a file with the readings of a fleet names the same devices again and again.</summary>
internal sealed class TopicCache(SessionOptions options, Func<ClientIdentity, string?, string?, string, string> makeTopic)
{
    /// <summary>How many are kept; with more, it begins again. A fleet of so many devices costs a megabyte.</summary>
    private const int Capacity = 4096;

    private readonly Dictionary<(string? DeviceType, string? DeviceId, string Format), (string Name, int MaximumPayload)> _topics = [];

    /// <summary>The topic for a device and a format, and how large a payload may be there: of a long topic a part counts as payload (protocol.md §2.6).</summary>
    public (string Name, int MaximumPayload) Find(string? deviceType, string? deviceId, string format)
    {
        if (_topics.TryGetValue((deviceType, deviceId, format), out var topic))
        {
            return topic;
        }

        var name = makeTopic(options.Identity, deviceType, deviceId, format);
        TopicRules.RequireMayPublish(options.Identity, name);
        var counted = PayloadSize.Counted(payloadBytes: 0, Encoding.UTF8.GetByteCount(name), countTopic: options.Version != MqttVersion.V5);
        topic = (name, ServiceLimits.MaximumPayload - counted);
        if (_topics.Count == Capacity)
        {
            _topics.Clear();
        }

        _topics.Add((deviceType, deviceId, format), topic);
        return topic;
    }
}
