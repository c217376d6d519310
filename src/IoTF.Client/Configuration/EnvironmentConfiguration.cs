using IoTF.Protocol.Identities;

namespace IoTF.Client.Configuration;

/// <summary>The <c>WIOTP_</c> variables of IBM's clients (protocol.md §7.1).</summary>
public static class EnvironmentConfiguration
{
    private static readonly string[] Pair = ["WIOTP_AUTH_KEY", "WIOTP_AUTH_TOKEN"];
    private static readonly string[] OtherPair = ["WIOTP_API_KEY", "WIOTP_API_TOKEN"];

    /// <summary>Reads the variables.</summary>
    /// <param name="role">Who connects.</param>
    /// <param name="variables">The environment.</param>
    /// <returns>What the variables say.</returns>
    /// <exception cref="ConfigurationException">A value is wrong.</exception>
    /// <remarks>
    /// Of the two pairs of key and token, an application takes the second only when nothing of the first is there, so that key and token always
    /// belong together. A device never takes the second: an application's token is not its own. (IBM's Node client tries it for devices.)
    /// </remarks>
    public static ConfigurationValues Read(ClientRole role, IReadOnlyDictionary<string, string> variables)
    {
        var application = role is ClientRole.Application or ClientRole.ScalableApplication;
        var first = !application || Array.Exists(Pair, name => variables.GetValueOrDefault(name) is { Length: > 0 });
        var left = first ? OtherPair : Pair;
        var values = new ConfigurationBuilder(ConfigurationKeys.Variables, BooleanRule.Variable).Build(
            from variable in variables
            where variable.Key.StartsWith(ConfigurationKeys.VariablePrefix, StringComparison.Ordinal) && !left.Contains(variable.Key)
            orderby variable.Key
            select new ConfigurationEntry(variable.Key, variable.Value, ConfigurationOrigin.Variable(variable.Key)));
        return application ? values.WithOrganizationOfKey() : values;
    }

    /// <summary>The variables of this process.</summary>
    public static IReadOnlyDictionary<string, string> OfProcess()
    {
        var variables = new Dictionary<string, string>();
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            variables[(string)variable.Key] = (string)variable.Value!;
        }

        return variables;
    }
}
