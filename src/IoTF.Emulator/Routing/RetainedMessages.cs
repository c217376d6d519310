using IoTF.Emulator.Persistence;
using IoTF.Mqtt.Topics;

namespace IoTF.Emulator.Routing;

/// <summary>
/// The last message of each topic that is kept for those who subscribe later: status messages, and what clients retain where that is allowed.
/// Whoever changes or reads it locks it, together with the delivery or subscription that belongs to the change.
/// </summary>
internal sealed class RetainedMessages(ChangeMark changes)
{
    /// <summary>Bytes of payload that are kept of one organization: a bound of this emulator. What goes beyond is delivered and not kept.</summary>
    private const long MaximumBytes = 64L * 1024 * 1024;

    private readonly Dictionary<string, Publication> _messages = new(StringComparer.Ordinal);
    private long _bytes;

    /// <summary>All of them, by their internal topics.</summary>
    public IEnumerable<KeyValuePair<string, Publication>> All => _messages;

    /// <summary>Keeps a message in place of the earlier one; an empty one clears the topic (MQTT-3.1.1 §3.3.1.3).</summary>
    public void Set(string internalTopic, in Publication publication)
    {
        Clear(internalTopic);
        if (publication.Payload.Length > 0 && _bytes + publication.Payload.Length <= MaximumBytes)
        {
            _messages.Add(internalTopic, publication);
            _bytes += publication.Payload.Length;
            changes.Set();
        }
    }

    public void Clear(string internalTopic)
    {
        if (_messages.Remove(internalTopic, out var earlier))
        {
            _bytes -= earlier.Payload.Length;
            changes.Set();
        }
    }

    /// <summary>What a filter selects. A filter without wildcards is looked up, another one compared with every topic.</summary>
    public IEnumerable<KeyValuePair<string, Publication>> Match(string internalFilter)
    {
        if (internalFilter.AsSpan().IndexOfAny('+', '#') >= 0)
        {
            return _messages.Where(message => TopicFilter.Matches(internalFilter, message.Key));
        }

        return _messages.TryGetValue(internalFilter, out var only) ? [KeyValuePair.Create(internalFilter, only)] : [];
    }
}
