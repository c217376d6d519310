using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace IoTF.Tests.Unit.Mqtt.Transport;

/// <summary>Accepts one connection on loopback and does with it what a test says.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<string> _hostName = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _serving;

    private LocalServer(Func<LocalServer, NetworkStream, Task> behavior)
    {
        _listener.Start();
        _serving = ServeAsync(behavior);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The name that the client sent (SNI); empty when it sent none.</summary>
    public Task<string> HostName => _hostName.Task;

    /// <summary>Completes when a client has connected.</summary>
    public TaskCompletionSource Accepted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Sends back one byte over TLS.</summary>
    public static LocalServer Tls(X509Certificate2 certificate, SslProtocols protocols = SslProtocols.Tls12, params X509Certificate2[] intermediates) =>
        new(async (server, stream) =>
        {
            using var tls = new SslStream(stream);
            var context = SslStreamCertificateContext.Create(certificate, [.. intermediates], offline: true);
            await tls.AuthenticateAsServerAsync(
                (_, hello, _, _) =>
                {
                    server._hostName.TrySetResult(hello.ServerName);
                    return ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = context, EnabledSslProtocols = protocols });
                },
                state: null,
                server._stop.Token);
            var one = new byte[1];
            await tls.ReadExactlyAsync(one, server._stop.Token);
            await tls.WriteAsync(one, server._stop.Token);
        });

    /// <summary>Reads the ClientHello, says these bytes and closes.</summary>
    public static LocalServer Says(params byte[] answer) =>
        new(async (server, stream) =>
        {
            await stream.ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false, server._stop.Token);
            await stream.WriteAsync(answer, server._stop.Token);
        });

    /// <summary>Does with the connection what a test says.</summary>
    public static LocalServer Does(Func<NetworkStream, Task> behavior) => new((_, stream) => behavior(stream));

    /// <summary>Reads the ClientHello and says nothing for as long as it lives.</summary>
    public static LocalServer Silent() => new(static (server, _) => Task.Delay(Timeout.Infinite, server._stop.Token));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        try
        {
            await _serving;
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException or OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // A client that refuses the server is what most tests are about.
        }

        _stop.Dispose();
    }

    private async Task ServeAsync(Func<LocalServer, NetworkStream, Task> behavior)
    {
        using var socket = await _listener.AcceptSocketAsync(_stop.Token);
        Accepted.TrySetResult();
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        await behavior(this, stream);
    }
}
