using System.Security.Cryptography;
using System.Text;
using IoTF.Mqtt.Links;
using IoTF.Mqtt.Transport;

namespace IoTF.Mqtt.Proxies;

/// <summary>A tunnel through an HTTP proxy (RFC 9110 §9.3.6), with Basic authentication when there is a password (RFC 7617).</summary>
internal static class HttpTunnel
{
    /// <summary>Asks for the tunnel.</summary>
    /// <returns>Null when it is open; the proxy's answer when it refuses.</returns>
    /// <exception cref="InvalidDataException">The answer is not HTTP.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    public static Task<HttpHead?> OpenAsync(Stream stream, DialTarget target, CancellationToken cancellationToken) =>
        AskAsync(stream, target, BasicOf(target.Proxy!), cancellationToken);

    /// <summary>Asks for the tunnel with an authorization.</summary>
    /// <returns>As <see cref="OpenAsync"/>.</returns>
    public static async Task<HttpHead?> AskAsync(Stream stream, DialTarget target, string? authorization, CancellationToken cancellationToken)
    {
        var credentials = authorization is null ? "" : $"Proxy-Authorization: {authorization}\r\n";
        var request = Encoding.ASCII.GetBytes($"CONNECT {target.Authority} HTTP/1.1\r\nHost: {target.Authority}\r\n{credentials}\r\n");
        try
        {
            await stream.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(request);
        }

        var answer = await HttpHead.ReadAsync(stream, cancellationToken).ConfigureAwait(false);
        return answer.Status is >= 200 and < 300 ? null : answer;
    }

    /// <summary>What a refusal means.</summary>
    public static LinkException Refused(HttpHead answer, DialTarget target) => answer.Status switch
    {
        // Tinyproxy answers a wrong password with 401, which servers use, and only a missing one with 407.
        401 or 407 => new LinkException(
            LinkFailure.ProxyAuthenticationRequired,
            target.Proxy!.Credential is null && !target.Proxy.UseDefaultCredentials
                ? $"The proxy {target.Proxy} demands a user name and a password ({answer.StatusText})."
                : $"The proxy {target.Proxy} does not accept the credentials ({answer.StatusText})."),
        502 or 503 or 504 => new LinkException(
            LinkFailure.ProxyCouldNotConnect, $"The proxy {target.Proxy} could not connect to {target.Authority} ({answer.StatusText})."),
        _ => new LinkException(LinkFailure.ProxyRefused, $"The proxy {target.Proxy} refuses to connect to {target.Authority} ({answer.StatusText})."),
    };

    // Sent at once, as it is the one scheme that every proxy with passwords knows; it costs no round trip then.
    private static string? BasicOf(ProxyServer proxy) => proxy.Credential is { } credential
        ? $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.UserName}:{credential.Password}"))}"
        : null;
}
