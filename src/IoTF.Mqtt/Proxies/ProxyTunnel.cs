using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using IoTF.Mqtt.Links;
using IoTF.Mqtt.Transport;

namespace IoTF.Mqtt.Proxies;

/// <summary>Asks a proxy for a connection to a target.</summary>
internal static class ProxyTunnel
{
    /// <summary>Opens the tunnel.</summary>
    /// <param name="connected">A connection to the proxy; it is disposed of when the tunnel fails.</param>
    /// <param name="target">Where the tunnel leads, and the proxy.</param>
    /// <param name="again">Makes a further connection to the proxy, for an authentication that needs one.</param>
    /// <param name="cancellationToken">Ends the try.</param>
    /// <returns>The stream that leads to the target.</returns>
    /// <exception cref="LinkException">The proxy refuses, demands another authentication, cannot reach the target, or is no proxy.</exception>
    public static async Task<Stream> OpenAsync(
        Stream connected, DialTarget target, Func<CancellationToken, Task<Stream>> again, CancellationToken cancellationToken)
    {
        var proxy = target.Proxy!;
        if (proxy.Kind == ProxyKind.Socks5)
        {
            await TryAsync(connected, proxy, () => SocksTunnel.OpenAsync(connected, target, cancellationToken), cancellationToken).ConfigureAwait(false);
            return connected;
        }

        var stream = await SecureAsync(connected, target, cancellationToken).ConfigureAwait(false);

        // Without a password first, even when there is one: which scheme the proxy wants, and whether it wants any, is its to say.
        if (await AskAsync(stream, target, authorization: null, cancellationToken).ConfigureAwait(false) is not { } refusal)
        {
            return stream;
        }

        LinkException? unanswered = null;
        foreach (var scheme in ProxyChallenges.Preferred(refusal, proxy))
        {
            var next = await SecureAsync(await again(cancellationToken).ConfigureAwait(false), target, cancellationToken).ConfigureAwait(false);
            if (scheme == "Basic")
            {
                return await AskAsync(next, target, HttpTunnel.BasicOf(proxy), cancellationToken).ConfigureAwait(false) is { } second
                    ? throw HttpTunnel.Refused(second, target)
                    : next;
            }

            await TryAsync(
                next, proxy, async () => unanswered = await ProxyNegotiation.OpenAsync(next, target, scheme, cancellationToken).ConfigureAwait(false), cancellationToken)
                .ConfigureAwait(false);
            if (unanswered is null)
            {
                return next;
            }

            await next.DisposeAsync().ConfigureAwait(false);
        }

        throw unanswered ?? HttpTunnel.Refused(refusal, target);
    }

    /// <summary>Asks an HTTP proxy for the tunnel.</summary>
    /// <returns>Null when it is open; the proxy's answer when it refuses, and the connection is closed.</returns>
    private static async Task<HttpHead?> AskAsync(Stream stream, DialTarget target, string? authorization, CancellationToken cancellationToken)
    {
        HttpHead? refusal = null;
        await TryAsync(
            stream,
            target.Proxy!,
            async () => refusal = await HttpTunnel.AskAsync(stream, target, authorization, cancellationToken).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        if (refusal is not null)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
        }

        return refusal;
    }

    private static async Task<Stream> SecureAsync(Stream connected, DialTarget target, CancellationToken cancellationToken)
    {
        if (target.Proxy!.Kind != ProxyKind.Https)
        {
            return connected;
        }

        // The proxy is not the service: it may speak TLS 1.3, and it is not shown the client's certificate.
        var demands = new TlsDemands
        {
            Protocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            TrustedAuthorities = target.Tls?.TrustedAuthorities,
            RevocationMode = target.Tls?.RevocationMode ?? X509RevocationMode.NoCheck,
            DownloadLimit = target.Tls?.DownloadLimit ?? new TlsDemands().DownloadLimit,
        };
        try
        {
            return await TlsHandshake.AsClientAsync(connected, target.Proxy.HostName, demands, observation: null, cancellationToken).ConfigureAwait(false);
        }
        catch (LinkException exception)
        {
            throw new LinkException(LinkFailure.ProxyUnreachable, $"The proxy {target.Proxy} cannot be reached over TLS: {exception.Message}", exception);
        }
    }

    /// <summary>Runs one exchange with the proxy, and disposes of the connection when it fails.</summary>
    private static async Task TryAsync(Stream stream, ProxyServer proxy, Func<Task> exchange, CancellationToken cancellationToken)
    {
        try
        {
            await exchange().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw exception switch
            {
                InvalidDataException => new LinkException(LinkFailure.ProxyUnreachable, $"The program at {proxy} does not answer as such a proxy.", exception),
                IOException and not LinkException => new LinkException(LinkFailure.ProxyUnreachable, $"The proxy {proxy} closed the connection instead of answering.", exception),
                _ => exception,
            };
        }
    }
}
