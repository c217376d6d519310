using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using IoTF.Client.Configuration;
using IoTF.Client.Sessions;
using IoTF.PowerShell.Completion;
using IoTF.PowerShell.Configuration;
using IoTF.PowerShell.Certificates;
using IoTF.Protocol.Identities;
using ConfigurationFileReader = IoTF.Client.Configuration.ConfigurationFile;

namespace IoTF.PowerShell.Commands;

/// <content>Configuration that exists already: files of IBM's clients and <c>WIOTP_</c> variables. Parameter over file over environment over default.</content>
public abstract partial class ConnectIoTFCommandBase
{
    /// <summary>
    /// A configuration file of IBM's clients: YAML, ini or .properties. What it does not say either is taken from the <c>WIOTP_</c> variables of the
    /// environment, which are also read without a file when the parameters do not name an identity with its credential.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ConfigurationFileCompleter))]
    public string? ConfigurationFile { get; set; }

    /// <summary>The environment; that of the process unless a test has its own.</summary>
    internal IReadOnlyDictionary<string, string>? Variables { get; set; }

    /// <summary>How long the service keeps a MQTT 5 session; there is no parameter for it.</summary>
    private TimeSpan? ConfiguredSessionExpiry { get; set; }

    private protected abstract ClientRole Role { get; }

    /// <summary>Whether the parameters alone name who connects, so that no other identity may get in.</summary>
    private protected abstract bool IsIdentityGiven { get; }

    private bool IsCredentialGiven =>
        Token is not null || Credential is not null || Certificate is not null || Organization == IdentityRules.QuickstartOrganization;

    /// <summary>What the parameters say, of that which configuration could say.</summary>
    private protected virtual ConfigurationValues Given() => new()
    {
        Organization = Given(nameof(Organization), Organization),
        Token = Given(nameof(Token), Token ?? Credential?.Password),
        Domain = Given(nameof(Domain), Domain),
        HostName = Given(nameof(HostName), HostName),
        Port = GivenValue(nameof(Port), Port),
        AuthorityFile = Given(nameof(CACertificate), CACertificate?.ToString()),
        CleanSession = GivenIfBound<bool>(nameof(Persistent), !Persistent),
        KeepAlive = GivenIfBound(nameof(KeepAlive), KeepAlive),
        MaxInFlight = GivenValue(nameof(MaxInFlight), MaxInFlight),
        Reconnect = GivenIfBound<bool>(nameof(NoReconnect), !NoReconnect),
        Secure = GivenIfBound<bool>(nameof(Insecure), !Insecure),
        WebSocket = GivenIfBound<bool>(nameof(WebSocket), WebSocket),
    };

    /// <summary>Fills the parameters that were not given.</summary>
    private protected virtual void Fill(ParameterFilling filling, ConfigurationValues values)
    {
        filling.Fill(nameof(Organization), values.Organization, value => Organization = value, () => Organization = null);
        filling.Fill(nameof(Token), values.Token, value => Token = value, TakeBackToken, isSecret: true);
        filling.Fill(nameof(Domain), values.Domain, value => Domain = value, () => Domain = null);
        filling.Fill(nameof(HostName), values.HostName, value => HostName = value, () => HostName = null);
        filling.Fill(nameof(Port), values.Port, value => Port = value, () => Port = null);
        filling.Fill(nameof(CACertificate), values.AuthorityFile, _ => CACertificate = ReadAuthorities(values.AuthorityFile!), () => CACertificate = null);
        filling.Fill(nameof(Persistent), Inverted(values.CleanSession), value => Persistent = value, () => Persistent = false);
        filling.Fill(nameof(SessionOptions.SessionExpiry), values.SessionExpiry, value => ConfiguredSessionExpiry = value, () => ConfiguredSessionExpiry = null);
        var keepAlive = KeepAlive;
        filling.Fill(nameof(KeepAlive), values.KeepAlive, value => KeepAlive = value, () => KeepAlive = keepAlive);
        filling.Fill(nameof(MaxInFlight), values.MaxInFlight, value => MaxInFlight = value, () => MaxInFlight = null);
        filling.Fill(nameof(NoReconnect), Inverted(values.Reconnect), value => NoReconnect = value, () => NoReconnect = false);
        filling.Fill(nameof(WebSocket), values.WebSocket, value => WebSocket = value, () => WebSocket = false);
    }

    private protected static ConfigurationValue<T>? Given<T>(string parameter, T? value)
        where T : class => value is null ? null : new(value, ConfigurationOrigin.Parameter(parameter));

    /// <summary>Says where a value that is needed can be given.</summary>
    private protected static string Ways(string parameters, string key, string variable) =>
        $"Use {parameters}, {key} in a YAML file (-ConfigurationFile), or the variable {variable}.";

    private static ConfigurationValue<T>? GivenValue<T>(string parameter, T? value)
        where T : struct => value is { } given ? new(given, ConfigurationOrigin.Parameter(parameter)) : null;

    private static ConfigurationValue<bool>? Inverted(ConfigurationValue<bool>? value) => value is null ? null : value with { Value = !value.Value };

    /// <summary>For parameters that have a value when they are not given.</summary>
    private protected ConfigurationValue<T>? GivenIfBound<T>(string parameter, T value)
        where T : struct => MyInvocation.BoundParameters.ContainsKey(parameter) ? GivenValue<T>(parameter, value) : null;

    private ParameterFilling Configure()
    {
        var filling = new ParameterFilling(WriteVerbose);
        if (ConfigurationFile is null && IsIdentityGiven && IsCredentialGiven)
        {
            return filling;
        }

        var values = Given();
        if (ConfigurationFile is not null)
        {
            var path = Path.IsPathFullyQualified(ConfigurationFile) ? ConfigurationFile : GetUnresolvedProviderPathFromPSPath(ConfigurationFile);
            values = values.Over(ConfigurationFileReader.Read(Role, path));
        }

        values = values.Over(EnvironmentConfiguration.Read(Role, Variables ?? EnvironmentConfiguration.OfProcess()));
        foreach (var warning in values.Warnings)
        {
            WriteWarning(warning);
        }

        try
        {
            ConfigurationRules.Require(values, Insecure);
            Fill(filling, values);
            return filling;
        }
        catch
        {
            filling.Dispose();
            throw;
        }
    }

    /// <summary>The authorities of a file; its path starts at the folder of the configuration file, or at the current location when a variable names it.</summary>
    private X509Certificate2Collection ReadAuthorities(ConfigurationValue<string> file)
    {
        var path = file.Origin.File is { } configuration ? Path.Combine(Path.GetDirectoryName(configuration)!, file.Value) : file.Value;
        try
        {
            return new CertificateReader(SessionState.Path).Read(path);
        }
        catch (CertificateReadException fault)
        {
            throw new ConfigurationException(
                ConfigurationErrorId.ConfigurationValueInvalid,
                $"{file.Origin} names certificate authorities that cannot be read: {fault.Message}",
                "Correct the path there, or use -CACertificate, which takes precedence.");
        }
    }

    private void TakeBackToken()
    {
        // The options have a copy of their own.
        Token?.Dispose();
        Token = null;
    }
}
