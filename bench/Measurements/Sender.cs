using IoTF.Bench.Brokers;
using IoTF.Bench.Programs;

namespace IoTF.Bench.Measurements;

/// <summary>What a sender is to do.</summary>
/// <param name="Broker">The broker.</param>
/// <param name="Tls">Whether over TLS 1.2.</param>
/// <param name="Qos">The quality of service.</param>
/// <param name="Path">The file with a message in each line.</param>
/// <param name="Module">The module under test.</param>
internal sealed record Sending(Broker Broker, bool Tls, int Qos, string Path, string Module)
{
    public int Port => Tls ? Broker.TlsPort : Broker.PlainPort;

    /// <summary>The authority's file; a dash for plain text.</summary>
    public string Authority => Tls ? Broker.Authority : "-";

    /// <summary>QoS 2: what Mosquitto takes from a client unless configured otherwise.</summary>
    public int Window => Qos == 2 ? 20 : 1000;
}

/// <summary>One way to send, in a process of its own.</summary>
/// <param name="Name">What it is called in the table.</param>
/// <param name="Start">Starts it.</param>
/// <param name="Passes">How often it sends everything; each pass is told by a line <c>seconds=</c>.</param>
/// <param name="TellsTime">False when its lifetime is the measure.</param>
internal sealed record Sender(string Name, Func<Sending, ChildProgram> Start, int Passes, bool TellsTime)
{
    /// <summary>How large its share of the messages is, for senders that are slow.</summary>
    public double Share { get; init; } = 1;

    /// <param name="kind">What is sent.</param>
    /// <param name="module">The module; null for the one under test.</param>
    public static Sender IoTF(string kind, string? module = null) => new(
        $"Send-IoTFEvent{(kind == "lines" ? "" : ", hashtables")}{(module is null ? "" : " of the other module")}",
        job => Tools.StartScript(
            "send.ps1",
            [
                "-Module", module ?? job.Module, "-Port", $"{job.Port}", .. job.Tls ? new[] { "-CACertificate", job.Authority } : [],
                "-QoS", $"{job.Qos}", "-MaxInFlight", $"{job.Window}", "-Path", job.Path, "-Kind", kind, "-Passes", "2",
            ]),
        Passes: 2,
        TellsTime: true);

    public static Sender MosquittoPub { get; } = new(
        "mosquitto_pub -l",
        job => ChildProgram.StartRedirected(
            "mosquitto_pub",
            [
                "-h", "localhost", "-p", $"{job.Port}", "-t", "iot-2/evt/status/fmt/json", "-q", $"{job.Qos}", "-l", "-M", $"{job.Window}",
                .. job.Tls ? new[] { "--cafile", job.Authority, "--tls-version", "tlsv1.2" } : [],
            ],
            $"< \"{job.Path}\""),
        Passes: 1,
        TellsTime: false);

    public static Sender MqttNet(int window, double share) => new(
        window == 1 ? "IMqttClient, one at a time" : $"IMqttClient, {window} at a time",
        job => ChildProgram.Start(
            Tools.Bench, "peer", "mqttnet", $"{job.Port}", job.Authority, $"{job.Qos}", $"{window}", job.Path, "2"),
        Passes: 2,
        TellsTime: true) { Share = share };

    /// <summary>The least that a sender can do; plain text only.</summary>
    public static Sender Prepared { get; } = new(
        "prepared packets",
        job => ChildProgram.Start(Tools.Bench, "peer", "prepared", $"{job.Port}", $"{job.Qos}", $"{job.Window}", job.Path, "2"),
        Passes: 2,
        TellsTime: true);

    public static Sender Paho { get; } = new(
        "Paho for Python",
        job => ChildProgram.Start(Tools.Python, Tools.PahoScript, $"{job.Port}", job.Authority, $"{job.Qos}", $"{job.Window}", job.Path),
        Passes: 1,
        TellsTime: true) { Share = 0.1 };
}
