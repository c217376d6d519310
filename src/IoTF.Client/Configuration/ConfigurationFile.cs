using IoTF.Protocol.Identities;

namespace IoTF.Client.Configuration;

/// <summary>Reads the configuration files of IBM's clients, whichever form they have.</summary>
public static class ConfigurationFile
{
    /// <summary>More bytes than any such file has; what is larger is something else.</summary>
    private const int MaximumBytes = 256 * 1024;

    /// <summary>Reads a file.</summary>
    /// <param name="role">Who connects.</param>
    /// <param name="path">The full path.</param>
    /// <returns>What the file says for that role.</returns>
    /// <exception cref="ConfigurationException">The file is not there, cannot be read, or a value is wrong.</exception>
    public static ConfigurationValues Read(ClientRole role, string path)
    {
        string text;
        try
        {
            if (new FileInfo(path).Length > MaximumBytes)
            {
                throw Unreadable($"'{path}' is too large to be a configuration file.");
            }

            text = File.ReadAllText(path);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConfigurationException(
                ConfigurationErrorId.ConfigurationFileNotFound, $"The configuration file '{path}' does not exist.", "Check the path; a relative one starts at the current location.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Unreadable($"The configuration file '{path}' cannot be read: {fault.Message}");
        }

        return Read(role, text, path);
    }

    /// <summary>Reads the text of a file.</summary>
    /// <param name="role">Who connects.</param>
    /// <param name="text">The text.</param>
    /// <param name="path">The path, by whose extension YAML and .properties are recognized; the others by their first lines.</param>
    /// <returns>What the text says for that role.</returns>
    /// <exception cref="ConfigurationException">A value is wrong.</exception>
    public static ConfigurationValues Read(ClientRole role, string text, string path)
    {
        var values = ReadAny(role, text, path);
        return role is ClientRole.Application or ClientRole.ScalableApplication ? values.WithOrganizationOfKey() : values;
    }

    private static ConfigurationValues ReadAny(ClientRole role, string text, string path)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var isYaml = Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml";
        if (!isYaml && Array.Exists(lines, IniConfiguration.IsSection))
        {
            return new ConfigurationBuilder(ConfigurationKeys.Old(role), BooleanRule.Old).Build(IniConfiguration.Read(role, lines, path));
        }

        return isYaml || !IsProperties(lines, path)
            ? new ConfigurationBuilder(ConfigurationKeys.Yaml, BooleanRule.Yaml).Build(YamlConfiguration.Read(text, path))
            : new ConfigurationBuilder(ConfigurationKeys.Old(role), BooleanRule.Old).Build(PropertiesConfiguration.Read(lines, path));
    }

    private static bool IsProperties(string[] lines, string path) =>
        Path.GetExtension(path).ToLowerInvariant() is ".properties" or ".prop"
        || lines.Select(line => line.TrimStart()).FirstOrDefault(line => line.Length > 0 && line[0] is not ('#' or '!')) is { } first
            && first.AsSpan().IndexOfAny('=', ':') is > 0 and var at
            && first[at] == '=';

    private static ConfigurationException Unreadable(string message) => new(
        ConfigurationErrorId.ConfigurationFileUnreadable, message, "Check that it is the configuration file and that this account may read it.");
}
