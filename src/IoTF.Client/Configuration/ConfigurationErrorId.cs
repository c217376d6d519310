namespace IoTF.Client.Configuration;

/// <summary>The ids of what can be wrong with a configuration. They are an interface: scripts compare them, so an id never changes its meaning.</summary>
public static class ConfigurationErrorId
{
    /// <summary>There is no such configuration file.</summary>
    public const string ConfigurationFileNotFound = nameof(ConfigurationFileNotFound);

    /// <summary>The configuration file cannot be read.</summary>
    public const string ConfigurationFileUnreadable = nameof(ConfigurationFileUnreadable);

    /// <summary>The text of the file is not what its format demands.</summary>
    public const string ConfigurationMalformed = nameof(ConfigurationMalformed);

    /// <summary>A value is not what its key demands.</summary>
    public const string ConfigurationValueInvalid = nameof(ConfigurationValueInvalid);

    /// <summary>The configuration leads to plain text, which only <c>-Insecure</c> may.</summary>
    public const string ConfigurationNeedsInsecure = nameof(ConfigurationNeedsInsecure);

    /// <summary>The configuration asks for something that IoTF does not do.</summary>
    public const string ConfigurationNotSupported = nameof(ConfigurationNotSupported);

    /// <summary>Quickstart takes no token, and the configuration has one.</summary>
    public const string QuickstartTakesNoToken = nameof(QuickstartTakesNoToken);
}
