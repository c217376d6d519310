using System.Management.Automation;
using IoTF.Client.Configuration;
using IoTF.Client.Receiving;
using IoTF.PowerShell.Configuration;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Credentials;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Commands;

/// <summary>Opens the session of an application and puts it in this runspace's pool.</summary>
/// <remarks>
/// The events of all devices are subscribed at connect, so that those sent before the first <c>Receive-IoTFEvent</c> are not missed.
/// What nobody receives does not pile up: the service stops when messages are not acknowledged, and of QoS 0 the oldest are dropped.
/// </remarks>
[Cmdlet(VerbsCommunications.Connect, "IoTFApplication")]
[OutputType(typeof(IoTFSession))]
public sealed class ConnectIoTFApplicationCommand : ConnectIoTFCommandBase
{
    /// <summary>The API key; the user name of <c>-Credential</c> unless given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? ApiKey { get; set; }

    /// <summary>The application id; a new random one unless given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("AppId")]
    [ValidateNotNullOrEmpty]
    public string? ApplicationId { get; set; }

    /// <summary>Does not subscribe to events at connect: for applications that only send. <c>Receive-IoTFEvent</c> subscribes when it is called.</summary>
    [Parameter]
    public SwitchParameter SendOnly { get; set; }

    private protected override ClientRole Role => ClientRole.Application;

    private protected override bool IsIdentityGiven =>
        (Organization ?? OrganizationOfKey()) is { } organization && (Key is not null || Certificate is not null || organization == IdentityRules.QuickstartOrganization);

    private string? Key => ApiKey ?? Credential?.UserName;

    private bool ConfiguredAsScalable { get; set; }

    private string? ConfiguredInstanceId { get; set; }

    private protected override ConfigurationValues Given() => base.Given() with
    {
        Organization = Given(nameof(Organization), Organization ?? OrganizationOfKey()),
        ApiKey = Given(nameof(ApiKey), Key),
        ApplicationId = Given(nameof(ApplicationId), ApplicationId),
    };

    private protected override void Fill(ParameterFilling filling, ConfigurationValues values)
    {
        base.Fill(filling, values);
        filling.Fill(nameof(ApiKey), values.ApiKey, value => ApiKey = value, () => ApiKey = null);
        filling.Fill(nameof(ApplicationId), values.ApplicationId, value => ApplicationId = value, () => ApplicationId = null);
        filling.Fill("InstanceId", values.InstanceId, value => ConfiguredInstanceId = value, () => ConfiguredInstanceId = null);
        filling.Fill("Scalable", values.SharedSubscription, value => ConfiguredAsScalable = value, () => ConfiguredAsScalable = false);
    }

    private protected override ClientIdentity MakeIdentity()
    {
        var (organization, application) = (FindOrganization(), ApplicationId ?? Guid.NewGuid().ToString());
        return ConfiguredAsScalable || ConfiguredInstanceId is not null
            ? ClientIdentity.ForScalableApplication(organization, application, ConfiguredInstanceId)
            : ClientIdentity.ForApplication(organization, application);
    }

    private protected override string MakeUserName(string? credentialUserName) =>
        ApiKey ?? credentialUserName ?? throw Refuse(
            ErrorIds.ApiKeyNeeded,
            "The API key was not given.",
            Ways("-ApiKey, or as the user name of -Credential", "auth.key", "WIOTP_AUTH_KEY"));

    private protected override IReadOnlyList<SubscriptionRequest> MakeSubscriptions(ClientIdentity identity) => SendOnly || identity.IsQuickstart
        ? []
        : [new SubscriptionRequest(LongTopics.EventFilter(deviceType: null, deviceId: null, eventId: null, format: null), MessageKind.Event)];

    private string FindOrganization() => Organization ?? OrganizationOfKey() ?? throw Refuse(
        ErrorIds.OrganizationNeeded,
        Key is null ? "The organisation was not given." : "The organisation was not given, and it cannot be told from the API key with certainty.",
        Ways("-Organization", "identity.orgId", "WIOTP_IDENTITY_ORGID"));

    private string? OrganizationOfKey() => Protocol.Credentials.ApiKey.TryGetOrganization(Key, out var organization) ? organization : null;
}
