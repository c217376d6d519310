using IoTF.Emulator;
using IoTF.Mqtt;
using Microsoft.Extensions.Time.Testing;
using MQTTnet.Packets;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>Failed logins that repeat are answered later (protocol.md §2.6); right ones never wait.</summary>
public sealed class LoginThrottleTests : EmulatorTest
{
    private readonly FakeTimeProvider _clock = new();

    protected override EmulatorOptions Options => base.Options with { Clock = _clock };

    private MqttConnectPacket Wrong => RawClient.ConnectPacket("d:abc123:pump:p-001", Device.UserName, "wrong-token");

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_sixth_refusal_waits_a_second_and_the_right_token_meanwhile_does_not(MqttVersion version)
    {
        await FailAsync(version, 5);
        var sixth = await OpenAsync(version);
        sixth.Link.Send(Wrong);
        using var bound = new CancellationTokenSource(RawClient.Bound);
        var answer = sixth.Link.ReadAsync(bound.Token).AsTask();

        // The clock stands still: whoever is answered now has not waited.
        await DeviceAsync(version);
        Assert.False(answer.IsCompleted);
        await AdvanceUntilAsync(answer, bound.Token);
        Assert.NotEqual(0, RawClient.CodeOf(Assert.IsType<MqttConnAckPacket>(await answer), version));
        Assert.Contains(Emulator.Refusals, static refusal => refusal.CloseCode == 180);
    }

    [Fact]
    public async Task Wrong_logins_of_one_ClientId_wait_side_by_side_and_none_is_told_sooner()
    {
        await FailAsync(MqttVersion.V311, 5);
        var clients = new List<RawClient>();
        for (var i = 0; i < 3; i++)
        {
            clients.Add(await OpenAsync(MqttVersion.V311));
            clients[^1].Link.Send(Wrong);
        }

        using var bound = new CancellationTokenSource(RawClient.Bound);
        var answers = clients.ConvertAll(client => client.Link.ReadAsync(bound.Token).AsTask());
        await DeviceAsync(MqttVersion.V311);
        Assert.DoesNotContain(answers, static answer => answer.IsCompleted);
        foreach (var answer in answers)
        {
            await AdvanceUntilAsync(answer, bound.Token);
            Assert.IsType<MqttConnAckPacket>(await answer);
        }
    }

    [Fact]
    public async Task Guesses_at_an_API_key_under_fresh_application_ids_wait_and_its_right_login_does_not()
    {
        for (var i = 0; i < 5; i++)
        {
            await ExpectRefusedAsync(MqttVersion.V311, Guess($"fresh{i}"), code: 5, closeCode: 180);
        }

        var sixth = await OpenAsync(MqttVersion.V311);
        sixth.Link.Send(Guess("fresh5"));
        using var bound = new CancellationTokenSource(RawClient.Bound);
        var answer = sixth.Link.ReadAsync(bound.Token).AsTask();
        await ApplicationAsync(MqttVersion.V311, "fresh5");
        Assert.False(answer.IsCompleted);
        await AdvanceUntilAsync(answer, bound.Token);
        Assert.IsType<MqttConnAckPacket>(await answer);
    }

    [Fact]
    public async Task A_second_CONNECT_on_the_same_connection_is_closed_with_176()
    {
        await FailAsync(MqttVersion.V311, 5);
        var sixth = await OpenAsync(MqttVersion.V311);
        sixth.Link.Send(Wrong);
        sixth.Link.Send(Wrong);
        await sixth.ExpectCloseAsync();
        Assert.Equal(176, Emulator.Refusals[^1].CloseCode);
    }

    [Fact]
    public async Task Other_devices_are_not_delayed_and_after_ten_minutes_nobody_is()
    {
        await FailAsync(MqttVersion.V311, 5);
        await ExpectRefusedAsync(
            MqttVersion.V311, RawClient.ConnectPacket("d:abc123:pump:p-002", Device.UserName, "wrong-token"), code: 5, closeCode: 180);
        _clock.Advance(TimeSpan.FromMinutes(10));
        await FailAsync(MqttVersion.V311, 5);
    }

    private MqttConnectPacket Guess(string applicationId) => RawClient.ConnectPacket($"a:abc123:{applicationId}", Application.UserName, "a-guess");

    private async Task FailAsync(MqttVersion version, int times)
    {
        for (var attempt = 1; attempt <= times; attempt++)
        {
            await ExpectRefusedAsync(version, Wrong, code: 5, closeCode: 180);
        }
    }

    private async Task AdvanceUntilAsync(Task answer, CancellationToken bound)
    {
        while (!answer.IsCompleted)
        {
            bound.ThrowIfCancellationRequested();
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }
}
