namespace IoTF.Client.Configuration;

/// <summary>A key and its value as they stand in a source. Only <see cref="ConfigurationValues"/> made of it leave this folder.</summary>
/// <param name="key">The key, the levels of YAML joined by dots.</param>
/// <param name="text">The text of the value; null for none.</param>
/// <param name="origin">Where it stands.</param>
internal sealed class ConfigurationEntry(string key, string? text, ConfigurationOrigin origin)
{
    /// <summary>The key, the levels of YAML joined by dots.</summary>
    public string Key { get; } = key;

    /// <summary>The text of the value; null for none. It may be a secret.</summary>
    public string? Text { get; } = text;

    /// <summary>Where it stands.</summary>
    public ConfigurationOrigin Origin { get; } = origin;

    /// <summary>Whether the value is in quotes, which in YAML makes it a text and nothing else.</summary>
    public bool IsQuoted { get; init; }

    /// <summary>Whether the value is a list or a map in place of a text.</summary>
    public bool IsCollection { get; init; }

    /// <summary>The key and its place, never the value.</summary>
    public override string ToString() => Origin.ToString();
}
