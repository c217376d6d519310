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

    /// <summary>Opens the tunnel.</summary>
    /// <returns>Null when it is open; otherwise why this machine has no answer to the scheme, so that another one may be tried.</returns>
    /// <exception cref="LinkException">The proxy refuses the user, or the tunnel.</exception>
    /// <exception cref="InvalidDataException">The answer is not HTTP.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    public static async Task<LinkException?> OpenAsync(Stream stream, DialTarget target, string scheme, CancellationToken cancellationToken)
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
                return new LinkException(
                    LinkFailure.ProxyAuthenticationRequired, $"The proxy {proxy} requires {scheme}, which this machine could not answer ({status}).");
            }

            var refusal = await HttpTunnel.AskAsync(stream, target, $"{scheme} {token}", cancellationToken).ConfigureAwait(false);
            if (refusal is null)
            {
                return null;
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
    private static string? ChallengeOf(HttpHead refusal, string scheme) => ProxyChallenges.Of(refusal)
        .Where(challenge => challenge.Scheme.Equals(scheme, StringComparison.OrdinalIgnoreCase))
        .Select(challenge => challenge.Data)
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
