using System.Text;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Protocol.Limits;
using IoTF.Protocol.Rules;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Messages;

/// <summary>What the topic of a message is made of.</summary>
/// <param name="Kind">Whether it is an event or a command.</param>
/// <param name="Name">The event or command id.</param>
/// <param name="DeviceType">The type of the device that the message names; null when it names none.</param>
/// <param name="DeviceId">Its id; null when it names none.</param>
/// <param name="Format">The format word.</param>
internal readonly record struct TopicParts(MessageKind Kind, string Name, string? DeviceType, string? DeviceId, string Format);

/// <summary>A topic that its session may publish to.</summary>
/// <param name="Name">The topic.</param>
/// <param name="MaximumPayload">How many bytes of payload the service accepts there.</param>
internal readonly record struct CheckedTopic(string Name, int MaximumPayload);

/// <summary>
/// The topics that one session sends to, each made and checked once: a script sends to the same one again and again, and a file with the readings
/// of a fleet names the same devices. Any thread may use it.
/// </summary>
internal sealed class TopicCache(SessionOptions options)
{
    /// <summary>How many are kept; with more, it begins again. A fleet of so many devices costs a megabyte.</summary>
    private const int Capacity = 4096;

    private readonly Dictionary<TopicParts, CheckedTopic> _topics = [];

    /// <summary>Finds a topic that was added before.</summary>
    public bool TryFind(in TopicParts parts, out CheckedTopic topic)
    {
        lock (_topics)
        {
            return _topics.TryGetValue(parts, out topic);
        }
    }

    /// <summary>Checks a topic and keeps it.</summary>
    /// <exception cref="RuleException">The session may not publish to it.</exception>
    public CheckedTopic Add(in TopicParts parts, string name)
    {
        TopicRules.RequireMayPublish(options.Identity, name);

        // Of a long topic a part counts as payload (protocol.md §2.6).
        var counted = PayloadSize.Counted(payloadBytes: 0, Encoding.UTF8.GetByteCount(name), countTopic: options.Version != MqttVersion.V5);
        var topic = new CheckedTopic(name, ServiceLimits.MaximumPayload - counted);
        lock (_topics)
        {
            if (_topics.Count == Capacity)
            {
                _topics.Clear();
            }

            _topics[parts] = topic;
        }

        return topic;
    }
}
