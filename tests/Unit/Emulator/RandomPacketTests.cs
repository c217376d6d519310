using IoTF.Mqtt;
using Xunit;
using Xunit.Abstractions;

namespace IoTF.Tests.Unit.Emulator;

public sealed class RandomPacketTests(ITestOutputHelper output) : EmulatorTest
{
    private const int Connections = 300;
    private const int PacketsEach = 40;

    [Fact]
    public async Task Random_packets_after_CONNECT_end_their_connection_at_most()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var application = await ApplicationAsync(MqttVersion.V311);
        await application.SubscribeAsync(("iot-2/type/pump/id/p-001/evt/status/fmt/json", 1));
        for (var i = 0; i < Connections; i++)
        {
            var version = (MqttVersion)random.Next(3, 6);
            await using var client = await RawClient.ConnectAsync(
                Emulator, version, RawClient.ConnectPacket(Application, "noise"), plain: true);
            await using var stream = await PlainStreamAsync();
            await WriteAsync(stream, RandomPackets(random));
            SendRandomPackets(client, random);
            await client.Link.FlushAsync(CancellationToken.None);
        }

        var device = await DeviceAsync(MqttVersion.V311);
        await device.PublishAsync(Event, "alive", qos: 1);
        await application.ReceiveAsync(LongEvent, "alive");
        Assert.DoesNotContain(Emulator.Refusals, refusal => refusal.CloseCode == 92);
    }

    private static async Task WriteAsync(Stream stream, byte[] bytes)
    {
        try
        {
            await stream.WriteAsync(bytes);
        }
        catch (IOException)
        {
            // Closed already, as it may be.
        }
    }

    // Shapes the encoder refuses to make are covered by bytes; these get past the decoder.
    private static void SendRandomPackets(RawClient client, Random random)
    {
        for (var i = 0; i < PacketsEach; i++)
        {
            var id = (ushort)random.Next(1, 5);
            switch (random.Next(6))
            {
                case 0:
                    client.Link.PubAck(id, (byte)random.Next(256));
                    break;
                case 1:
                    client.Link.PubRec(id, (byte)random.Next(256));
                    break;
                case 2:
                    client.Link.PubRel(id, reasonCode: 0);
                    break;
                case 3:
                    client.Link.PubComp(id, reasonCode: 0);
                    break;
                default:
                    var payload = new byte[random.Next(50)];
                    random.NextBytes(payload);
                    client.Link.Publish("iot-2/type/t/id/d/evt/e/fmt/bin", payload, QualityOfService.ExactlyOnce, id, retain: true, random.Next(2) == 0);
                    break;
            }
        }
    }

    private static byte[] RandomPackets(Random random)
    {
        byte[] bytes = [0x10, 0x0D, 0, 4, .. "MQTT"u8, 4, 2, 0, 60, 0, 1, (byte)'x', .. new byte[random.Next(200)]];
        for (var i = random.Next(bytes.Length); i < bytes.Length; i++)
        {
            bytes[i] = (byte)random.Next(256);
        }

        return bytes;
    }
}
