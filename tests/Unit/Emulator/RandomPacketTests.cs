using System.Net;
using System.Net.Sockets;
using System.Text;
using IoTF.Emulator;
using IoTF.Mqtt;
using Xunit;
using Xunit.Abstractions;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>Whatever a client sends, it loses its own connection at most.</summary>
public sealed class RandomPacketTests(ITestOutputHelper output) : EmulatorTest
{
    private const int Packets = 510_000;
    private const int PacketsEach = 500;
    private const int AtOnce = 8;
    private const long MemoryBound = 300 * 1024 * 1024;

    // The log would otherwise be what remembers most.
    protected override EmulatorOptions Options => base.Options with { RefusalsKept = 100_000 };

    [Fact]
    public async Task Half_a_million_random_and_mutated_packets_end_their_connections_at_most()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var application = await ApplicationAsync(MqttVersion.V311);
        await application.SubscribeAsync(("iot-2/type/pump/id/p-001/evt/status/fmt/json", 1));
        var device = await DeviceAsync(MqttVersion.V311);
        var sent = 0;
        await Parallel.ForAsync(0, Packets / PacketsEach, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, cancellation) =>
        {
            var noise = new PacketNoise(new Random(seed + number), (MqttVersion)(3 + (number % 3)), Application);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, Emulator.PlainPort!.Value, cancellation);
            Interlocked.Add(ref sent, PacketsEach);
            await SendAsync(socket, noise.Make(PacketsEach, connectFirst: number % 4 != 0, number), cancellation);
        });

        Assert.InRange(sent, 500_000, int.MaxValue);
        await device.PublishAsync(Event, "alive", qos: 1);
        await application.ReceiveAsync(LongEvent, "alive");
        Assert.DoesNotContain(Emulator.Refusals, refusal => refusal.CloseCode == 92);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true), 0, MemoryBound);
    }

    private static async Task SendAsync(Socket socket, byte[] bytes, CancellationToken cancellation)
    {
        try
        {
            // What is answered is taken, so that nothing gets stuck; the end of the connection is the answer to most.
            var reading = Task.Run(
                async () =>
                {
                    var scratch = new byte[4096];
                    while (await socket.ReceiveAsync(scratch, cancellation) > 0)
                    {
                    }
                },
                cancellation);
            for (var left = bytes.AsMemory(); left.Length > 0;)
            {
                left = left[await socket.SendAsync(left, cancellation)..];
            }

            socket.Shutdown(SocketShutdown.Send);
            await reading.WaitAsync(RawClient.Bound, cancellation);
        }
        catch (SocketException)
        {
            // Closed already, as it may be.
        }
    }
}

/// <summary>Packets of one version of MQTT: right ones, right ones with some bytes changed, and bytes without a sense.</summary>
internal sealed class PacketNoise(Random random, MqttVersion version, IoTF.Emulator.Registry.EmulatorCredential application)
{
    private static readonly string[] Topics =
    [
        "iot-2/type/t/id/d/evt/e/fmt/bin", "iot-2/type/t/id/d/cmd/c/fmt/json", "iot-2/type/+/id/+/evt/+/fmt/+", "iot-2/app/+/mon", "#", "", "$SYS/x", "a/b",
    ];

    private readonly MqttProperties properties = new(random);

    private bool IsV5 => version == MqttVersion.V5;

    /// <summary>The bytes of many packets.</summary>
    /// <param name="count">How many.</param>
    /// <param name="connectFirst">Whether a right CONNECT comes first.</param>
    /// <param name="number">Makes the ClientId of the CONNECT another one each time.</param>
    public byte[] Make(int count, bool connectFirst, int number)
    {
        var bytes = new List<byte>(count * 40);
        if (connectFirst)
        {
            bytes.AddRange(Connect($"a:{application.Organization}:noise{number}"));
            count--;
        }

        // Most connections end with the first fault, so most begin with packets that are right, or wrong in what the service answers.
        var firstFault = random.Next(count);
        for (var i = 0; i < count; i++)
        {
            var packet = connectFirst || random.Next(3) > 0 ? Right() : Connect($"d:{random.Next(9)}:t:x");
            bytes.AddRange(i < firstFault && connectFirst ? packet : Mutate(packet));
        }

        return bytes.ToArray();
    }

    private byte[] Mutate(byte[] packet)
    {
        switch (random.Next(4))
        {
            case 0:
                random.NextBytes(packet);
                break;
            case 1:
                return packet[..random.Next(packet.Length)];
            case 2:
                packet[random.Next(Math.Min(2, packet.Length))] = (byte)random.Next(256);
                break;
            default:
                for (var i = random.Next(4); i >= 0; i--)
                {
                    packet[random.Next(packet.Length)] = (byte)random.Next(256);
                }

                break;
        }

        return packet;
    }

    private byte[] Right()
    {
        var id = (byte)random.Next(1, 6);
        return random.Next(9) switch
        {
            0 => Packet(0x40, [0, id, .. Reason()]),
            1 => Packet(0x50, [0, id, .. Reason()]),
            2 => Packet(0x62, [0, id, .. Reason()]),
            3 => Packet(0x70, [0, id, .. Reason()]),
            4 => Packet(0x82, [0, id, .. Properties(MqttProperties.Subscribe), .. Text(Topics[2 + random.Next(2)]), (byte)random.Next(3)]),
            5 => Packet(0xA2, [0, id, .. Properties(MqttProperties.Unsubscribe), .. Text(Topics[2 + random.Next(2)])]),
            6 => IsV5 && random.Next(50) == 0 ? Packet(random.Next(2) == 0 ? (byte)0xE0 : (byte)0xF0, Reason()) : Packet(0xC0, []),
            _ => Publish(random.Next(3), id),
        };
    }

    private byte[] Publish(int qos, byte id)
    {
        var payload = new byte[random.Next(60)];
        random.NextBytes(payload);
        var topic = Topics[random.Next(2)];
        return Packet(
            (byte)(0x30 | (qos << 1) | random.Next(2)), [.. Text(topic), .. qos > 0 ? new byte[] { 0, id } : [], .. Properties(MqttProperties.Publish), .. payload]);
    }

    private byte[] Connect(string clientId) => Packet(
        0x10,
        [
            .. Text(version == MqttVersion.V31 ? "MQIsdp" : "MQTT"), (byte)version, 0xC2, 0, 60, .. Properties(MqttProperties.Connect),
            .. Text(clientId), .. Text(application.UserName), .. Text(application.Token),
        ]);

    private byte[] Properties(byte[] allowed) => IsV5 ? properties.Make(allowed) : [];

    /// <summary>Of an acknowledgement, a DISCONNECT or an AUTH: nothing, a reason code, or one with properties.</summary>
    private byte[] Reason() => !IsV5 || random.Next(3) == 0
        ? []
        : [(byte)(random.Next(2) == 0 ? 0 : random.Next(256)), .. random.Next(2) == 0 ? [] : properties.Make(MqttProperties.Acknowledgement)];

    private static byte[] Text(string text) => [(byte)(text.Length >> 8), (byte)text.Length, .. Encoding.UTF8.GetBytes(text)];

    private static byte[] Packet(byte header, byte[] body) =>
        body.Length < 128 ? [header, (byte)body.Length, .. body] : [header, (byte)(0x80 | (body.Length & 0x7F)), (byte)(body.Length >> 7), .. body];
}
