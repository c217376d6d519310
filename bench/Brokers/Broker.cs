using System.Net;
using System.Net.Sockets;
using IoTF.Bench.Programs;

namespace IoTF.Bench.Brokers;

/// <summary>
/// A real Mosquitto on loopback, plain and with TLS, that drops nothing and writes no log but who subscribes.
/// </summary>
internal sealed class Broker : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("iotf-bench-");
    private readonly ChildProgram _program;

    private Broker()
    {
        Certificates.Write(_folder.FullName);
        (PlainPort, TlsPort) = FreePorts();
        var configuration = PathOf("mosquitto.conf");
        File.WriteAllLines(
            configuration,
            [
                // As root, Mosquitto would become another user that cannot read the key.
                $"user {Environment.UserName}",
                "allow_anonymous true",
                "persistence false",
                "log_dest stderr",
                "log_type subscribe",
                "log_timestamp false",
                "connection_messages false",
                "max_queued_messages 0",
                "max_inflight_messages 1000",
                "set_tcp_nodelay true",
                $"listener {PlainPort} 127.0.0.1",
                $"listener {TlsPort} 127.0.0.1",
                $"certfile {PathOf("server.pem")}",
                $"keyfile {PathOf("server.key")}",
                "tls_version tlsv1.2",
            ]);
        _program = ChildProgram.Start(Tools.Mosquitto, "-c", configuration);
    }

    public int PlainPort { get; }

    public int TlsPort { get; }

    /// <summary>The certificate authority of the TLS listener, a PEM file.</summary>
    public string Authority => PathOf("ca.pem");

    /// <summary>The program itself.</summary>
    public ChildProgram Program => _program;

    public static async Task<Broker> StartAsync()
    {
        var broker = new Broker();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, broker.TlsPort);
                return broker;
            }
            catch (SocketException) when (attempt < 200)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20));
            }
        }
    }

    /// <summary>A file in the broker's folder, which ends with it.</summary>
    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Waits until a client, by a part of its ClientId, has subscribed.</summary>
    public Task WaitForSubscriberAsync(string client, string filter) => _program.WaitForAsync(
        line => line.Contains(client, StringComparison.Ordinal) && line.EndsWith(filter, StringComparison.Ordinal));

    public void Dispose()
    {
        _program.Dispose();
        _folder.Delete(recursive: true);
    }

    private static (int Plain, int Tls) FreePorts()
    {
        // Both at once, so that they differ.
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}
