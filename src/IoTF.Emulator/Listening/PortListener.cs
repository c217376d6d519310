using System.Net;
using System.Net.Sockets;

namespace IoTF.Emulator.Listening;

/// <summary>Accepts connections on one port of the loopback addresses: 127.0.0.1, and ::1 where the machine has it.</summary>
internal sealed class PortListener : IAsyncDisposable
{
    private const int Backlog = 512;
    private const int AttemptsForAnyPort = 20;

    private readonly List<Socket> _sockets;
    private readonly CancellationTokenSource _stopping = new();
    private Task _accepting = Task.CompletedTask;

    private PortListener(List<Socket> sockets, int port)
    {
        _sockets = sockets;
        Port = port;
    }

    /// <summary>The port, the same for both addresses.</summary>
    public int Port { get; }

    /// <summary>Begins to listen.</summary>
    /// <param name="wanted">Null for the preferred port if it is free and else any free one, 0 for any free one, or exactly that one.</param>
    /// <param name="preferred">The preferred port.</param>
    /// <exception cref="EmulatorException">The port that was asked for is not to be had.</exception>
    public static PortListener Open(int? wanted, int preferred)
    {
        if (wanted is > 0)
        {
            return TryOpen(wanted.Value, out var problem) ?? throw new EmulatorException(
                EmulatorErrorId.EmulatorPortUnavailable,
                $"The emulator cannot listen on port {wanted}: {problem!.Message} Stop the program that uses the port, use another -Port, or use -Port 0 for a free one.",
                problem);
        }

        var listener = wanted is null ? TryOpen(preferred, out _) : null;
        SocketException? lastProblem = null;

        // A port the system chose for one address may be taken on the other.
        for (var attempt = 0; listener is null && attempt < AttemptsForAnyPort; attempt++)
        {
            listener = TryOpen(port: 0, out lastProblem);
        }

        return listener ?? throw new EmulatorException(
            EmulatorErrorId.EmulatorPortUnavailable,
            $"The emulator found no free port: {lastProblem!.Message} Check what this machine allows on 127.0.0.1.",
            lastProblem);
    }

    /// <summary>Gives every connection to <paramref name="serve"/>, which must return at once. Where it throws, the client has gone already, and the next one is served.</summary>
    public void Start(Action<Socket> serve)
    {
        var loops = new List<Task>();
        foreach (var socket in _sockets)
        {
            loops.Add(AcceptAsync(socket, serve));
        }

        _accepting = Task.WhenAll(loops);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }

        await _accepting.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private static PortListener? TryOpen(int port, out SocketException? problem)
    {
        problem = null;
        var sockets = new List<Socket>();
        try
        {
            sockets.Add(Listen(IPAddress.Loopback, port));
            var chosen = ((IPEndPoint)sockets[0].LocalEndPoint!).Port;
            if (Socket.OSSupportsIPv6)
            {
                try
                {
                    sockets.Add(Listen(IPAddress.IPv6Loopback, chosen));
                }
                catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
                {
                    // A machine without ::1 has clients on 127.0.0.1 only.
                }
            }

            return new PortListener(sockets, chosen);
        }
        catch (SocketException exception)
        {
            problem = exception;
            sockets.ForEach(socket => socket.Dispose());
            return null;
        }
    }

    private static Socket Listen(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.ExclusiveAddressUse = true;
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task AcceptAsync(Socket listening, Action<Socket> serve)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Serve(serve, await listening.AcceptAsync(_stopping.Token).ConfigureAwait(false));
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // A client that left before it was accepted, or no file handles for a moment: the next one is served.
                await Task.Delay(TimeSpan.FromMilliseconds(10)).ConfigureAwait(false);
            }
        }
    }

    private static void Serve(Action<Socket> serve, Socket accepted)
    {
        try
        {
            serve(accepted);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            accepted.Dispose();
        }
    }
}
