namespace IoTF.Client.Configuration;

/// <summary>Where a value stands: a key in a line of a file, an environment variable, or a parameter.</summary>
/// <param name="Kind">The kind of source.</param>
/// <param name="Name">The key, the variable or the parameter.</param>
/// <param name="File">The path of the file; null for the others.</param>
/// <param name="Line">The line in the file, from 1; 0 for the others.</param>
public sealed record ConfigurationOrigin(ConfigurationSource Kind, string Name, string? File = null, int Line = 0)
{
    /// <summary>A parameter.</summary>
    public static ConfigurationOrigin Parameter(string name) => new(ConfigurationSource.Parameter, name);

    /// <summary>An environment variable.</summary>
    public static ConfigurationOrigin Variable(string name) => new(ConfigurationSource.Environment, name);

    /// <summary>A key in a file.</summary>
    public static ConfigurationOrigin Key(string name, string file, int line) => new(ConfigurationSource.File, name, file, line);

    /// <summary>The place in words, such as <c>options.mqtt.port in line 8 of 'device.yaml'</c>.</summary>
    public override string ToString() => Kind switch
    {
        ConfigurationSource.File => FormattableString.Invariant($"{Name} in line {Line} of '{File}'"),
        ConfigurationSource.Environment => $"the variable {Name}",
        _ => $"-{Name}",
    };
}

/// <summary>Where configuration comes from, the strongest first.</summary>
public enum ConfigurationSource
{
    /// <summary>A parameter.</summary>
    Parameter,

    /// <summary>A configuration file.</summary>
    File,

    /// <summary>An environment variable.</summary>
    Environment,
}
