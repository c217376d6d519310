using System.Net;
using System.Net.Sockets;
using IoTF.Mqtt.Links;
using IoTF.Mqtt.Proxies;

namespace IoTF.Mqtt.Transport;

/// <summary>
/// Opens connections: name, address, TCP, proxy, TLS, WebSocket. Each step that fails says so with a <see cref="LinkFailure"/> of its own, and disposes of
/// the connection that it was given.
/// </summary>
public static class Dialer
{
    /// <summary>What a record of TLS 1.2 with AES-GCM adds: header, nonce and tag (RFC 5288).</summary>
    private const int TlsRecordOverhead = 29;

    /// <summary>
    /// How much the system takes before it is sent; Linux takes twice as much. Where <see cref="SendProgress"/> knows nothing it counts as sent, and a
    /// PINGREQ behind it waits: systems would take megabytes, which a device that is limited to 40 KB/s does not send within its keep-alive.
    /// </summary>
    private const int SendBuffer = 256 * 1024;

    /// <summary>Connects to a target.</summary>
    /// <returns>A connected stream, secured when the target demands it; the caller owns it.</returns>
    /// <exception cref="LinkException">A step failed.</exception>
    /// <exception cref="OperationCanceledException">The token fired. Whether that was a time limit is known to its owner.</exception>
    public static async Task<Stream> DialAsync(DialTarget target, CancellationToken cancellationToken, TimeProvider? clock = null)
    {
        var addresses = await ResolveAsync(target, cancellationToken).ConfigureAwait(false);
        Stream stream = await ConnectAsync(target, addresses, clock ?? TimeProvider.System, cancellationToken).ConfigureAwait(false);
        if (target.Proxy is not null)
        {
            stream = await TunnelAsync(stream, target, addresses, clock ?? TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }

        if (target.Tls is not null)
        {
            stream = await SecureAsync(stream, target, observation: null, cancellationToken).ConfigureAwait(false);
        }

        return target.WebSocket is null ? stream : await UpgradeAsync(stream, target, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The first step: the addresses of the host, or of the proxy, which resolves the host's name itself.</summary>
    /// <exception cref="LinkException">It has none.</exception>
    public static Task<IReadOnlyList<IPAddress>> ResolveAsync(DialTarget target, CancellationToken cancellationToken) =>
        ReachAsync(target, (hostName, _) => ResolveAsync(hostName, cancellationToken));

    /// <summary>The second step: TCP to the host, or to the proxy. Several addresses are tried side by side (RFC 8305).</summary>
    /// <exception cref="LinkException">No address answered.</exception>
    public static async Task<NetworkStream> ConnectAsync(
        DialTarget target, IReadOnlyList<IPAddress> addresses, TimeProvider clock, CancellationToken cancellationToken)
    {
        var stream = await ReachAsync(target, (hostName, port) => AddressRace.RunAsync(
            AddressRace.Interleave(addresses), (address, token) => ConnectAsync(target, hostName, address, port, token), clock, cancellationToken)).ConfigureAwait(false);
        target.Progress.Follow(stream.Socket);
        return stream;
    }

    /// <summary>The step of a target with a proxy: the tunnel.</summary>
    /// <param name="stream">Leads to the proxy.</param>
    /// <param name="target">Where to.</param>
    /// <param name="addresses">Those of the proxy, should a second connection be needed.</param>
    /// <param name="clock">As in <see cref="ConnectAsync(DialTarget, IReadOnlyList{IPAddress}, TimeProvider, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Ends the try.</param>
    /// <exception cref="LinkException">The proxy refuses.</exception>
    public static Task<Stream> TunnelAsync(Stream stream, DialTarget target, IReadOnlyList<IPAddress> addresses, TimeProvider clock, CancellationToken cancellationToken) =>
        ProxyTunnel.OpenAsync(stream, target, async token => await ConnectAsync(target, addresses, clock, token).ConfigureAwait(false), cancellationToken);

    /// <summary>The step of a target with TLS: the handshake.</summary>
    /// <param name="stream">Leads to the host.</param>
    /// <param name="target">Where to, and what TLS demands.</param>
    /// <param name="observation">Keeps what was seen, for those who want to know; null for others.</param>
    /// <param name="cancellationToken">Ends the try.</param>
    /// <exception cref="LinkException">It failed.</exception>
    public static Task<Stream> SecureAsync(Stream stream, DialTarget target, TlsObservation? observation, CancellationToken cancellationToken) =>
        TlsHandshake.AsClientAsync(stream, target.HostName, target.Tls!, observation, cancellationToken);

    /// <summary>The step of a target with WebSocket: the upgrade.</summary>
    /// <exception cref="LinkException">The server refuses.</exception>
    public static Task<Stream> UpgradeAsync(Stream stream, DialTarget target, CancellationToken cancellationToken) =>
        WebSocketUpgrade.AsClientAsync(stream, target.WebSocketAuthority, target.WebSocket!, cancellationToken);

    /// <summary>Does something with the next hop. What fails at the proxy is not blamed on the host.</summary>
    private static async Task<T> ReachAsync<T>(DialTarget target, Func<string, int, Task<T>> reach)
    {
        if (target.Proxy is not { } proxy)
        {
            return await reach(target.HostName, target.Port).ConfigureAwait(false);
        }

        try
        {
            return await reach(proxy.HostName, proxy.Port).ConfigureAwait(false);
        }
        catch (LinkException exception)
        {
            throw new LinkException(LinkFailure.ProxyUnreachable, $"The proxy {proxy} cannot be reached: {exception.Message}", exception.InnerException);
        }
    }

    private static async Task<IReadOnlyList<IPAddress>> ResolveAsync(string hostName, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(hostName, out var address))
        {
            return [address];
        }

        // Names below localhost are this machine's (RFC 6761 §6.3), and the resolver of Windows does not know them.
        if (hostName.TrimEnd('.').EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
        {
            return [IPAddress.Loopback, IPAddress.IPv6Loopback];
        }

        try
        {
            var addresses = await Dns.GetHostAddressesAsync(hostName, cancellationToken).ConfigureAwait(false);
            return addresses.Length > 0
                ? addresses
                : throw new LinkException(LinkFailure.NameNotResolved, $"The host name '{hostName}' has no address.");
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            throw new LinkException(LinkFailure.NameNotResolved, $"The host name '{hostName}' could not be resolved.", exception);
        }
    }

    private static async Task<NetworkStream> ConnectAsync(DialTarget target, string hostName, IPAddress address, int port, CancellationToken cancellationToken)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendBufferSize = SendBuffer };
            if (target.TcpKeepAlive)
            {
                SetTcpKeepAlive(socket);
            }

            await socket.ConnectAsync(address, port, cancellationToken).ConfigureAwait(false);
            return new PacedStream(socket, target.Pace, target.Tls is null ? 0 : TlsRecordOverhead);
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            throw exception.SocketErrorCode == SocketError.ConnectionRefused
                ? new LinkException(LinkFailure.Refused, $"{hostName} ({address}) refused the connection on port {port}.", exception)
                : new LinkException(LinkFailure.Unreachable, $"{hostName} ({address}), port {port}, could not be reached: {exception.Message}", exception);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    /// <summary>A dead connection is found out two minutes after the last sign of life.</summary>
    private static void SetTcpKeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 60);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 15);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 4);
    }
}
