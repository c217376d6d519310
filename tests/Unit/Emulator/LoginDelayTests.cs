using IoTF.Emulator;
using IoTF.Mqtt;
using Microsoft.Extensions.Time.Testing;
using MQTTnet.Packets;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>Failed logins that repeat are answered later and later (protocol.md §2.6).</summary>
public sealed class LoginDelayTests : EmulatorTest
{
    private readonly FakeTimeProvider _clock = new();

    protected override EmulatorOptions Options => base.Options with { Clock = _clock };

    private MqttConnectPacket Wrong => RawClient.ConnectPacket("d:abc123:pump:p-001", Device.UserName, "wrong-token");

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_sixth_answer_waits_and_a_CONNECT_meanwhile_is_closed_with_176(MqttVersion version)
    {
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            await ExpectRefusedAsync(version, Wrong, code: 5, closeCode: 180);
        }

        // Which of the two is delayed, and which comes meanwhile, is for the service to see.
        var one = await OpenAsync(version);
        var two = await OpenAsync(version);
        one.Link.Send(Wrong);
        two.Link.Send(Wrong);
        using var bound = new CancellationTokenSource(RawClient.Bound);
        Task<MqttPacket?>[] answers = [one.Link.ReadAsync(bound.Token).AsTask(), two.Link.ReadAsync(bound.Token).AsTask()];
        var first = await Task.WhenAny(answers);
        Assert.Null(await first);
        Assert.Equal(176, Emulator.Refusals[^1].CloseCode);

        var delayed = answers[0] == first ? answers[1] : answers[0];
        while (!delayed.IsCompleted)
        {
            bound.Token.ThrowIfCancellationRequested();
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.NotEqual(0, RawClient.CodeOf(Assert.IsType<MqttConnAckPacket>(await delayed), version));
        Assert.Equal(180, Emulator.Refusals[^1].CloseCode);

        // The right token is not delayed.
        await DeviceAsync(version);
    }

    [Fact]
    public async Task A_second_CONNECT_on_the_same_connection_is_closed_with_176()
    {
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            await ExpectRefusedAsync(MqttVersion.V311, Wrong, code: 5, closeCode: 180);
        }

        var sixth = await OpenAsync(MqttVersion.V311);
        sixth.Link.Send(Wrong);
        sixth.Link.Send(Wrong);
        await sixth.ExpectCloseAsync();
        Assert.Equal(176, Emulator.Refusals[^1].CloseCode);
    }

    [Fact]
    public async Task Other_clients_are_not_delayed()
    {
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            await ExpectRefusedAsync(MqttVersion.V311, Wrong, code: 5, closeCode: 180);
        }

        await ExpectRefusedAsync(
            MqttVersion.V311, RawClient.ConnectPacket("d:abc123:pump:p-002", Device.UserName, "wrong-token"), code: 5, closeCode: 180);
        await ApplicationAsync(MqttVersion.V311);
    }
}
