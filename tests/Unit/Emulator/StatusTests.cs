using System.Text;
using System.Text.Json;
using IoTF.Emulator;
using IoTF.Mqtt;
using IoTF.Tests.Unit.Vectors;
using Microsoft.Extensions.Time.Testing;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>Status messages (protocol.md §5): their fields in order, and which of them are retained.</summary>
public sealed class StatusTests : EmulatorTest
{
    private const string DeviceStatus = "iot-2/type/pump/id/p-001/mon";
    private const string ApplicationStatus = "iot-2/app/dash/mon";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2019, 2, 14, 10, 11, 12, 345, TimeSpan.Zero));

    protected override EmulatorOptions Options => base.Options with { Clock = _clock };

    [Theory]
    [InlineData(MqttVersion.V31, false, "mqtt3")]
    [InlineData(MqttVersion.V311, false, "mqtt4")]
    [InlineData(MqttVersion.V311, true, "mqtt4")]
    [InlineData(MqttVersion.V5, false, "mqtt5")]
    [Vector("M3", "M10")]
    public async Task A_connect_is_told_and_retained(MqttVersion version, bool plain, string protocol)
    {
        var watcher = await WatcherAsync();
        await DeviceAsync(version, plain);
        var port = plain ? Emulator.PlainPort : Emulator.Port;
        var expected =
            $$"""{"Action":"Connect","Time":"2019-02-14T10:11:12.345Z","ClientAddr":"127.0.0.1","ClientID":"d:abc123:pump:p-001","Port":{{port}},"Secure":{{(plain ? "false" : "true")}},"Protocol":"{{protocol}}","ConnectTime":"2019-02-14T10:11:12.345Z"}""";
        var live = await StatusAsync(watcher, DeviceStatus);
        Assert.Equal(expected, live.Text.Replace("\"::1\"", "\"127.0.0.1\"", StringComparison.Ordinal));
        Assert.False(live.Retain);

        var retained = await RetainedAsync(DeviceStatus);
        Assert.Equal(live.Text, retained!.Text);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_goodbye_of_a_device_is_told_with_its_counts_and_retained(MqttVersion version)
    {
        var device = await DeviceAsync(version);
        await device.SubscribeAsync((AllCommands, 0));
        await device.PublishAsync(Event, "{}", qos: 1);
        device.Publish(Event);
        var application = await ApplicationAsync(version, "sender");
        application.Publish(LongCommand);
        await device.ReceiveAsync(Command);
        var watcher = await WatcherAsync();
        await StatusAsync(watcher, DeviceStatus);
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        device.Link.Send(new MqttDisconnectPacket());
        await device.ExpectCloseAsync();

        var live = await StatusAsync(watcher, DeviceStatus);
        Assert.Equal(
            ["Action", "Time", "ClientAddr", "ClientID", "Port", "Secure", "Protocol", "ConnectTime", "Reason", "ReadBytes", "ReadMsg", "WriteBytes", "WriteMsg"],
            live.Document.EnumerateObject().Select(field => field.Name));
        Assert.Equal("Disconnect", live["Action"].GetString());
        Assert.Equal("2019-02-14T10:11:12.845Z", live["Time"].GetString());
        Assert.Equal("2019-02-14T10:11:12.345Z", live["ConnectTime"].GetString());
        Assert.Equal("The connection has completed normally.", live["Reason"].GetString());
        Assert.Equal((2, 1), (live["ReadMsg"].GetInt32(), live["WriteMsg"].GetInt32()));
        Assert.Equal(device.Link.BytesTaken, live["ReadBytes"].GetInt64());
        Assert.Equal(device.Link.BytesReceived, live["WriteBytes"].GetInt64());
        Assert.False(live.Retain);
        Assert.Equal(live.Text, (await RetainedAsync(DeviceStatus))!.Text);
    }

    [Fact]
    public async Task A_gateway_that_breaks_off_is_told_with_the_code_91_and_retained()
    {
        var watcher = await WatcherAsync();
        var gateway = await GatewayAsync(MqttVersion.V311);
        await StatusAsync(watcher, "iot-2/type/gwt/id/gw1/mon");
        await gateway.DisposeAsync();
        var live = await StatusAsync(watcher, "iot-2/type/gwt/id/gw1/mon");
        Assert.Equal(91, live["CloseCode"].GetInt32());
        Assert.Equal(live.Text, (await RetainedAsync("iot-2/type/gwt/id/gw1/mon"))!.Text);
    }

    [Fact]
    public async Task A_close_by_the_service_is_told_with_its_code_after_the_last_will()
    {
        var watcher = await WatcherAsync();
        await watcher.SubscribeAsync((AllEvents, 0));
        var packet = RawClient.ConnectPacket(Device);
        packet.WillFlag = true;
        packet.WillTopic = Event;
        packet.WillMessage = "gone"u8.ToArray();
        var device = await ConnectAsync(MqttVersion.V311, packet);
        await StatusAsync(watcher, DeviceStatus);
        device.Publish("iot-2/bad");
        await watcher.ReceiveAsync(LongEvent, "gone");
        var live = await StatusAsync(watcher, DeviceStatus);
        Assert.Equal((276, "The topic is not valid."), (live["CloseCode"].GetInt32(), live["Reason"].GetString()));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    [Vector("M4", "C22")]
    public async Task A_taken_over_ClientId_is_told_with_288_and_leaves_the_client_connected(MqttVersion version)
    {
        var watcher = await WatcherAsync();
        await DeviceAsync(version);
        await StatusAsync(watcher, DeviceStatus);
        await DeviceAsync(version);

        var loser = await StatusAsync(watcher, DeviceStatus);
        Assert.Equal(("Disconnect", 288), (loser["Action"].GetString(), loser["CloseCode"].GetInt32()));
        Assert.Equal("The client ID was reused.", loser["Reason"].GetString());
        Assert.Equal(["CloseCode", "Reason", "ReadBytes", "ReadMsg", "WriteBytes", "WriteMsg"], loser.Document.EnumerateObject().Select(field => field.Name).TakeLast(6));
        var winner = await StatusAsync(watcher, DeviceStatus);
        Assert.Equal("Connect", winner["Action"].GetString());
        Assert.Equal(winner.Text, (await RetainedAsync(DeviceStatus))!.Text);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    [Vector("M5")]
    public async Task A_refused_connect_is_told_and_not_retained(MqttVersion version)
    {
        var watcher = await WatcherAsync();
        await ExpectRefusedAsync(version, RawClient.ConnectPacket("d:abc123:pump:p-001", Device.UserName, "wrong-token"), code: 5, closeCode: 180);
        var live = await StatusAsync(watcher, DeviceStatus);
        Assert.Equal(
            ["Action", "Time", "ClientAddr", "ClientID", "Port", "Secure", "Protocol", "ConnectTime", "CloseCode", "Reason"],
            live.Document.EnumerateObject().Select(field => field.Name));
        Assert.Equal("FailedConnect", live["Action"].GetString());
        Assert.Equal((180, "The operation is not authorized."), (live["CloseCode"].GetInt32(), live["Reason"].GetString()));
        Assert.Null(await RetainedAsync(DeviceStatus));
    }

    [Fact]
    public async Task A_refused_connect_changes_nothing_of_what_is_retained()
    {
        await DeviceAsync(MqttVersion.V311);
        await ExpectRefusedAsync(MqttVersion.V311, RawClient.ConnectPacket("d:abc123:pump:p-001", Device.UserName, "wrong-token"), code: 5, closeCode: 180);
        Assert.Equal("Connect", (await RetainedAsync(DeviceStatus))!["Action"].GetString());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    [Vector("M6")]
    public async Task An_application_is_told_with_its_API_key_and_forgotten_when_it_goes(MqttVersion version)
    {
        var watcher = await WatcherAsync();
        var application = await ApplicationAsync(version);
        var connect = await StatusAsync(watcher, ApplicationStatus);
        Assert.Equal(
            ["Action", "Time", "ClientAddr", "ClientID", "Port", "Secure", "Protocol", "User", "ConnectTime"],
            connect.Document.EnumerateObject().Select(field => field.Name));
        Assert.Equal(("a:abc123:dash", Application.ApiKey), (connect["ClientID"].GetString(), connect["User"].GetString()));
        Assert.Equal(connect.Text, (await RetainedAsync(ApplicationStatus))!.Text);

        application.Link.Send(new MqttDisconnectPacket());
        await application.ExpectCloseAsync();
        var disconnect = await StatusAsync(watcher, ApplicationStatus);
        Assert.Equal("Disconnect", disconnect["Action"].GetString());
        Assert.Null(await RetainedAsync(ApplicationStatus));
    }

    [Fact]
    public async Task Nothing_is_retained_in_quickstart()
    {
        var watcher = await QuickstartAsync(MqttVersion.V311, "a:quickstart:watcher");
        await watcher.SubscribeAsync(("iot-2/type/+/id/p-001/mon", 0), ("iot-2/app/dash/mon", 0));
        var device = await QuickstartAsync(MqttVersion.V311, "d:quickstart:pump:p-001");
        await StatusAsync(watcher, DeviceStatus);
        await device.DisposeAsync();
        await StatusAsync(watcher, DeviceStatus);
        await QuickstartAsync(MqttVersion.V311, "a:quickstart:dash");
        await StatusAsync(watcher, ApplicationStatus);

        var late = await QuickstartAsync(MqttVersion.V311, "a:quickstart:late");
        await late.SubscribeAsync(("iot-2/type/+/id/p-001/mon", 0), ("iot-2/app/dash/mon", 0));
        await late.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_device_may_watch_its_own_status()
    {
        var device = await DeviceAsync(MqttVersion.V311);
        await device.SubscribeAsync(("iot-2/mon", 0));
        Assert.True((await device.ReceiveAsync("iot-2/mon")).Retain);
    }

    [Fact]
    public async Task Members_of_a_scalable_application_get_no_retained_status()
    {
        await DeviceAsync(MqttVersion.V311);
        var member = await ConnectAsync(MqttVersion.V311, RawClient.ConnectPacket("A:abc123:worker", Application.UserName, Application.Token));
        await member.SubscribeAsync(("iot-2/type/+/id/+/mon", 0));
        await member.ExpectNothingAsync();
    }

    /// <summary>An application that watches all devices, and the application dash.</summary>
    private async Task<RawClient> WatcherAsync()
    {
        var watcher = await ApplicationAsync(MqttVersion.V5, "watcher");
        await watcher.SubscribeAsync(("iot-2/type/+/id/+/mon", 2), (ApplicationStatus, 2));
        return watcher;
    }

    private async Task<Status?> RetainedAsync(string topic)
    {
        var late = await ApplicationAsync(MqttVersion.V311, "late");
        await late.SubscribeAsync((topic, 0));
        late.Link.Send(MqttPingReqPacket.Instance);
        using var bound = new CancellationTokenSource(RawClient.Bound);
        if (await late.Link.ReadAsync(bound.Token) is not MqttPublishPacket publish)
        {
            return null;
        }

        Assert.True(publish.Retain);
        return new Status(publish);
    }

    private static async Task<Status> StatusAsync(RawClient watcher, string topic)
    {
        var publish = await watcher.ReceiveAsync(topic);
        Assert.Equal(MqttQualityOfServiceLevel.AtMostOnce, publish.QualityOfServiceLevel);
        return new Status(publish);
    }

    private sealed class Status(MqttPublishPacket publish)
    {
        public string Text { get; } = Encoding.UTF8.GetString(publish.Payload);

        public bool Retain { get; } = publish.Retain;

        public JsonElement Document => JsonDocument.Parse(Text).RootElement;

        public JsonElement this[string field] => Document.GetProperty(field);
    }
}
