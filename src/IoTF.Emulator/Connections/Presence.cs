using System.Net;
using System.Net.Sockets;
using IoTF.Emulator.Admission;
using IoTF.Emulator.Refusals;
using IoTF.Emulator.Registry;
using IoTF.Emulator.Reports;
using IoTF.Emulator.Sessions;
using IoTF.Emulator.Wills;
using IoTF.Mqtt;
using IoTF.Protocol.Identities;

namespace IoTF.Emulator.Connections;

/// <summary>What others are told about the client of one connection: that it came, is there, was refused, or went, and its last will.</summary>
internal sealed class Presence
{
    private readonly EmulatorService _service;
    private readonly string _clientAddress;
    private readonly int _port;
    private readonly Doorway _doorway;
    private readonly DateTimeOffset _acceptedAt;
    private DateTimeOffset _connectedAt;

    public Presence(EmulatorService service, Socket socket, Doorway doorway)
    {
        _service = service;
        _clientAddress = (socket.RemoteEndPoint as IPEndPoint)?.Address.ToString() ?? "";
        _port = (socket.LocalEndPoint as IPEndPoint)?.Port ?? 0;
        _doorway = doorway;
        _acceptedAt = service.Options.Clock.GetUtcNow();
    }

    /// <summary>The client was let in.</summary>
    public void Arrived(AdmittedClient admitted, MqttVersion version, bool sessionPresent)
    {
        var client = admitted.Principal;
        if (admitted.Will is { } will)
        {
            LastWills.Keep(client, will);
        }

        _connectedAt = _service.Options.Clock.GetUtcNow();
        client.Organization.CountConnection(+1);
        _service.Wills.OnConnected(client.Identity.ClientId, sessionPresent);
        _service.Statuses.Connected(client.Organization, StatusOf(client.Identity, version, client.ApiKey));
    }

    /// <summary>The client was not let in. Nobody is told where the organization is not known (protocol.md §3.3).</summary>
    public void Refused(ConnectRefused refused, MqttVersion version)
    {
        if (refused is { Identity: { } identity, Organization: { } organization })
        {
            _service.Statuses.Refused(organization, StatusOf(identity, version, apiKey: null), refused.Reason);
        }
    }

    /// <summary>The client has gone: its last will comes first, if that stands, then its status.</summary>
    public void Left(AdmittedClient client, MqttVersion version, CloseReason reason, ConnectionCounts counts, TimeSpan sessionExpiry)
    {
        client.Organization.CountConnection(-1);
        if (client.Will is not null && reason != CloseReason.Normal)
        {
            _service.Wills.OnLost(client.Principal, client.Will, sessionExpiry);
        }
        else if (client.Will is not null)
        {
            LastWills.Release(client.Principal, client.Will);
        }

        _service.Statuses.Disconnected(client.Organization, StatusOf(client.Identity, version, client.Principal.ApiKey), reason, counts);
    }

    /// <summary>What a user of the local service sees of the connection.</summary>
    public EmulatorConnection Snapshot(Session session)
    {
        var link = _doorway.Link!;
        var counts = session.Outbox.Counts;
        return new EmulatorConnection
        {
            ClientId = session.Identity.ClientId,
            Role = session.Identity.Role,
            RemoteAddress = _doorway.RemoteAddress,
            Secure = _doorway.Secure,
            WebSocket = _doorway.IsWebSocket,
            Version = link.Version!.Value,
            ConnectedAt = _connectedAt,
            BytesReceived = link.BytesReceived,
            BytesSent = link.BytesSent,
            Subscriptions = session.SubscriptionCount,
            InFlight = counts.InFlight,
            Queued = counts.Queued,
            Dropped = counts.Dropped,
        };
    }

    // The one place that tells how MQTT is carried: over TCP or a WebSocket, with TLS or without.
    private ClientStatus StatusOf(ClientIdentity identity, MqttVersion version, string? apiKey) =>
        new(identity, _clientAddress, _port, _doorway.Secure, _doorway.IsWebSocket, version, apiKey, _acceptedAt);
}
