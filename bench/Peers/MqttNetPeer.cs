using System.Diagnostics;
using System.Globalization;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Protocol;

namespace IoTF.Bench.Peers;

/// <summary>MQTTnet's own client as a sender, in a process of its own. Prints what it measured, as the scripts do.</summary>
internal static class MqttNetPeer
{
    private const string Topic = "iot-2/evt/status/fmt/json";

    /// <summary>Sends the lines of a file, so often over, with so many calls under way at a time.</summary>
    public static async Task SendAsync(int port, string authority, int qos, int window, string path, int passes)
    {
        var lines = await File.ReadAllLinesAsync(path);
        using var client = await ConnectAsync(port, authority);
        for (var pass = 0; pass < passes; pass++)
        {
            var watch = Stopwatch.StartNew();
            if (window == 1)
            {
                foreach (var line in lines)
                {
                    await client.PublishAsync(Message(line, qos));
                }
            }
            else
            {
                await SendWindowedAsync(client, lines, qos, window);
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seconds={watch.Elapsed.TotalSeconds:R}"));
        }

        await client.DisconnectAsync();
    }

    /// <summary>Prints the median time of single sends with QoS 1.</summary>
    public static async Task MeasureLatencyAsync(int port, int count)
    {
        const int Warmup = 1000;
        using var client = await ConnectAsync(port, authority: "-");
        var took = new double[count];
        for (var i = -Warmup; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await client.PublishAsync(Message(Lines.Make(0), qos: 1));
            if (i >= 0)
            {
                took[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        }

        Array.Sort(took);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seconds={took[count / 2]:R}"));
        await client.DisconnectAsync();
    }

    private static async Task SendWindowedAsync(IMqttClient client, string[] lines, int qos, int window)
    {
        // As many loops as calls may be under way: nothing is allocated or awaited beside the calls themselves.
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, window).Select(_ => Task.Run(async () =>
        {
            int index;
            while ((index = Interlocked.Increment(ref next)) < lines.Length)
            {
                await client.PublishAsync(Message(lines[index], qos));
            }
        })));
    }

    private static MqttApplicationMessage Message(string line, int qos) => new MqttApplicationMessageBuilder()
        .WithTopic(Topic).WithPayload(line).WithQualityOfServiceLevel((MqttQualityOfServiceLevel)qos).Build();

    private static async Task<IMqttClient> ConnectAsync(int port, string authority)
    {
        var options = new MqttClientOptionsBuilder().WithTcpServer("localhost", port).WithClientId("mqttnet");
        if (authority != "-")
        {
            var trusted = new X509Certificate2Collection(X509CertificateLoader.LoadCertificateFromFile(authority));
            options.WithTlsOptions(tls => tls.WithSslProtocols(SslProtocols.Tls12).WithTrustChain(trusted));
        }

        var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(options.Build());
        return client;
    }
}
