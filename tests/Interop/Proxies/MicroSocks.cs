using System.Globalization;
using System.Net;
using System.Net.Sockets;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Servers;
using IoTF.Tests.Interop.Signals;

namespace IoTF.Tests.Interop.Proxies;

/// <summary>A real SOCKS 5 proxy on a port of 127.0.0.1 that the system chose.</summary>
public sealed class MicroSocks : IAsyncDisposable
{
    public const string User = "bob", Password = "socks-pass-phrase";

    private readonly ReservedPort reserved = new();
    private RunningProgram program = null!;

    private MicroSocks()
    {
    }

    public int Port => reserved.Number;

    /// <param name="withPassword">Whether it demands a user name and a password.</param>
    public static async Task<MicroSocks> StartAsync(bool withPassword)
    {
        var proxy = new MicroSocks();
        try
        {
            string[] login = withPassword ? ["-u", User, "-P", Password] : [];
            proxy.program = RunningProgram.Start(
                DebianProgram.MicroSocks, ["-i", "127.0.0.1", "-p", proxy.Port.ToString(CultureInfo.InvariantCulture), .. login], lineBuffered: true);
            await proxy.WaitUntilItListensAsync();
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until it has connected somebody: it tells each connection.</summary>
    public Task WaitForConnectionAsync(string host, int port) =>
        program.WaitForLineAsync(line => line.Contains(string.Create(CultureInfo.InvariantCulture, $"connected to {host}:{port}"), StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        if (program is not null)
        {
            await program.DisposeAsync();
        }

        reserved.Dispose();
    }

    /// <summary>It does not say when it listens, so it is asked until it does.</summary>
    private async Task WaitUntilItListensAsync()
    {
        using var limit = new CancellationTokenSource(Deadline.Default);
        while (true)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Port), limit.Token);
                return;
            }
            catch (SocketException) when (!program.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
            }
        }
    }
}
