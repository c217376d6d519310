using System.Diagnostics;
using IoTF.Bench.Brokers;
using IoTF.Bench.Peers;
using IoTF.Bench.Programs;
using IoTF.Bench.Reports;
using IoTF.Bench.Wire;

namespace IoTF.Bench.Measurements;

/// <summary>What the emulator takes: many devices at once, and one publisher to one subscriber against Mosquitto.</summary>
internal static class Emulator
{
    private const int Devices = 2_000;
    private const int Window = 1_000;
    private const string Token = "bench-token-0";
    private const string Event = "iot-2/evt/status/fmt/json";
    private const string LongEvent = "iot-2/type/pump/id/p1/evt/status/fmt/json";
    private const string AllEvents = "iot-2/type/+/id/+/evt/+/fmt/+";

    public static async Task RunAsync(BenchOptions options)
    {
        var service = Service.Of(await StartAsync());
        using var program = service.Program;
        using var broker = await Broker.StartAsync();
        var alone = new Dictionary<int, List<Lap>> { [0] = [], [1] = [] };
        var mosquitto = new Dictionary<int, List<Lap>> { [0] = [], [1] = [] };
        var crowded = new Dictionary<int, List<Lap>> { [0] = [], [1] = [] };
        foreach (var qos in new[] { 0, 1 })
        {
            for (var run = 0; run < options.Runs; run++)
            {
                alone[qos].Add(Measure(options, service.Peer, qos));
                mosquitto[qos].Add(Measure(options, new Peer(broker.Program, broker.PlainPort, Packets.MakeConnect("watcher"), Packets.MakeConnect("flood"), LongEvent), qos));
            }
        }

        var before = await MemoryAsync(program);
        var began = Stopwatch.GetTimestamp();
        using var devices = await TlsDevices.ConnectAsync(service.Port, Devices, EmulatorPeer.Organization, Token);
        var connected = Stopwatch.GetElapsedTime(began);
        began = Stopwatch.GetTimestamp();
        await devices.SendEachAsync();
        SendCommands(service);
        await devices.ReceiveEachAsync();
        var exchanged = Stopwatch.GetElapsedTime(began);
        var after = await MemoryAsync(program);
        foreach (var qos in new[] { 0, 1 })
        {
            for (var run = 0; run < options.Runs; run++)
            {
                crowded[qos].Add(Measure(options, service.Peer, qos));
            }
        }

        var many = new Table("Devices over TLS", "all connected and subscribed", "each", "an event and a command each", "managed memory each", "resident memory each");
        many.Add(
            Figures.Count(Devices),
            Figures.Milli(connected.TotalSeconds),
            Figures.Micro(connected.TotalSeconds / Devices),
            Figures.Milli(exchanged.TotalSeconds),
            Figures.Kibi((after.Managed - before.Managed) / Devices),
            Figures.Kibi((after.Resident - before.Resident) / Devices));
        many.Print("Many devices on one emulator");

        var crowd = $"emulator with {Figures.Count(Devices)} devices";
        var table = new Table("One publisher to one subscriber", "arrive", "emulator is", "processor time for each", "emulator needs");
        foreach (var qos in new[] { 0, 1 })
        {
            Add(table, $"QoS {qos}, emulator", alone[qos], alone[qos]);
            Add(table, $"QoS {qos}, Mosquitto", mosquitto[qos], alone[qos]);
            Add(table, $"QoS {qos}, {crowd}", crowded[qos], alone[qos]);
        }

        table.Print("Through the emulator");
        Console.WriteLine($"Medians of {options.Runs} runs, those of the emulator alone and of Mosquitto in turn; a window of {Window} at QoS 1. Processor time says more than rates where the machine has other work.");
    }

    private static async Task<ChildProgram> StartAsync()
    {
        var program = ChildProgram.Start(Tools.Bench, "peer", "emulator", $"{Devices}", Token);
        await program.WaitForAsync(line => line == "ready");
        return program;
    }

    private static async Task<(double Managed, double Resident)> MemoryAsync(ChildProgram program)
    {
        var told = program.Numbers("resident").Count;
        program.Say("memory");
        await program.WaitForAsync(_ => program.Numbers("resident").Count > told);
        return (program.Numbers("managed")[^1], program.Numbers("resident")[^1]);
    }

    private static void Add(Table table, string name, List<Lap> laps, List<Lap> emulator)
    {
        var rate = laps.Select(lap => lap.Rate).Median();
        var processor = laps.Select(lap => lap.Processor).Median();
        table.Add(
            name,
            Figures.Rate(rate),
            Figures.Ratio(emulator.Select(lap => lap.Rate).Median() / rate),
            $"{processor * 1e6:0.0} µs",
            Figures.Ratio(emulator.Select(lap => lap.Processor).Median() / processor));
    }

    /// <summary>Messages that arrive at a subscriber, which acknowledges them at QoS 1.</summary>
    private static Lap Measure(BenchOptions options, Peer peer, int qos)
    {
        var count = options.Scaled(qos == 0 ? 1_000_000 : 300_000);
        using var watcher = new RawClient(peer.Port, peer.Watcher);
        watcher.Subscribe(AllEvents, qos);
        using var flood = new Flood(peer.Port, peer.Flood, peer.Topic, qos, Window);
        var taker = new Taker(watcher, qos);

        // What has to be compiled, and buffers that grow.
        taker.Take(count / 5);
        var used = peer.Program.ProcessorTime;
        var began = Stopwatch.GetTimestamp();
        var taken = taker.Take(count);
        return new Lap(taken / Stopwatch.GetElapsedTime(began).TotalSeconds, (peer.Program.ProcessorTime - used).TotalSeconds / taken);
    }

    private static void SendCommands(Service service)
    {
        using var application = new RawClient(service.PlainPort, Packets.MakeConnect($"a:{EmulatorPeer.Organization}:commander", service.Key, Token));
        for (var i = 0; i < Devices; i++)
        {
            application.Write(Packets.MakePublish($"iot-2/type/pump/id/d{i}/cmd/go/fmt/json", "{}", qos: 0));
        }
    }

    private sealed record Peer(ChildProgram Program, int Port, byte[] Watcher, byte[] Flood, string Topic);

    /// <summary>One run.</summary>
    /// <param name="Rate">Messages a second.</param>
    /// <param name="Processor">Processor time of the broker for each, in seconds.</param>
    private sealed record Lap(double Rate, double Processor);

    private sealed record Service(ChildProgram Program, int Port, int PlainPort, string Key)
    {
        public Peer Peer => new(
            Program,
            PlainPort,
            Packets.MakeConnect($"a:{EmulatorPeer.Organization}:watcher", Key, Token),
            Packets.MakeConnect($"d:{EmulatorPeer.Organization}:pump:p1", "use-token-auth", Token),
            Event);

        public static Service Of(ChildProgram program) =>
            new(program, (int)program.Numbers("port")[0], (int)program.Numbers("plainPort")[0], program.After("key "));
    }

    /// <summary>Counts what arrives and acknowledges it in batches, as they are read.</summary>
    private sealed class Taker(RawClient client, int qos)
    {
        private readonly List<byte> _acknowledgements = [];

        public int Take(int count)
        {
            var taken = 0;
            while (taken < count && client.Read(packet => taken += Count(packet)))
            {
                if (_acknowledgements.Count > 0)
                {
                    client.Write(_acknowledgements.ToArray());
                    _acknowledgements.Clear();
                }
            }

            return taken;
        }

        private int Count(ReadOnlySpan<byte> packet)
        {
            if ((packet[0] & 0xF0) != Packets.Publish)
            {
                return 0;
            }

            if (qos > 0)
            {
                _ = Packets.TryMeasure(packet, out var header, out _);
                var idAt = header + 2 + ((packet[header] << 8) | packet[header + 1]);
                _acknowledgements.AddRange(Packets.MakePubAck((ushort)((packet[idAt] << 8) | packet[idAt + 1])));
            }

            return 1;
        }
    }
}
