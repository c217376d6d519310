using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Servers;
using IoTF.Tests.Interop.Signals;

namespace IoTF.Tests.Interop.Brokers;

/// <summary>A real Mosquitto on ports of 127.0.0.1 that the system chose and that stay its own until the end, restarts included.</summary>
public sealed class MosquittoBroker : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private MosquittoOptions options;
    private readonly ReservedPort? plain;
    private readonly ReservedPort? tls;
    private readonly ReservedPort? webSocket;
    private RunningProgram? program;

    private MosquittoBroker(MosquittoOptions options)
    {
        this.options = options;
        plain = options.Plain ? new ReservedPort() : null;
        tls = options.Tls is null ? null : new ReservedPort();
        webSocket = options.WebSocket ? new ReservedPort() : null;
    }

    public int PlainPort => plain?.Number ?? throw new InvalidOperationException("This broker was set up without a plain listener.");

    public int TlsPort => tls?.Number ?? throw new InvalidOperationException("This broker was set up without a certificate.");

    public int WebSocketPort => webSocket?.Number ?? throw new InvalidOperationException("This broker was set up without a WebSocket listener.");

    /// <summary>What the broker says since its last start, for example "Received DISCONNECT from X" or "Client X closed its connection.".</summary>
    public SignalLog<string> Log => Program.Errors;

    private RunningProgram Program => program ?? throw new InvalidOperationException("The broker has not been started.");

    public static async Task<MosquittoBroker> StartAsync(MosquittoOptions? options = null)
    {
        var broker = new MosquittoBroker(options ?? new MosquittoOptions());
        try
        {
            await broker.StartAgainAsync();
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the broker, after <see cref="StopAsync"/> or <see cref="KillAsync"/>, on the same ports.</summary>
    /// <param name="changed">Other options with the same listeners; null to leave them.</param>
    public async Task StartAgainAsync(MosquittoOptions? changed = null)
    {
        options = changed ?? options;
        if (program is { HasExited: false })
        {
            throw new InvalidOperationException("The broker still runs: stop or kill it first.");
        }

        var configuration = await MosquittoConfiguration.WriteAsync(options, plain?.Number, tls?.Number, webSocket?.Number, folder);
        var environment = options.OnlyTls12 ? MosquittoConfiguration.UpToTls12(folder) : null;
        program = RunningProgram.Start(DebianProgram.Mosquitto, ["-c", configuration], environment);
        await Log.WaitForAsync(line => line.StartsWith("mosquitto version", StringComparison.Ordinal) && line.EndsWith(" running", StringComparison.Ordinal));
    }

    /// <summary>Asks the broker to end; with persistence, it saves its sessions.</summary>
    public Task StopAsync() => EndAsync(Signal.Terminate);

    /// <summary>Ends the broker without a chance to say or save anything.</summary>
    public Task KillAsync() => EndAsync(Signal.Kill);

    /// <summary>Sends the running broker a signal.</summary>
    public void Send(Signal signal) => Program.Send(signal);

    public Task WaitForConnectAsync(string clientId, int from = 0)
        => Log.WaitForAsync(
            line => line.StartsWith("New client connected from ", StringComparison.Ordinal)
                && line.Contains($" as {clientId} (", StringComparison.Ordinal),
            from: from);

    /// <summary>Waits until the client has said goodbye with DISCONNECT. Needs <see cref="MosquittoOptions.LogPackets"/>.</summary>
    public Task WaitForDisconnectAsync(string clientId, int from = 0)
        => Log.WaitForAsync(line => line == $"Received DISCONNECT from {clientId}", from: from);

    /// <summary>Waits until the client has closed its connection without DISCONNECT, by which its last will fires.</summary>
    public Task WaitForLossAsync(string clientId, int from = 0)
        => Log.WaitForAsync(line => line == $"Client {clientId} closed its connection.", from: from);

    public async ValueTask DisposeAsync()
    {
        if (program is not null)
        {
            await program.DisposeAsync();
        }

        plain?.Dispose();
        tls?.Dispose();
        webSocket?.Dispose();
        folder.Dispose();
    }

    private async Task EndAsync(Signal signal)
    {
        Program.Send(signal);
        await Program.WaitForExitAsync();
    }
}
