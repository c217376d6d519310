using System.Globalization;
using System.Net;
using System.Net.Security;
using IoTF.Mqtt.Links;
using IoTF.Mqtt.Transport;

namespace IoTF.Mqtt.Proxies;

/// <summary>The authentication of Windows domains at an HTTP proxy (Negotiate, RFC 4559, and NTLM), which takes several requests on one connection.</summary>
internal static class ProxyNegotiation
{
    private const int MostRounds = 5;
    private const int LargestBody = 64 * 1024;

    /// <summary>The scheme with which a refusal can be answered; null when there is none, or nobody to authenticate.</summary>
    public static string? Choose(HttpHead refusal, ProxyServer proxy) =>
        refusal.Status == 407 && (proxy.UseDefaultCredentials || proxy.Credential is not null)
            ? new[] { "Negotiate", "NTLM" }.FirstOrDefault(scheme => ChallengeOf(refusal, scheme) is not null)
            : null;

    /// <summary>Opens the tunnel.</summary>
    /// <exception cref="LinkException">The proxy refuses the user, or the tunnel.</exception>
    /// <exception cref="InvalidDataException">The answer is not HTTP.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    public static async Task OpenAsync(Stream stream, DialTarget target, string scheme, CancellationToken cancellationToken)
    {
        var proxy = target.Proxy!;
        using var authentication = new NegotiateAuthentication(new NegotiateAuthenticationClientOptions
        {
            Package = scheme,
            Credential = proxy.UseDefaultCredentials ? CredentialCache.DefaultNetworkCredentials : proxy.Credential!,
            TargetName = $"HTTP/{proxy.HostName}",
        });
        string? challenge = null;
        for (var round = 1; ; round++)
        {
            var token = authentication.GetOutgoingBlob(challenge, out var status);
            if (token is null || status is not (NegotiateAuthenticationStatusCode.ContinueNeeded or NegotiateAuthenticationStatusCode.Completed))
            {
                throw new LinkException(
                    LinkFailure.ProxyAuthenticationRequired, $"The proxy {proxy} demands {scheme}, and this machine could not answer it ({status}).");
            }

            var refusal = await HttpTunnel.AskAsync(stream, target, $"{scheme} {token}", cancellationToken).ConfigureAwait(false);
            if (refusal is null)
            {
                return;
            }

            challenge = ChallengeOf(refusal, scheme);
            if (refusal.Status != 407 || string.IsNullOrEmpty(challenge) || round == MostRounds)
            {
                throw HttpTunnel.Refused(refusal, target);
            }

            await SkipBodyAsync(stream, refusal, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What follows a scheme in the proxy's challenges: empty in its first answer; null when it does not know the scheme.</summary>
    private static string? ChallengeOf(HttpHead refusal, string scheme) => refusal.Values("Proxy-Authenticate")
        .Select(value => value.Split(' ', 2))
        .Where(parts => parts[0].Equals(scheme, StringComparison.OrdinalIgnoreCase))
        .Select(parts => parts.Length > 1 ? parts[1].Trim() : "")
        .FirstOrDefault();

    private static async Task SkipBodyAsync(Stream stream, HttpHead answer, CancellationToken cancellationToken)
    {
        var length = answer.Values("Content-Length").Select(value => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : -1)
            .FirstOrDefault();
        if (length is < 0 or > LargestBody || answer.Values("Transfer-Encoding").Any())
        {
            throw new InvalidDataException("The length of the answer is not known.");
        }

        await stream.ReadExactlyAsync(new byte[length], cancellationToken).ConfigureAwait(false);
    }
}
