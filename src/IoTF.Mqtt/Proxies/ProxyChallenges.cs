using System.Text.RegularExpressions;
using IoTF.Mqtt.Transport;

namespace IoTF.Mqtt.Proxies;

/// <summary>What a proxy asks for: a scheme, and what follows it.</summary>
/// <param name="Scheme">The scheme, as it was written.</param>
/// <param name="Data">The token after it; empty when there is none.</param>
internal readonly record struct ProxyChallenge(string Scheme, string Data);

/// <summary>The challenges in a proxy's answer, of which one field may have several (RFC 9110 §11.6.1).</summary>
internal static partial class ProxyChallenges
{
    private static readonly string[] Known = ["Negotiate", "NTLM", "Basic"];

    /// <summary>The schemes that can be answered, the safest first: those that do not give the password away.</summary>
    public static IReadOnlyList<string> Preferred(HttpHead answer, ProxyServer proxy)
    {
        var offered = Of(answer);
        return
        [
            .. Known.Where(scheme => (scheme == "Basic" ? proxy.Credential is not null : proxy.Credential is not null || proxy.UseDefaultCredentials)
                && offered.Any(challenge => challenge.Scheme.Equals(scheme, StringComparison.OrdinalIgnoreCase))),
        ];
    }

    public static bool IsKnown(string scheme) => Known.Contains(scheme, StringComparer.OrdinalIgnoreCase);

    public static IReadOnlyList<ProxyChallenge> Of(HttpHead answer)
    {
        var challenges = new List<ProxyChallenge>();
        foreach (var value in answer.Values("Proxy-Authenticate"))
        {
            foreach (var part in SplitOutsideQuotes(value))
            {
                // What is no scheme is a further parameter of the one before: realm="x".
                if (Challenge().Match(part) is { Success: true } match)
                {
                    challenges.Add(new ProxyChallenge(match.Groups["scheme"].Value, match.Groups["data"].Value));
                }
            }
        }

        return challenges;
    }

    private static List<string> SplitOutsideQuotes(string value)
    {
        var parts = new List<string>();
        var (start, isQuoted) = (0, false);
        for (var i = 0; i < value.Length; i++)
        {
            switch (value[i])
            {
                case '\\' when isQuoted:
                    i++;
                    break;
                case '"':
                    isQuoted = !isQuoted;
                    break;
                case ',' when !isQuoted:
                    parts.Add(value[start..i].Trim());
                    start = i + 1;
                    break;
            }
        }

        parts.Add(value[start..].Trim());
        return parts;
    }

    [GeneratedRegex(@"\A(?<scheme>[A-Za-z][A-Za-z0-9-]{0,30})(\s+(?<data>.*))?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Challenge();
}
