using System.Buffers.Binary;
using System.Buffers;
using IoTF.Emulator;
using IoTF.Mqtt;
using Microsoft.Extensions.Time.Testing;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>A flooded queue slows the publisher down before it drops, and nobody waits forever.</summary>
public sealed class FloodTests : EmulatorTest
{
    private const int QueueLength = 20;
    private const int Window = 10;

    private readonly FakeTimeProvider _clock = new();

    protected override EmulatorOptions Options => base.Options with { QueueLength = QueueLength, Clock = _clock };

    [Fact]
    public async Task The_acknowledgement_is_withheld_until_the_receiver_has_caught_up()
    {
        var (device, application) = await FloodedAsync();

        for (var i = 0; i < Window; i++)
        {
            await AcknowledgeAsync(device, i);
        }

        await application.ExpectAsync<MqttPubAckPacket>();
        Assert.Equal(0, Assert.Single(Emulator.Connections, connection => connection.Subscriptions > 0).Dropped);
    }

    [Fact]
    public async Task A_receiver_that_takes_nothing_is_not_waited_for_and_the_oldest_is_dropped()
    {
        var (device, application) = await FloodedAsync();

        _clock.Advance(TimeSpan.FromSeconds(4));
        await application.ExpectNothingAsync();
        _clock.Advance(TimeSpan.FromSeconds(6));
        await application.ExpectAsync<MqttPubAckPacket>();

        for (var i = 0; i < QueueLength; i++)
        {
            await application.PublishAsync(LongCommand, $"late {i}", qos: 1);
        }

        Assert.Equal(Window + 1, Assert.Single(Emulator.Connections, connection => connection.Subscriptions > 0).Dropped);

        // However many were dropped, that it happens is told once.
        var overflow = Assert.Single(Emulator.Refusals);
        Assert.Equal((178, "d:abc123:pump:p-001"), (overflow.CloseCode, overflow.ClientId));
        for (var i = 0; i < Window; i++)
        {
            await AcknowledgeAsync(device, i);
        }

        await device.ExpectPublishAsync(Command, "late 0");
    }

    [Fact]
    public async Task A_receiver_that_leaves_frees_the_publisher()
    {
        var (device, application) = await FloodedAsync();
        await device.DisposeAsync();
        await application.ExpectAsync<MqttPubAckPacket>();
    }

    /// <summary>A device that acknowledges nothing, and an application with one acknowledgement outstanding.</summary>
    private async Task<(RawClient Device, RawClient Application)> FloodedAsync()
    {
        var device = await DeviceAsync(MqttVersion.V311);
        await device.SubscribeAsync((AllCommands, 1));
        var application = await ApplicationAsync(MqttVersion.V311);
        for (var i = 0; i < Window + (QueueLength / 2); i++)
        {
            await application.PublishAsync(LongCommand, $"{i}", qos: 1);
        }

        application.Publish(LongCommand, "one too many", qos: 1);
        await application.ExpectNothingAsync();
        return (device, application);
    }

    private static async Task AcknowledgeAsync(RawClient device, int number)
    {
        var command = await device.ExpectPublishAsync(Command, $"{number}");
        device.Link.PubAck(command.PacketIdentifier, reasonCode: 0);
    }
}

/// <summary>Many messages at once, with the queue of the service.</summary>
public sealed class LoadTests : EmulatorTest
{
    private const int Count = 10_000;

    // Time stands still: nobody is given up for being slow on a busy machine.
    protected override EmulatorOptions Options => base.Options with { Clock = new FakeTimeProvider() };

    [Theory]
    [InlineData(1, MqttVersion.V311)]
    [InlineData(2, MqttVersion.V311)]
    [InlineData(2, MqttVersion.V5)]
    public async Task Two_applications_that_flood_each_other_get_everything_in_order(int qos, MqttVersion version)
    {
        var one = await SlowApplicationAsync(version, "one");
        var two = await SlowApplicationAsync(version, "two");
        await one.SubscribeAsync(("iot-2/type/t/id/two/evt/e/fmt/bin", qos));
        await two.SubscribeAsync(("iot-2/type/t/id/one/evt/e/fmt/bin", qos));
        await Task.WhenAll(
            ExchangeAsync(one, "iot-2/type/t/id/one/evt/e/fmt/bin", qos),
            ExchangeAsync(two, "iot-2/type/t/id/two/evt/e/fmt/bin", qos));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_application_that_floods_itself_gets_everything_in_order(int qos)
    {
        var application = await SlowApplicationAsync(MqttVersion.V311, "self");
        await application.SubscribeAsync((AllEvents, qos));
        await ExchangeAsync(application, "iot-2/type/t/id/self/evt/e/fmt/bin", qos);
    }

    [Fact]
    public async Task QoS_0_is_slowed_down_rather_than_lost()
    {
        var device = await DeviceAsync(MqttVersion.V311, plain: true);
        var application = await ApplicationAsync(MqttVersion.V311, plain: true);
        await application.SubscribeAsync((AllEvents, 0));
        using var bound = new CancellationTokenSource(RawClient.Bound);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 4 * Count; i++)
            {
                await device.Link.WaitForRoomAsync(bound.Token);
                device.Publish(Event, Numbered(i, size: 2_000), qos: 0);
            }
        });

        // Begins to read when the service has nowhere left to put anything.
        while (Assert.Single(Emulator.Connections, connection => connection.Subscriptions > 0).Queued <= 2_500)
        {
            await Task.Yield();
        }

        for (var i = 0; i < 4 * Count; i++)
        {
            Assert.Equal(i, NumberOf(await application.ExpectPublishAsync(LongEvent)));
        }

        await sending;
    }

    private Task<RawClient> SlowApplicationAsync(MqttVersion version, string applicationId)
    {
        var packet = RawClient.ConnectPacket(Application, applicationId);
        packet.ReceiveMaximum = version == MqttVersion.V5 ? (ushort)3 : (ushort)0;
        return KeepAsync(RawClient.ConnectAsync(Emulator, version, packet));
    }

    /// <summary>Sends as fast as a window of 200 lets it, and receives as many, which must come in order.</summary>
    private static async Task ExchangeAsync(RawClient client, string topic, int qos)
    {
        using var bound = new CancellationTokenSource(RawClient.Bound);
        var (sent, acknowledged, received) = (0, 0, 0);
        while (acknowledged < Count || received < Count)
        {
            while (sent < Count && sent - acknowledged < 200)
            {
                client.Publish(topic, Numbered(sent++, size: 100), qos);
            }

            switch (await client.Link.ReadAsync(bound.Token))
            {
                case MqttPublishPacket publish:
                    Assert.Equal(received++, NumberOf(publish));
                    if (publish.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtLeastOnce)
                    {
                        client.Link.PubAck(publish.PacketIdentifier, reasonCode: 0);
                    }
                    else
                    {
                        client.Link.PubRec(publish.PacketIdentifier, reasonCode: 0);
                    }

                    break;
                case MqttPubRelPacket pubRel:
                    client.Link.PubComp(pubRel.PacketIdentifier, reasonCode: 0);
                    break;
                case MqttPubRecPacket pubRec:
                    client.Link.PubRel(pubRec.PacketIdentifier, reasonCode: 0);
                    break;
                case MqttPubAckPacket or MqttPubCompPacket:
                    acknowledged++;
                    break;
                case var other:
                    Assert.Fail($"{other} is not expected.");
                    break;
            }
        }
    }

    private static byte[] Numbered(int number, int size)
    {
        var payload = new byte[size];
        BinaryPrimitives.WriteInt32LittleEndian(payload, number);
        return payload;
    }

    private static int NumberOf(MqttPublishPacket publish) => BinaryPrimitives.ReadInt32LittleEndian(publish.Payload.Slice(0, 4).ToArray());
}
