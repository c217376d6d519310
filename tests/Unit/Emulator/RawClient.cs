using System.Text;
using IoTF.Emulator.Registry;
using IoTF.Emulator;
using IoTF.Mqtt;
using IoTF.Mqtt.Links;
using IoTF.Mqtt.Transport;
using IoTF.Protocol.Identities;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>A client that does what the test says, packet by packet, over a real connection.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    /// <summary>How long anything may take before a test fails; a passing test never waits for it.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private ushort _lastId;

    private RawClient(Link link) => Link = link;

    public Link Link { get; }

    public static async Task<RawClient> OpenAsync(LocalEmulator emulator, MqttVersion version, bool plain = false)
    {
        using var bound = new CancellationTokenSource(Bound);
        var target = plain
            ? new DialTarget("127.0.0.1", emulator.PlainPort!.Value, Tls: null)
            : new DialTarget(emulator.HostName, emulator.Port, new TlsDemands { TrustedAuthorities = [emulator.CertificateAuthority] });
        return new RawClient(new Link(await Dialer.DialAsync(target, bound.Token), new LinkOptions { Version = version }));
    }

    /// <summary>Connects and expects to be let in.</summary>
    public static async Task<RawClient> ConnectAsync(
        LocalEmulator emulator, MqttVersion version, MqttConnectPacket connect, bool? sessionPresent = null, bool plain = false)
    {
        var client = await OpenAsync(emulator, version, plain);
        client.Link.Send(connect);
        var connAck = await client.ExpectAsync<MqttConnAckPacket>();
        Assert.Equal(0, CodeOf(connAck, version));
        if (sessionPresent is { } present)
        {
            Assert.Equal(present, connAck.IsSessionPresent);
        }

        return client;
    }

    public static int CodeOf(MqttConnAckPacket connAck, MqttVersion version) =>
        version == MqttVersion.V5 ? (int)connAck.ReasonCode : (int)connAck.ReturnCode;

    public static MqttConnectPacket ConnectPacket(string clientId, string? userName, string? token, bool clean = true, ushort keepAlive = 60, uint expiry = 0) => new()
    {
        ClientId = clientId,
        Username = userName,
        Password = token is null ? null : Encoding.UTF8.GetBytes(token),
        CleanSession = clean,
        KeepAlivePeriod = keepAlive,
        SessionExpiryInterval = expiry,
    };

    public static MqttConnectPacket ConnectPacket(EmulatorCredential credential, string? applicationId = null, bool clean = true, uint expiry = 0) => ConnectPacket(
        credential.ApiKey is null
            ? $"{(credential.Role == ClientRole.Gateway ? 'g' : 'd')}:{credential.Organization}:{credential.DeviceType}:{credential.DeviceId}"
            : $"a:{credential.Organization}:{applicationId}",
        credential.UserName,
        credential.Token,
        clean,
        expiry: expiry);

    public async Task<TPacket> ExpectAsync<TPacket>()
        where TPacket : MqttPacket
    {
        using var bound = new CancellationTokenSource(Bound);
        var packet = await Link.ReadAsync(bound.Token);
        return Assert.IsType<TPacket>(packet);
    }

    /// <summary>Expects that the service closes the connection and sends nothing before.</summary>
    public async Task ExpectCloseAsync()
    {
        using var bound = new CancellationTokenSource(Bound);
        Assert.Null(await Link.ReadAsync(bound.Token));
    }

    /// <summary>Expects a DISCONNECT of MQTT 5, then the close.</summary>
    public async Task ExpectDisconnectAsync(MqttDisconnectReasonCode reasonCode)
    {
        Assert.Equal(reasonCode, (await ExpectAsync<MqttDisconnectPacket>()).ReasonCode);
        await ExpectCloseAsync();
    }

    /// <summary>Expects that the connection is open and nothing else was sent: the answer to a PINGREQ is the next packet.</summary>
    public async Task ExpectNothingAsync()
    {
        Link.Send(MqttPingReqPacket.Instance);
        await ExpectAsync<MqttPingRespPacket>();
    }

    public async Task<MqttPublishPacket> ExpectPublishAsync(string topic, string? payload = null)
    {
        var publish = await ExpectAsync<MqttPublishPacket>();
        Assert.Equal(topic, publish.Topic);
        if (payload is not null)
        {
            Assert.Equal(payload, Encoding.UTF8.GetString(publish.Payload));
        }

        return publish;
    }

    public async Task<MqttSubAckPacket> SubscribeAsync(params (string Filter, int QoS)[] filters)
    {
        var packet = new MqttSubscribePacket { PacketIdentifier = NextId() };
        foreach (var (filter, qos) in filters)
        {
            packet.TopicFilters.Add(new MqttTopicFilter { Topic = filter, QualityOfServiceLevel = (MqttQualityOfServiceLevel)qos });
        }

        Link.Send(packet);
        var subAck = await ExpectAsync<MqttSubAckPacket>();
        Assert.Equal(packet.PacketIdentifier, subAck.PacketIdentifier);
        return subAck;
    }

    /// <summary>Subscribes and sends no more than that.</summary>
    public void Subscribe(string filter) => Link.Send(new MqttSubscribePacket
    {
        PacketIdentifier = NextId(),
        TopicFilters = [new MqttTopicFilter { Topic = filter }],
    });

    /// <summary>Sends a PUBLISH.</summary>
    /// <returns>Its packet id.</returns>
    public ushort Publish(string topic, string payload = "{}", int qos = 0, bool retain = false) =>
        Publish(topic, Encoding.UTF8.GetBytes(payload), qos, retain);

    public ushort Publish(string topic, byte[] payload, int qos, bool retain = false)
    {
        var id = qos == 0 ? (ushort)0 : NextId();
        Link.Publish(topic, payload, (QualityOfService)qos, id, retain, duplicate: false);
        return id;
    }

    /// <summary>Publishes and completes the handshake of the QoS.</summary>
    public async Task PublishAsync(string topic, string payload, int qos)
    {
        var id = Publish(topic, payload, qos);
        switch (qos)
        {
            case 1:
                Assert.Equal(id, (await ExpectAsync<MqttPubAckPacket>()).PacketIdentifier);
                break;
            case 2:
                Assert.Equal(id, (await ExpectAsync<MqttPubRecPacket>()).PacketIdentifier);
                Link.PubRel(id, reasonCode: 0);
                Assert.Equal(id, (await ExpectAsync<MqttPubCompPacket>()).PacketIdentifier);
                break;
        }
    }

    /// <summary>Receives a message and completes the handshake of its QoS.</summary>
    public async Task<MqttPublishPacket> ReceiveAsync(string topic, string? payload = null)
    {
        var publish = await ExpectPublishAsync(topic, payload);
        switch (publish.QualityOfServiceLevel)
        {
            case MqttQualityOfServiceLevel.AtLeastOnce:
                Link.PubAck(publish.PacketIdentifier, reasonCode: 0);
                break;
            case MqttQualityOfServiceLevel.ExactlyOnce:
                Link.PubRec(publish.PacketIdentifier, reasonCode: 0);
                Assert.Equal(publish.PacketIdentifier, (await ExpectAsync<MqttPubRelPacket>()).PacketIdentifier);
                Link.PubComp(publish.PacketIdentifier, reasonCode: 0);
                break;
        }

        return publish;
    }

    public ushort NextId() => ++_lastId;

    public ValueTask DisposeAsync() => Link.DisposeAsync();
}
