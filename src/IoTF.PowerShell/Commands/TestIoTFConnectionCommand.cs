using System.Diagnostics;
using System.Management.Automation;
using IoTF.Client.Configuration;
using IoTF.Client.Diagnosing;
using IoTF.Client.Receiving;
using IoTF.Client.Sessions;
using IoTF.PowerShell.Configuration;
using IoTF.PowerShell.Diagnosing;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Credentials;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Rules;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Commands;

/// <summary>Finds out step by step whether a connection can be made, and what is wrong when it cannot.</summary>
/// <remarks>
/// It takes the parameters of the <c>Connect-</c> cmdlets, and tells the role by what is given: a device type and id (a gateway with <c>-Gateway</c>), or an
/// API key or application id. Nothing is changed at the service: a session that it keeps for the identity stays as it is, and no event is sent unless
/// <c>-EventId</c> is given. The service knows each ClientId once, though: a client of this identity that is connected elsewhere is disconnected by the
/// login. Where this runspace has the session itself, the login is left out unless <c>-Force</c> is said.
/// </remarks>
[Cmdlet(VerbsDiagnostic.Test, "IoTFConnection")]
[OutputType(typeof(IoTFConnectionStep), typeof(bool))]
public sealed class TestIoTFConnectionCommand : ConnectIoTFCommandBase
{
    /// <summary>The device type of a device or gateway.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("TypeId")]
    public string? DeviceType { get; set; }

    /// <summary>The device id of a device or gateway.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? DeviceId { get; set; }

    /// <summary>Whether type and id are those of a gateway.</summary>
    [Parameter]
    public SwitchParameter Gateway { get; set; }

    /// <summary>The API key of an application. Default: the user name of <c>-Credential</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? ApiKey { get; set; }

    /// <summary>The id of an application. Default: a new random one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("AppId")]
    public string? ApplicationId { get; set; }

    /// <summary>Tests a member of a scalable application.</summary>
    [Parameter]
    public SwitchParameter Scalable { get; set; }

    /// <summary>What tells a member of a scalable application from the others; implies <c>-Scalable</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? InstanceId { get; set; }

    /// <summary>Sends an empty event with this id, which applications see; no event is sent unless it is given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? EventId { get; set; }

    /// <summary>Emits true when no step failed, false otherwise, and nothing else.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    // A session that is piped in has all of these as properties, those that are not of its role without a value.
    private bool IsApplication => !string.IsNullOrEmpty(ApiKey) || !string.IsNullOrEmpty(ApplicationId) || Scalable || !string.IsNullOrEmpty(InstanceId);

    private bool IsDevice => !string.IsNullOrEmpty(DeviceType) || !string.IsNullOrEmpty(DeviceId) || Gateway;

    private protected override ClientRole Role => IsApplication ? ClientRole.Application : Gateway ? ClientRole.Gateway : ClientRole.Device;

    private protected override bool IsIdentityGiven => IsApplication
        ? Organization is not null || Protocol.Credentials.ApiKey.TryGetOrganization(ApiKeyOr(Credential?.UserName), out _)
        : Organization is not null && (Certificate is not null || (GivenOrNull(DeviceType) is not null && GivenOrNull(DeviceId) is not null));

    private protected override ConfigurationValues Given() => base.Given() with
    {
        DeviceType = Given(nameof(DeviceType), GivenOrNull(DeviceType)),
        DeviceId = Given(nameof(DeviceId), GivenOrNull(DeviceId)),
        ApiKey = IsApplication ? Given(nameof(ApiKey), ApiKeyOr(Credential?.UserName)) : null,
        ApplicationId = Given(nameof(ApplicationId), GivenOrNull(ApplicationId)),
        InstanceId = Given(nameof(InstanceId), GivenOrNull(InstanceId)),
        SharedSubscription = GivenIfBound<bool>(nameof(Scalable), Scalable),
    };

    private protected override void Fill(ParameterFilling filling, ConfigurationValues values)
    {
        base.Fill(filling, values);
        if (IsApplication)
        {
            filling.Fill(nameof(ApiKey), values.ApiKey, value => ApiKey = value, () => ApiKey = null);
            filling.Fill(nameof(ApplicationId), values.ApplicationId, value => ApplicationId = value, () => ApplicationId = null);
            filling.Fill(nameof(Scalable), values.SharedSubscription, value => Scalable = value, () => Scalable = false);
            if (values.SharedSubscription is not { Value: false, Origin.Kind: ConfigurationSource.Parameter })
            {
                filling.Fill(nameof(InstanceId), values.InstanceId, value => InstanceId = value, () => InstanceId = null);
            }
        }
        else
        {
            filling.Fill(nameof(DeviceType), values.DeviceType, value => DeviceType = value, () => DeviceType = null);
            filling.Fill(nameof(DeviceId), values.DeviceId, value => DeviceId = value, () => DeviceId = null);
        }
    }

    private protected override ClientIdentity MakeIdentity()
    {
        if (IsApplication && IsDevice)
        {
            throw Refuse(ErrorIds.TwoRoles, "Both a device and an application were given.", "Use -DeviceType and -DeviceId, or -ApiKey and -ApplicationId.");
        }

        if (IsApplication)
        {
            return MakeApplication(FindOrganization(ApiKeyOr(Credential?.UserName)), GivenOrNull(ApplicationId), Scalable, GivenOrNull(InstanceId));
        }

        var organization = FindOrganization(apiKey: null);
        var (deviceType, deviceId) = FindDevice(Gateway ? ClientRole.Gateway : ClientRole.Device, GivenOrNull(DeviceType), GivenOrNull(DeviceId));
        return Gateway ? ClientIdentity.ForGateway(organization, deviceType, deviceId) : ClientIdentity.ForDevice(organization, deviceType, deviceId);
    }

    private protected override string MakeUserName(string? credentialUserName) => !IsApplication
        ? UserNames.UseTokenAuth
        : ApiKeyOr(credentialUserName) ?? throw Refuse(
            ErrorIds.ApiKeyNeeded, "The API key was not given.", "Use -ApiKey, or -Credential with the key as user name.");

    private string? ApiKeyOr(string? userName) => GivenOrNull(ApiKey) ?? userName;

    private static string? GivenOrNull(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private protected override IReadOnlyList<SubscriptionRequest> MakeSubscriptions(ClientIdentity identity) => [];

    private protected override string MakeWillTopic(ClientIdentity identity, string eventId, string format) => identity.Role switch
    {
        ClientRole.Device => DeviceTopics.Event(eventId, format),
        ClientRole.Gateway => LongTopics.Event(identity.DeviceType!, identity.DeviceId!, eventId, format),
        _ => throw Refuse(ErrorIds.DeviceNeeded, "The last will of an application names a device, which is not tested.", "Omit -WillEvent."),
    };

    /// <summary>Where the login is not tried, no token is needed.</summary>
    private protected override bool NeedsToken(ClientIdentity identity) => WhyNoLogin(identity) is null;

    private protected override void Process()
    {
        var begin = Stopwatch.GetTimestamp();
        var works = true;
        SessionOptions? options = null;
        try
        {
            var configuration = Configure(ref options);
            works = Tell(configuration with { Took = Stopwatch.GetElapsedTime(begin) }, options);
            if (options is null)
            {
                foreach (var skipped in Diagnosis.SkippedAfter(StepNames.Configuration))
                {
                    Tell(skipped, options);
                }
            }
            else
            {
                works &= Diagnose(options);
            }
        }
        finally
        {
            options?.Credential?.Dispose();
        }

        if (Quiet)
        {
            WriteObject(works);
        }
    }

    private StepReport Configure(ref SessionOptions? options)
    {
        try
        {
            options = Prepare();
            var detail = $"{options.Identity.ClientId} to {options.Endpoint} with {(options.Endpoint.Secure ? $"TLS {TlsVersion}" : "no encryption")}, MQTT {ProtocolVersion}.";
            return CertificateNotice is { } notice
                ? new StepReport(StepNames.Configuration, StepResult.Warning, default, detail, notice)
                : new StepReport(StepNames.Configuration, StepResult.Passed, default, detail);
        }
        catch (RuleException exception)
        {
            var problem = exception.Message.Replace(exception.Advice, "", StringComparison.Ordinal).TrimEnd();
            return new StepReport(StepNames.Configuration, StepResult.Failed, default, problem, exception.Advice, exception.RuleId);
        }
        catch (ConfigurationException exception)
        {
            return new StepReport(StepNames.Configuration, StepResult.Failed, default, exception.Message, exception.Advice, exception.ErrorId);
        }
        catch (IoTFException exception)
        {
            return new StepReport(StepNames.Configuration, StepResult.Failed, default, exception.Message, exception.NextStep, exception.ErrorId);
        }
    }

    private bool Diagnose(SessionOptions options)
    {
        var works = true;
        var reports = new Diagnosis(options, WhyNoLogin(options.Identity), EventId).RunAsync(StopToken).GetAsyncEnumerator(StopToken);
        try
        {
            while (Await(reports.MoveNextAsync().AsTask()))
            {
                works &= Tell(reports.Current, options);
            }
        }
        finally
        {
            Await(reports.DisposeAsync().AsTask());
        }

        return works;
    }

    /// <returns>Whether the step did not fail.</returns>
    private bool Tell(StepReport report, SessionOptions? options)
    {
        if (!Quiet)
        {
            WriteObject(new IoTFConnectionStep(report, options?.Identity.ClientId, options?.Endpoint.HostName, options?.Endpoint.Port));
        }

        return report.Result != StepResult.Failed;
    }

    // Whatever the endpoint is called: the same service may be known by several names.
    private string? WhyNoLogin(ClientIdentity identity) =>
        !Force && SessionPool.Current.All.FirstOrDefault(session => session.IsUsable && session.Session.Options.Identity == identity) is { } open
            ? $"Session '{open.Name}' of this identity is open, and the login would disconnect it; -Force tests it anyway."
            : null;
}
