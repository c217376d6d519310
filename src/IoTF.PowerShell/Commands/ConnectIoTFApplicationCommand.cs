using System.Management.Automation;
using IoTF.Client.Configuration;
using IoTF.Client.Receiving;
using IoTF.PowerShell.Configuration;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Commands;

/// <summary>Opens the session of an application and puts it in this runspace's pool.</summary>
/// <remarks>
/// The events of all devices are subscribed at connect, so that those sent before the first <c>Receive-IoTFEvent</c> are not missed.
/// What nobody receives does not pile up: the service stops when messages are not acknowledged, and of QoS 0 the oldest are dropped.
/// A member of a scalable application subscribes nothing at connect: what it subscribes is its share of the work, which nobody else gets, so
/// the first <c>Receive-</c> decides. On quickstart a subscription has to name the device, and is left to the first <c>Receive-</c>, too.
/// </remarks>
[Cmdlet(VerbsCommunications.Connect, "IoTFApplication")]
[OutputType(typeof(IoTFSession))]
public sealed class ConnectIoTFApplicationCommand : OpenIoTFSessionCommandBase
{
    /// <summary>The API key. Default: the user name of <c>-Credential</c>, or of a piped credential.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("UserName")]
    [ValidateNotNullOrEmpty]
    public string? ApiKey { get; set; }

    /// <summary>
    /// The application id; by default that of the client certificate or a new random one. The members of a scalable application have the same.
    /// <c>-Persistent</c> needs one, so that the session is found again.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("AppId")]
    [ValidateNotNullOrEmpty]
    public string? ApplicationId { get; set; }

    /// <summary>
    /// Connects a member of a scalable application: its members share each subscription, so that every message goes to one of them
    /// (protocol.md §2.5). Members in one runspace are told apart by <c>-Name</c>.
    /// </summary>
    [Parameter]
    public SwitchParameter Scalable { get; set; }

    /// <summary>
    /// What tells a member of a scalable application from the others; implies <c>-Scalable</c>. Only a member that has one can be persistent, and
    /// members with and without one share different subscriptions.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? InstanceId { get; set; }

    /// <summary>Does not subscribe to events at connect: for applications that only send. <c>Receive-IoTFEvent</c> subscribes when it is called.</summary>
    [Parameter]
    public SwitchParameter SendOnly { get; set; }

    /// <summary>The type of the device in whose name the last will is sent.</summary>
    [Parameter]
    public string? WillDeviceType { get; set; }

    /// <summary>The id of the device in whose name the last will is sent.</summary>
    [Parameter]
    public string? WillDeviceId { get; set; }

    private protected override ClientRole Role => ClientRole.Application;

    private protected override bool IsIdentityGiven =>
        (Organization ?? OrganizationOfKey()) is { } organization && (Key is not null || Certificate is not null || organization == IdentityRules.QuickstartOrganization);

    private protected override bool HasApiKey => ApiKey is not null;

    private string? Key => ApiKey ?? Credential?.UserName;

    private protected override ConfigurationValues Given() => base.Given() with
    {
        Organization = Given(nameof(Organization), Organization ?? OrganizationOfKey()),
        ApiKey = Given(nameof(ApiKey), Key),
        ApplicationId = Given(nameof(ApplicationId), ApplicationId),
        InstanceId = Given(nameof(InstanceId), InstanceId),
        SharedSubscription = GivenIfBound<bool>(nameof(Scalable), Scalable),
    };

    private protected override void Fill(ParameterFilling filling, ConfigurationValues values)
    {
        base.Fill(filling, values);
        filling.Fill(nameof(ApiKey), values.ApiKey, value => ApiKey = value, () => ApiKey = null);
        filling.Fill(nameof(ApplicationId), values.ApplicationId, value => ApplicationId = value, () => ApplicationId = null);
        filling.Fill(nameof(Scalable), values.SharedSubscription, value => Scalable = value, () => Scalable = false);
        if (values.SharedSubscription is not { Value: false, Origin.Kind: ConfigurationSource.Parameter })
        {
            filling.Fill(nameof(InstanceId), values.InstanceId, value => InstanceId = value, () => InstanceId = null);
        }
    }

    private protected override ClientIdentity MakeIdentity() => MakeApplication(FindOrganization(Key), ApplicationId, Scalable, InstanceId);

    private protected override string MakeUserName(string? credentialUserName) =>
        ApiKey ?? credentialUserName ?? throw Refuse(
            ErrorIds.ApiKeyNeeded,
            "The API key was not given.",
            Ways("-ApiKey, or as the user name of -Credential", "auth.key", "WIOTP_AUTH_KEY"));

    private protected override IReadOnlyList<SubscriptionRequest> MakeSubscriptions(ClientIdentity identity) =>
        SendOnly || identity.IsQuickstart || identity.Role == ClientRole.ScalableApplication
            ? []
            : [new SubscriptionRequest(LongTopics.EventFilter(deviceType: null, deviceId: null, eventId: null, format: null), MessageKind.Event)];

    private protected override string MakeWillTopic(ClientIdentity identity, string eventId, string format) =>
        WillDeviceType is { } type && WillDeviceId is { } id
            ? LongTopics.Event(type, id, eventId, format)
            : throw Refuse(
                ErrorIds.DeviceNeeded,
                "The last will of an application is an event of a device.",
                "Name the device with -WillDeviceType and -WillDeviceId.");

    private string? OrganizationOfKey() => Protocol.Credentials.ApiKey.TryGetOrganization(Key, out var organization) ? organization : null;
}
