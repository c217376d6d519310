using System.Management.Automation;
using IoTF.Client.Receiving;
using IoTF.PowerShell.Messages;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Reports;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Commands;

/// <summary>
/// Receives the connection status of devices and gateways, or of applications: who connected, who disconnected and why, who was refused.
/// The first call subscribes, and the service begins with what it knows of the state of each (<c>Retained</c>); later calls go on from there.
/// </summary>
[Cmdlet(VerbsCommunications.Receive, "IoTFStatus", DefaultParameterSetName = DeviceSet)]
[OutputType(typeof(IoTFStatus))]
public sealed class ReceiveIoTFStatusCommand : ReceiveIoTFCommandBase
{
    private const string DeviceSet = "Device";
    private const string ApplicationSet = "Application";

    /// <summary>Only devices and gateways of this type.</summary>
    [Parameter(ParameterSetName = DeviceSet)]
    [Alias("TypeId")]
    public string? DeviceType { get; set; }

    /// <summary>Only devices and gateways with this id.</summary>
    [Parameter(ParameterSetName = DeviceSet)]
    public string? DeviceId { get; set; }

    /// <summary>Applications, in place of devices and gateways.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ApplicationSet)]
    public SwitchParameter Application { get; set; }

    /// <summary>Only the application with this id.</summary>
    [Parameter(ParameterSetName = ApplicationSet)]
    [Alias("AppId")]
    public string? ApplicationId { get; set; }

    private protected override IoTFSession ChooseSession() =>
        SessionChoice.Choose(Session, static one => one.Session.Options.Identity.IsApplication, "receive status", "an application");

    private protected override SubscriptionRequest MakeRequest(ClientIdentity receiver) => Application
        ? new SubscriptionRequest(LongTopics.ApplicationStatusFilter(ApplicationId), MessageKind.ApplicationStatus)
        : new SubscriptionRequest(LongTopics.StatusFilter(DeviceType, DeviceId), MessageKind.DeviceStatus);

    private protected override object? MakeObject(ClientIdentity receiver, ReceivedMessage message)
    {
        // An empty one only clears what the service had kept (protocol.md §5).
        if (message.Payload.Length == 0)
        {
            return null;
        }

        var topic = ParseTopic(message.Topic);
        return new IoTFStatus(
            receiver.Organization,
            topic.DeviceType,
            topic.DeviceId,
            topic.ApplicationId,
            StatusReport.Read(message.Payload),
            message.Payload,
            message.Retain,
            message.ReceivedAt.UtcDateTime,
            message.Topic);
    }
}
