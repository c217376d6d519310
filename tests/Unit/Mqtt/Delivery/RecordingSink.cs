using IoTF.Mqtt.Delivery;

namespace IoTF.Tests.Unit.Mqtt.Delivery;

/// <summary>Writes down what is sent, one short line per packet.</summary>
internal sealed class RecordingSink : IPacketSink
{
    private readonly List<string> _sent = [];

    /// <summary>What was sent since the last call.</summary>
    public string[] Take()
    {
        string[] taken = [.. _sent];
        _sent.Clear();
        return taken;
    }

    public void Publish(OutboundMessage message, bool duplicate) =>
        _sent.Add($"PUBLISH {message.PacketId} {message.Topic}{(duplicate ? " DUP" : "")}");

    public void PubAck(ushort packetId, byte reasonCode) => Add("PUBACK", packetId, reasonCode);

    public void PubRec(ushort packetId, byte reasonCode) => Add("PUBREC", packetId, reasonCode);

    public void PubRel(ushort packetId, byte reasonCode) => Add("PUBREL", packetId, reasonCode);

    public void PubComp(ushort packetId, byte reasonCode) => Add("PUBCOMP", packetId, reasonCode);

    private void Add(string name, ushort packetId, byte reasonCode) =>
        _sent.Add(reasonCode == 0 ? $"{name} {packetId}" : $"{name} {packetId} 0x{reasonCode:X2}");
}
