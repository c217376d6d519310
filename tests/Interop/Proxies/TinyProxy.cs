using System.Globalization;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Servers;
using IoTF.Tests.Interop.Signals;

namespace IoTF.Tests.Interop.Proxies;

/// <summary>A real HTTP proxy on a port of 127.0.0.1 that the system chose; it demands a user name and a password.</summary>
public sealed class TinyProxy : IAsyncDisposable
{
    public const string User = "bob", Password = "proxy-pass-phrase";

    private readonly TemporaryFolder folder = new();
    private readonly ReservedPort reserved = new();
    private RunningProgram program = null!;

    private TinyProxy()
    {
    }

    public int Port => reserved.Number;

    /// <summary>What it says, such as "Request (file descriptor 4): CONNECT 127.0.0.1:40123 HTTP/1.1".</summary>
    public SignalLog<string> Log => program.Output;

    /// <param name="onlyPort">The one port that it connects to; null for any.</param>
    public static async Task<TinyProxy> StartAsync(int? onlyPort = null)
    {
        var proxy = new TinyProxy();
        try
        {
            List<string> lines =
            [
                string.Create(CultureInfo.InvariantCulture, $"Port {proxy.Port}"),
                "Listen 127.0.0.1",
                "Timeout 600",
                "MaxClients 100",
                "LogLevel Info",
                $"BasicAuth {User} {Password}",
            ];
            if (onlyPort is { } port)
            {
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"ConnectPort {port}"));
            }

            var configuration = proxy.folder.Write("tinyproxy.conf", string.Join('\n', lines) + "\n");
            proxy.program = RunningProgram.Start(DebianProgram.TinyProxy, ["-d", "-c", configuration], lineBuffered: true);
            await proxy.program.WaitForLineAsync(line => line.Contains("Starting main loop", StringComparison.Ordinal));
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until it has been asked for a connection to this port.</summary>
    public Task WaitForRequestAsync(string host, int port) =>
        Log.WaitForAsync(line => line.Contains(string.Create(CultureInfo.InvariantCulture, $"CONNECT {host}:{port} HTTP/1.1"), StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        if (program is not null)
        {
            await program.DisposeAsync();
        }

        reserved.Dispose();
        folder.Dispose();
    }
}
