using System.Management.Automation;
using IoTF.Client.Receiving;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Sessions;
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

    /// <summary>The application id; unless given, that of the client certificate or a new random one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("AppId")]
    [ValidateNotNullOrEmpty]
    public string? ApplicationId { get; set; }

    /// <summary>Does not subscribe to events at connect: for applications that only send. <c>Receive-IoTFEvent</c> subscribes when it is called.</summary>
    [Parameter]
    public SwitchParameter SendOnly { get; set; }

    private protected override ClientIdentity MakeIdentity() =>
        ClientIdentity.ForApplication(FindOrganization(ApiKey ?? Credential?.UserName), FindApplication(ApplicationId));

    private protected override string MakeUserName(string? credentialUserName) =>
        ApiKey ?? credentialUserName ?? throw Refuse(
            ErrorIds.ApiKeyNeeded, "The API key was not given.", "Give it with -ApiKey, or as the user name of -Credential.");

    private protected override IReadOnlyList<SubscriptionRequest> MakeSubscriptions(ClientIdentity identity) => SendOnly || identity.IsQuickstart
        ? []
        : [new SubscriptionRequest(LongTopics.EventFilter(deviceType: null, deviceId: null, eventId: null, format: null), MessageKind.Event)];
}
