using System.Globalization;
using IoTF.Bench;
using IoTF.Bench.Measurements;
using IoTF.Bench.Peers;
using IoTF.Bench.Reports;

const string Usage = """
    Measures IoTF against its peers on a Mosquitto that it starts itself.

      throughput | receive | calls | latency | memory | import | emulator | fleet | soak | all

      --runs <n>       how often everything is measured, in turn (5)
      --scale <x>      multiplies the numbers of messages; 0.1 for a quick look (1)
      --only <text>    only the sections whose title contains the text, such as "QoS 1, plain"
      --module <path>  another IoTF.psd1 than this checkout's
      --against <path> compare with this IoTF.psd1 alone (throughput and receive)
    """;
const int WrongUsage = 64;

var measurements = new Dictionary<string, Func<BenchOptions, Task>>
{
    ["throughput"] = Throughput.RunAsync,
    ["receive"] = Receive.RunAsync,
    ["calls"] = Calls.RunAsync,
    ["latency"] = Latency.RunAsync,
    ["memory"] = Memory.RunAsync,
    ["import"] = Import.RunAsync,
    ["emulator"] = Emulator.RunAsync,
    ["fleet"] = Fleet.RunAsync,
    ["soak"] = Soak.RunAsync,
};

switch (args)
{
    case ["peer", "mqttnet", var port, var authority, var qos, var window, var path, var passes]:
        await MqttNetPeer.SendAsync(Number(port), authority, Number(qos), Number(window), path, Number(passes));
        return 0;
    case ["peer", "prepared", var port, var qos, var window, var path, var passes]:
        PreparedPeer.Send(Number(port), Number(qos), Number(window), path, Number(passes));
        return 0;
    case ["peer", "emulator", var devices, var token]:
        await EmulatorPeer.ServeAsync(Number(devices), token);
        return 0;
    case ["peer", "latency", var port, var count]:
        await MqttNetPeer.MeasureLatencyAsync(Number(port), Number(count));
        return 0;
    case [var name, .. var rest] when name == "all" || measurements.ContainsKey(name):
        try
        {
            var options = BenchOptions.Parse(rest);
            MachineFacts.Print();
            foreach (var (_, measure) in measurements.Where(one => name == "all" || one.Key == name))
            {
                await measure(options);
            }

            return 0;
        }
        catch (FormatException mistake)
        {
            Console.Error.WriteLine(mistake.Message);
            Console.Error.WriteLine(Usage);
            return WrongUsage;
        }

    default:
        Console.Error.WriteLine(Usage);
        return WrongUsage;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
