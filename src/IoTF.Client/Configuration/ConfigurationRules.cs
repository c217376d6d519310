using IoTF.Protocol.Identities;

namespace IoTF.Client.Configuration;

/// <summary>What holds for all sources together.</summary>
public static class ConfigurationRules
{
    /// <summary>The ports which the service does not encrypt (protocol.md §1.1). IBM's clients switch TLS off for them.</summary>
    private static readonly int[] PlainPorts = [80, 1883];

    /// <summary>Refuses what must not happen because a file or a variable says so.</summary>
    /// <param name="values">All sources together.</param>
    /// <param name="insecure">Whether plain text was asked for by parameter.</param>
    /// <exception cref="ConfigurationException">The configuration leads to plain text, or brings quickstart a token.</exception>
    public static void Require(ConfigurationValues values, bool insecure)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values is { Organization.Value: IdentityRules.QuickstartOrganization, Token.Origin: { Kind: not ConfigurationSource.Parameter } origin })
        {
            throw new ConfigurationException(
                ConfigurationErrorId.QuickstartTakesNoToken,
                $"Quickstart has no tokens, and {origin} has one.",
                "Remove it there, or use an organization of your own.");
        }

        if (insecure)
        {
            return;
        }

        if (values.Secure is { Value: false } secure)
        {
            throw NeedsInsecure($"{secure.Origin} selects an unencrypted connection");
        }

        if (values.Port is { Origin.Kind: not ConfigurationSource.Parameter } port && PlainPorts.Contains(port.Value))
        {
            throw NeedsInsecure(FormattableString.Invariant($"{port.Origin} is {port.Value}, which the service does not encrypt"));
        }
    }

    private static ConfigurationException NeedsInsecure(string problem) => new(
        ConfigurationErrorId.ConfigurationNeedsInsecure,
        $"{char.ToUpperInvariant(problem[0])}{problem[1..]}, which requires -Insecure.",
        "Use a port with TLS (8883 or 443), or add -Insecure: credentials and data can then be read on the way.");
}
