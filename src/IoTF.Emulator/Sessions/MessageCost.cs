using MQTTnet.Packets;

namespace IoTF.Emulator.Sessions;

/// <summary>About how many bytes of memory a message takes while it is kept. What a client says in few bytes may take many: a user property of five takes a hundred.</summary>
internal static class MessageCost
{
    // The message itself, its places in queue and window, and the headers of its string and its array.
    private const int Message = 250;
    private const int Properties = 250;
    private const int UserProperty = 120;

    public static long Of(string topic, int payload, PublishProperties? properties) =>
        Message + Text(topic) + payload + (properties?.Cost ?? 0);

    public static long Of(MqttPublishPacket packet)
    {
        var cost = Properties + Text(packet.ContentType) + Text(packet.ResponseTopic) + (packet.CorrelationData?.Length ?? 0L);
        foreach (var property in packet.UserProperties ?? [])
        {
            cost += UserProperty + Text(property.Name) + property.ValueBuffer.Length;
        }

        return cost;
    }

    private static long Text(string? text) => (text?.Length ?? 0) * (long)sizeof(char);
}
