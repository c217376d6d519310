using System.Globalization;
using System.Security;
using IoTF.Protocol.Rules;

namespace IoTF.Client.Configuration;

/// <summary>Makes typed values of the entries of one source, and says what is wrong with them.</summary>
/// <param name="keys">The keys of the source and what they are about.</param>
/// <param name="booleans">What the source takes for true and false.</param>
internal sealed class ConfigurationBuilder(IReadOnlyDictionary<string, ConfigurationSetting> keys, BooleanRule booleans)
{
    /// <summary>Python's way to say that the authorities of the system are meant (protocol.md §7.1).</summary>
    private const string SystemAuthorities = "_os_";

    private readonly Dictionary<ConfigurationSetting, ConfigurationEntry> _taken = [];
    private readonly List<string> _warnings = [];

    /// <summary>Makes the values of a source.</summary>
    /// <exception cref="ConfigurationException">A value is wrong, or is given twice.</exception>
    public ConfigurationValues Build(IEnumerable<ConfigurationEntry> entries)
    {
        var values = ConfigurationValues.Nothing;
        foreach (var entry in entries)
        {
            values = Add(values, entry);
        }

        return values with { Warnings = [.. _warnings] };
    }

    private ConfigurationValues Add(ConfigurationValues values, ConfigurationEntry entry)
    {
        if (!keys.TryGetValue(entry.Key, out var setting))
        {
            _warnings.Add($"{Start(entry)} is not known and is ignored.{Siblings(entry.Key)}");
            return values;
        }

        if (setting is ConfigurationSetting.Unused || (entry is { Text: null, IsCollection: false }) || (entry.Text is "" && !IsFalseWhenEmpty(setting)))
        {
            return values;
        }

        if (setting is ConfigurationSetting.ParameterOnly)
        {
            _warnings.Add($"{Start(entry)} is not read from a file. Use -Certificate.");
            return values;
        }

        if (entry.IsCollection)
        {
            throw Invalid(entry, "is a list or a map, but must be a single value");
        }

        return _taken.TryAdd(setting, entry) ? Set(values, setting, entry) : throw new ConfigurationException(
            ConfigurationErrorId.ConfigurationMalformed,
            $"{Start(entry)} repeats {_taken[setting].Origin}.",
            "Remove one of them.");
    }

    private ConfigurationValues Set(ConfigurationValues values, ConfigurationSetting setting, ConfigurationEntry entry) => setting switch
    {
        ConfigurationSetting.Organization => values with { Organization = Text(entry) },
        ConfigurationSetting.DeviceType => values with { DeviceType = Text(entry) },
        ConfigurationSetting.DeviceId => values with { DeviceId = Text(entry) },
        ConfigurationSetting.ApplicationId => values with { ApplicationId = Text(entry) },
        ConfigurationSetting.InstanceId => values with { InstanceId = Text(entry) },
        ConfigurationSetting.SharedSubscription => values with { SharedSubscription = Boolean(entry) },
        ConfigurationSetting.ApplicationType => values with { SharedSubscription = Is(entry, "shared", "standalone") },
        ConfigurationSetting.ApiKey => values with { ApiKey = Text(entry) },
        ConfigurationSetting.Token => values with { Token = Secret(entry) },
        ConfigurationSetting.AuthenticationMethod => Checked(values, entry, "token", "apikey"),
        ConfigurationSetting.Domain => values with { Domain = Text(entry) },
        ConfigurationSetting.HostName => values with { HostName = Text(entry) },
        ConfigurationSetting.Port => values with { Port = Number(entry, 1, 65_535) },
        ConfigurationSetting.Transport => values with { WebSocket = Is(entry, "websockets", "tcp") },
        ConfigurationSetting.WebSocket => values with { WebSocket = Boolean(entry) },
        ConfigurationSetting.Secure => values with { Secure = Boolean(entry) },
        ConfigurationSetting.AuthorityFile => entry.Text == SystemAuthorities ? values : values with { AuthorityFile = Text(entry) },
        ConfigurationSetting.CleanSession => values with { CleanSession = Boolean(entry) },
        ConfigurationSetting.SessionExpiry => values with { SessionExpiry = Seconds(entry, uint.MaxValue) },
        ConfigurationSetting.KeepAlive => values with { KeepAlive = Seconds(entry, ushort.MaxValue) },
        ConfigurationSetting.MaxInFlight => values with { MaxInFlight = Number(entry, 1, 65_535) },
        ConfigurationSetting.Reconnect => values with { Reconnect = Boolean(entry) },
        ConfigurationSetting.LogLevel => Checked(values, entry, "error", "warning", "info", "debug"),
        _ => throw new ArgumentOutOfRangeException(nameof(setting), setting, message: null),
    };

    private bool IsFalseWhenEmpty(ConfigurationSetting setting) => booleans == BooleanRule.Variable
        && setting is ConfigurationSetting.CleanSession or ConfigurationSetting.SharedSubscription;

    private static ConfigurationValue<string> Text(ConfigurationEntry entry) => new(entry.Text!, entry.Origin);

    private static ConfigurationValue<SecureString> Secret(ConfigurationEntry entry)
    {
        var secret = new SecureString();
        foreach (var character in entry.Text!)
        {
            secret.AppendChar(character);
        }

        secret.MakeReadOnly();
        return new(secret, entry.Origin);
    }

    private ConfigurationValue<bool> Boolean(ConfigurationEntry entry)
    {
        var text = entry.Text!;
        bool? value = booleans switch
        {
            BooleanRule.Variable => text is "True" or "true" or "1",
            BooleanRule.Yaml when entry.IsQuoted => null,
            BooleanRule.Yaml => WordOf(text, ["true", "yes", "on"], ["false", "no", "off"]),
            _ => WordOf(text, ["true", "yes", "on", "1"], ["false", "no", "off", "0"]),
        };
        if (booleans == BooleanRule.Variable && text is not ("True" or "true" or "1" or "False" or "false" or "0" or ""))
        {
            _warnings.Add($"{Start(entry)} is {Quotation.Of(text)}, which means false, as in IBM's clients: only 'True', 'true' and '1' mean true.");
        }

        return new(value ?? throw Invalid(entry, $"is {Quotation.Of(text)}{(entry.IsQuoted ? " in quotes" : "")}, but must be a boolean: true or false"), entry.Origin);
    }

    private static bool? WordOf(string text, string[] yes, string[] no) =>
        yes.Contains(text, StringComparer.OrdinalIgnoreCase) ? true
        : no.Contains(text, StringComparer.OrdinalIgnoreCase) ? false
        : null;

    private static ConfigurationValue<bool> Is(ConfigurationEntry entry, string yes, string no) => new(Word(entry, yes, no) == yes, entry.Origin);

    private static ConfigurationValues Checked(ConfigurationValues values, ConfigurationEntry entry, params string[] words)
    {
        _ = Word(entry, words);
        return values;
    }

    private static string Word(ConfigurationEntry entry, params string[] words) =>
        Array.Find(words, word => word.Equals(entry.Text, StringComparison.OrdinalIgnoreCase))
        ?? throw Invalid(entry, $"is {Quotation.Of(entry.Text)}, but must be one of {string.Join(", ", words)}");

    private static ConfigurationValue<int> Number(ConfigurationEntry entry, int minimum, int maximum) =>
        new((int)WholeNumber(entry, minimum, maximum), entry.Origin);

    private static ConfigurationValue<TimeSpan> Seconds(ConfigurationEntry entry, long maximum) =>
        new(TimeSpan.FromSeconds(WholeNumber(entry, 0, maximum)), entry.Origin);

    private static long WholeNumber(ConfigurationEntry entry, long minimum, long maximum) =>
        long.TryParse(entry.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum
            ? number
            : throw Invalid(entry, FormattableString.Invariant($"is {Quotation.Of(entry.Text)}, but must be a number from {minimum} to {maximum}"));

    private static ConfigurationException Invalid(ConfigurationEntry entry, string problem) => new(
        ConfigurationErrorId.ConfigurationValueInvalid,
        $"{Start(entry)} {problem}.",
        "Correct it there, or use the parameter of that name, which takes precedence.");

    private static string Start(ConfigurationEntry entry)
    {
        var place = entry.Origin.ToString();
        return entry.Origin.Kind == ConfigurationSource.File ? place : char.ToUpperInvariant(place[0]) + place[1..];
    }

    /// <summary>The keys that are known beside an unknown one of YAML, for those who mistyped it.</summary>
    private string Siblings(string key)
    {
        var parent = key[..(key.LastIndexOf('.') + 1)];
        var known = keys.Keys
            .Where(other => parent.Length > 0 && other.StartsWith(parent, StringComparison.Ordinal))
            .Select(other => other[parent.Length..].Split('.')[0])
            .Distinct()
            .ToArray();
        return known.Length == 0 ? "" : $" Known there: {string.Join(", ", known)}.";
    }
}
