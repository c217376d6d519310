using IoTF.Emulator.Persistence;
using IoTF.Emulator.Registry;
using IoTF.Emulator.Sessions;
using IoTF.Mqtt.Topics;

namespace IoTF.Emulator.Routing;

/// <summary>
/// The last message of each topic that is kept for those who subscribe later: status messages, and what clients retain where that is allowed.
/// Whoever changes or reads it locks it, together with the delivery or subscription that belongs to the change.
/// </summary>
internal sealed class RetainedMessages(MemoryBudget memory, ChangeMark changes)
{
    private readonly Dictionary<string, Publication> _messages = new(StringComparer.Ordinal);
    private long _bytes;

    /// <summary>All of them, by their internal topics.</summary>
    public IEnumerable<KeyValuePair<string, Publication>> All => _messages;

    /// <summary>
    /// Keeps a message in place of the earlier one; an empty one clears the topic (MQTT-3.1.1 §3.3.1.3). What the organization has no room for is
    /// delivered and not kept.
    /// </summary>
    public void Set(string internalTopic, in Publication publication)
    {
        Clear(internalTopic);
        var cost = CostOf(internalTopic, publication);
        if (publication.Payload.Length > 0 && _bytes + cost <= memory.Free && memory.TryAdd(cost))
        {
            _messages.Add(internalTopic, publication);
            _bytes += cost;
            changes.Set();
        }
    }

    public void Clear(string internalTopic)
    {
        if (_messages.Remove(internalTopic, out var earlier))
        {
            var cost = CostOf(internalTopic, earlier);
            _bytes -= cost;
            memory.Remove(cost);
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

    private static long CostOf(string topic, in Publication publication) => MessageCost.Of(topic, publication.Payload.Length, publication.Properties);
}
