using System.Security.Cryptography;
using System.Text;
using IoTF.Mqtt.Links;
using IoTF.Mqtt.Transport;

namespace IoTF.Mqtt.Proxies;

/// <summary>A tunnel through an HTTP proxy (RFC 9110 §9.3.6).</summary>
internal static class HttpTunnel
{
    /// <summary>Asks for the tunnel, with an authorization or without.</summary>
    /// <returns>Null when it is open; the proxy's answer when it refuses.</returns>
    /// <exception cref="InvalidDataException">The answer is not HTTP.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
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
                ? $"The proxy {target.Proxy} requires a user name and a password ({answer.StatusText})."
                : ProxyChallenges.Of(answer) is { Count: > 0 } challenges && !challenges.Any(challenge => ProxyChallenges.IsKnown(challenge.Scheme))
                    ? $"The proxy {target.Proxy} demands {string.Join(", ", challenges.Select(challenge => challenge.Scheme))}, and none of Negotiate, NTLM and Basic ({answer.StatusText})."
                    : $"The proxy {target.Proxy} does not accept the credentials ({answer.StatusText})."),
        502 or 503 or 504 => new LinkException(
            LinkFailure.ProxyCouldNotConnect, $"The proxy {target.Proxy} could not connect to {target.Authority} ({answer.StatusText})."),
        _ => new LinkException(LinkFailure.ProxyRefused, $"The proxy {target.Proxy} refuses to connect to {target.Authority} ({answer.StatusText})."),
    };

    /// <summary>The authorization of the Basic scheme (RFC 7617).</summary>
    public static string BasicOf(ProxyServer proxy) =>
        $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{proxy.LoginName}:{proxy.Credential!.Password}"))}";
}
