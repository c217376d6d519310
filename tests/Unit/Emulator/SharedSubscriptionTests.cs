using System.Buffers;
using System.Globalization;
using System.Text;
using IoTF.Mqtt;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>The members of a scalable application share what they are subscribed to (protocol.md §2.5).</summary>
public sealed class SharedSubscriptionTests : EmulatorTest
{
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Three_members_with_the_same_ClientId_get_each_event_once_and_equal_shares(MqttVersion version)
    {
        const int Count = 300;
        var members = new[] { await MemberAsync(version), await MemberAsync(version), await MemberAsync(version) };
        foreach (var member in members)
        {
            await member.SubscribeAsync((AllEvents, 1));
        }

        Assert.Equal(3, Emulator.Connections.Count(connection => connection.ClientId == "A:abc123:worker"));
        var shared = Assert.Single(Emulator.SharedSubscriptions);
        Assert.Equal("$SharedSubscription/abc123:worker:iot-2:type:+:id:+:evt:+:fmt:+/iot-2/abc123/type/+/id/+/evt/+/fmt/+", shared.Name);

        var device = await DeviceAsync(version);
        for (var i = 0; i < Count; i++)
        {
            await device.PublishAsync(Event, $"{i}", qos: 1);
        }

        var received = new List<int>();
        foreach (var member in members)
        {
            var share = await TakeAllAsync(member);
            Assert.InRange(share.Count, Count / 3 * 0.8, Count / 3 * 1.2);
            received.AddRange(share);
        }

        Assert.Equal(Enumerable.Range(0, Count), received.Order());
    }

    [Fact]
    public async Task Members_with_and_without_an_instance_id_are_on_different_subscriptions()
    {
        var plain = await MemberAsync(MqttVersion.V311);
        var named = await MemberAsync(MqttVersion.V311, "i1");
        await plain.SubscribeAsync((AllEvents, 1));
        await named.SubscribeAsync((AllEvents, 1));
        Assert.Equal(2, Emulator.SharedSubscriptions.Count);

        var device = await DeviceAsync(MqttVersion.V311);
        await device.PublishAsync(Event, "both", qos: 1);
        await plain.ReceiveAsync(LongEvent, "both");
        await named.ReceiveAsync(LongEvent, "both");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_a_member_leaves_or_unsubscribes_the_other_takes_over(bool leaves)
    {
        var one = await MemberAsync(MqttVersion.V311, "i1");
        var two = await MemberAsync(MqttVersion.V311, "i2");
        await one.SubscribeAsync((AllEvents, 1));
        await two.SubscribeAsync((AllEvents, 1));
        if (leaves)
        {
            one.Link.Send(new MqttDisconnectPacket());
            await one.ExpectCloseAsync();
        }
        else
        {
            one.Link.Send(new MqttUnsubscribePacket { PacketIdentifier = 77, TopicFilters = [AllEvents] });
            await one.ExpectAsync<MqttUnsubAckPacket>();
        }

        var device = await DeviceAsync(MqttVersion.V311);
        for (var i = 0; i < 10; i++)
        {
            await device.PublishAsync(Event, $"{i}", qos: 1);
        }

        Assert.Equal(Enumerable.Range(0, 10), await TakeAllAsync(two));
        if (!leaves)
        {
            await one.ExpectNothingAsync();
        }
    }

    [Fact]
    public async Task What_a_member_that_dies_did_not_acknowledge_goes_to_another_in_order()
    {
        var dying = await MemberAsync(MqttVersion.V311);
        await dying.SubscribeAsync((AllEvents, 1));
        var device = await DeviceAsync(MqttVersion.V311);
        for (var i = 0; i < 20; i++)
        {
            await device.PublishAsync(Event, $"{i}", qos: 1);
        }

        for (var i = 0; i < 20; i++)
        {
            await dying.ExpectPublishAsync(LongEvent, $"{i}");
        }

        var other = await MemberAsync(MqttVersion.V311);
        await other.SubscribeAsync((AllEvents, 1));
        await dying.DisposeAsync();
        for (var i = 0; i < 20; i++)
        {
            await other.ReceiveAsync(LongEvent, $"{i}");
        }
    }

    [Fact]
    public async Task What_comes_while_no_member_is_connected_waits_for_the_first_that_comes_back()
    {
        var member = await MemberAsync(MqttVersion.V311, "i1", clean: false);
        await member.SubscribeAsync((AllEvents, 1));
        member.Link.Send(new MqttDisconnectPacket());
        await member.ExpectCloseAsync();

        var device = await DeviceAsync(MqttVersion.V311);
        await device.PublishAsync(Event, "kept", qos: 1);
        await device.PublishAsync(Event, "not kept", qos: 0);
        Assert.Equal(1, Assert.Single(Emulator.SharedSubscriptions).Queued);

        var back = await MemberAsync(MqttVersion.V311, "i1", clean: false);
        await back.ReceiveAsync(LongEvent, "kept");
        await back.ExpectNothingAsync();
        Assert.Equal(0, Assert.Single(Emulator.SharedSubscriptions).Queued);
    }

    [Fact]
    public async Task A_member_without_room_is_passed_over()
    {
        var full = RawClient.ConnectPacket("A:abc123:worker:full", Application.UserName, Application.Token);
        full.ReceiveMaximum = 1;
        var one = await KeepAsync(RawClient.ConnectAsync(Emulator, MqttVersion.V5, full));
        var two = await MemberAsync(MqttVersion.V5, "free");
        await one.SubscribeAsync((AllEvents, 1));
        await two.SubscribeAsync((AllEvents, 1));
        var device = await DeviceAsync(MqttVersion.V5);
        for (var i = 0; i < 10; i++)
        {
            await device.PublishAsync(Event, $"{i}", qos: 1);
        }

        var first = await one.ExpectPublishAsync(LongEvent);
        await one.ExpectNothingAsync();
        Assert.Equal(9, (await TakeAllAsync(two)).Count);

        one.Link.PubAck(first.PacketIdentifier, reasonCode: 0);
        await one.ExpectNothingAsync();
        await device.PublishAsync(Event, "10", qos: 1);
        await device.PublishAsync(Event, "11", qos: 1);
        await one.ExpectPublishAsync(LongEvent);
    }

    [Fact]
    public async Task A_member_with_a_lower_QoS_gets_its_messages_with_that_one()
    {
        var member = await MemberAsync(MqttVersion.V311);
        await member.SubscribeAsync((AllEvents, 0));
        var device = await DeviceAsync(MqttVersion.V311);
        await device.PublishAsync(Event, "low", qos: 2);
        Assert.Equal(MqttQualityOfServiceLevel.AtMostOnce, (await member.ExpectPublishAsync(LongEvent, "low")).QualityOfServiceLevel);
    }

    private Task<RawClient> MemberAsync(MqttVersion version, string? instance = null, bool clean = true) => KeepAsync(RawClient.ConnectAsync(
        Emulator,
        version,
        RawClient.ConnectPacket(
            instance is null ? "A:abc123:worker" : $"A:abc123:worker:{instance}", Application.UserName, Application.Token, clean, expiry: clean ? 0u : 3_600u)));

    /// <summary>Takes and acknowledges what has been sent to a member.</summary>
    private static async Task<List<int>> TakeAllAsync(RawClient member)
    {
        using var bound = new CancellationTokenSource(RawClient.Bound);
        var numbers = new List<int>();
        member.Link.Send(MqttPingReqPacket.Instance);
        while (await member.Link.ReadAsync(bound.Token) is MqttPublishPacket publish)
        {
            numbers.Add(int.Parse(Encoding.UTF8.GetString(publish.Payload), CultureInfo.InvariantCulture));
            member.Link.PubAck(publish.PacketIdentifier, reasonCode: 0);
        }

        return numbers;
    }
}
