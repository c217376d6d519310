using System.Net;
using System.Net.Sockets;
using IoTF.Mqtt.Links;

namespace IoTF.Mqtt.Transport;

/// <summary>Opens connections: name, address, TCP, TLS. Each step that fails says so with a <see cref="LinkFailure"/> of its own.</summary>
public static class Dialer
{
    /// <summary>What a record of TLS 1.2 with AES-GCM adds: header, nonce and tag (RFC 5288).</summary>
    private const int TlsRecordOverhead = 29;

    /// <summary>Connects to a target.</summary>
    /// <returns>A connected stream, secured when the target demands it; the caller owns it.</returns>
    /// <exception cref="LinkException">A step failed.</exception>
    /// <exception cref="OperationCanceledException">The token fired. Whether that was a time limit is known to its owner.</exception>
    public static async Task<Stream> DialAsync(DialTarget target, CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(target.HostName, cancellationToken).ConfigureAwait(false);
        var socket = await ConnectAsync(target, addresses, cancellationToken).ConfigureAwait(false);
        var stream = new PacedStream(socket, target.Pace, target.Tls is null ? 0 : TlsRecordOverhead);
        return target.Tls is null
            ? stream
            : await TlsHandshake.AsClientAsync(stream, target.HostName, target.Tls, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<IPAddress[]> ResolveAsync(string hostName, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(hostName, out var address))
        {
            return [address];
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

    /// <summary>Tries the addresses one after the other, in the order in which the resolver prefers them.</summary>
    private static async Task<Socket> ConnectAsync(DialTarget target, IPAddress[] addresses, CancellationToken cancellationToken)
    {
        LinkException? last = null;
        foreach (var address in addresses)
        {
            Socket? socket = null;
            try
            {
                socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(address, target.Port, cancellationToken).ConfigureAwait(false);
                return socket;
            }
            catch (SocketException exception)
            {
                socket?.Dispose();
                var failed = exception.SocketErrorCode == SocketError.ConnectionRefused
                    ? new LinkException(LinkFailure.Refused, $"{target.HostName} ({address}) refused the connection on port {target.Port}.", exception)
                    : new LinkException(LinkFailure.Unreachable, $"{target.HostName} ({address}), port {target.Port}, could not be reached: {exception.Message}", exception);

                // A refusal says more than an address family that this machine cannot use.
                last = last is { Failure: LinkFailure.Refused } ? last : failed;
            }
            catch
            {
                socket?.Dispose();
                throw;
            }
        }

        throw last!;
    }
}
