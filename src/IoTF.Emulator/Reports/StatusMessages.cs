using System.Text.Json;
using IoTF.Emulator.Refusals;
using IoTF.Emulator.Registry;
using IoTF.Emulator.Routing;
using IoTF.Protocol.Connecting;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;

namespace IoTF.Emulator.Reports;

/// <summary>The status messages of devices, gateways and applications: what they say, and which of them are retained (protocol.md §5).</summary>
internal sealed class StatusMessages(TimeProvider clock)
{
    /// <summary>A client was let in. Retained, except in quickstart.</summary>
    public void Connected(Organization organization, ClientStatus client) =>
        ServiceMessages.Publish(organization, TopicOf(client.Identity), Write("Connect", client), retain: !client.Identity.IsQuickstart);

    /// <summary>A client was not let in. Never retained.</summary>
    public void Refused(Organization organization, ClientStatus client, CloseReason reason) =>
        ServiceMessages.Publish(organization, TopicOf(client.Identity), Write("FailedConnect", client, reason), retain: false);

    /// <summary>
    /// A connection has ended. Retained for devices and gateways. That of an application is not, and clears what was retained for it; that of a
    /// client whose ClientId another connection has taken over is not, because the client is not offline.
    /// </summary>
    public void Disconnected(Organization organization, ClientStatus client, CloseReason reason, ConnectionCounts counts)
    {
        var topic = TopicOf(client.Identity);
        var retain = client.Identity is { IsDeviceOrGateway: true, IsQuickstart: false } && reason.Code != CloseCode.ClientIdReused;
        if (client.Identity.IsApplication && reason.Code != CloseCode.ClientIdReused)
        {
            ServiceMessages.Clear(organization, topic);
        }

        ServiceMessages.Publish(organization, topic, Write("Disconnect", client, reason, counts), retain);
    }

    private static string TopicOf(ClientIdentity identity) => identity.IsDeviceOrGateway
        ? LongTopics.StatusFilter(identity.DeviceType, identity.DeviceId)
        : LongTopics.ApplicationStatusFilter(identity.ApplicationId);

    // The order of the fields is the service's own (protocol.md §5.1).
    private byte[] Write(string action, ClientStatus client, CloseReason? reason = null, ConnectionCounts? counts = null) => JsonDocuments.Write(json =>
    {
        json.WriteString("Action", action);
        json.WriteString("Time", JsonDocuments.TimeOf(clock.GetUtcNow()));
        json.WriteString("ClientAddr", client.ClientAddress);
        json.WriteString("ClientID", client.Identity.ClientId);
        json.WriteNumber("Port", client.Port);
        json.WriteBoolean("Secure", client.Secure);
        json.WriteString("Protocol", client.Protocol);
        if (client.User is not null)
        {
            json.WriteString("User", client.User);
        }

        json.WriteString("ConnectTime", JsonDocuments.TimeOf(client.ConnectTime));
        if (reason is not null)
        {
            WriteReason(json, reason);
        }

        if (counts is { } all)
        {
            json.WriteNumber("ReadBytes", all.ReadBytes);
            json.WriteNumber("ReadMsg", all.ReadMessages);
            json.WriteNumber("WriteBytes", all.WriteBytes);
            json.WriteNumber("WriteMsg", all.WriteMessages);
        }
    });

    private static void WriteReason(Utf8JsonWriter json, CloseReason reason)
    {
        // An absent code means a normal end.
        if (reason.Code != CloseCode.Normal)
        {
            json.WriteNumber("CloseCode", reason.Code);
        }

        json.WriteString("Reason", reason.Words);
    }
}
