using IoTF.Client.Faults;
using IoTF.Client.Sessions;
using Xunit;

namespace IoTF.Tests.Unit.Client;

public sealed class ReconnectPolicyTests : ClientTest
{
    private static readonly Fault Passing = new("ConnectionLost", FaultCategory.Connection, "It is gone.", "Wait.");
    private static readonly Fault Lasting = new("NotAuthorized", FaultCategory.Authentication, "No.", "Ask.", IsPermanent: true);
    private static readonly Fault TakenOver = new("ServerDisconnected", FaultCategory.Connection, "Taken.", "Look.", Code: 0x8E);
    private static readonly ReconnectOptions Times = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));

    [Fact]
    public void Waits_double_from_the_first_to_the_longest()
    {
        var policy = NewPolicy(chance: 1);
        var waits = Enumerable.Range(0, 8).Select(_ => policy.AfterFailedConnect(Passing).Delay.TotalSeconds);
        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], waits);
        Assert.Equal(8, policy.Tries);
    }

    [Theory]
    [InlineData(0, 0.5, 30)]
    [InlineData(0.5, 0.75, 45)]
    [InlineData(1, 1, 60)]
    public void Half_of_a_wait_is_left_to_chance(double chance, double first, double longest)
    {
        var policy = NewPolicy(chance);
        Assert.Equal(first, policy.AfterFailedConnect(Passing).Delay.TotalSeconds);
        for (var i = 0; i < 40; i++)
        {
            policy.AfterFailedConnect(Passing);
        }

        Assert.Equal(longest, policy.AfterFailedConnect(Passing).Delay.TotalSeconds);
    }

    [Fact]
    public void A_refusal_that_will_not_change_is_the_end()
    {
        Assert.Equal(new ReconnectDecision(ReconnectStep.Stop, TimeSpan.Zero, Lasting), NewPolicy().AfterFailedConnect(Lasting));
        Assert.Equal(ReconnectStep.Stop, NewPolicy().AfterLoss(Broken() with { Fault = Lasting }).Step);
    }

    [Fact]
    public void Without_reconnecting_every_loss_is_the_end()
    {
        var policy = new ReconnectPolicy(Device, reconnect: null, () => 1);
        Assert.Equal((ReconnectStep.Stop, Passing), StepOf(policy.AfterLoss(Broken())));
        Assert.Equal((ReconnectStep.Stop, Passing), StepOf(policy.AfterFailedConnect(Passing)));
    }

    [Fact]
    public void A_connection_that_carried_something_starts_the_waits_anew()
    {
        var policy = NewPolicy(chance: 1);
        policy.AfterFailedConnect(Passing);
        policy.AfterFailedConnect(Passing);
        Assert.Equal(4, policy.AfterLoss(Broken()).Delay.TotalSeconds);
        Assert.Equal(1, policy.AfterLoss(Broken() with { Progressed = true }).Delay.TotalSeconds);
        Assert.Equal(1, policy.AfterLoss(Broken() with { OpenFor = TimeSpan.FromMinutes(1) }).Delay.TotalSeconds);
    }

    [Fact]
    public void A_bad_network_is_never_taken_for_a_thief()
    {
        var policy = NewPolicy();
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(Broken() with { Oldest = this }).Step);
        }
    }

    [Fact]
    public void A_client_that_is_thrown_out_five_times_in_a_row_gives_up_and_says_why()
    {
        var policy = NewPolicy();
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(ThrownOut()).Step);
        }

        var (step, fault) = StepOf(policy.AfterLoss(ThrownOut()));
        Assert.Equal((ReconnectStep.Stop, FaultIds.RepeatedlyDisconnected), (step, fault!.Id));
        Assert.Contains("same ClientId", fault.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Being_thrown_out_counts_only_in_a_row(bool progressed, bool broken)
    {
        var policy = NewPolicy();
        for (var i = 0; i < 4; i++)
        {
            policy.AfterLoss(ThrownOut());
        }

        policy.AfterLoss(ThrownOut() with { Progressed = progressed, ClosedByService = !broken });
        Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(ThrownOut()).Step);
    }

    [Fact]
    public void A_session_that_is_taken_over_counts_even_when_it_worked_in_between()
    {
        var policy = NewPolicy();
        var taken = new EndedConnection(TakenOver, TimeSpan.FromMinutes(1), ClosedByService: true, Progressed: true, Oldest: this);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(taken).Step);
        }

        var (step, fault) = StepOf(policy.AfterLoss(taken));
        Assert.Equal((ReconnectStep.Stop, FaultIds.RepeatedlyDisconnected, 0x8E), (step, fault!.Id, fault.Code));
    }

    [Fact]
    public void A_message_over_which_the_service_closes_three_times_is_given_up_and_the_session_goes_on()
    {
        var policy = NewPolicy();
        var closing = ThrownOut() with { Oldest = new object() };
        Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(closing).Step);
        Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(closing).Step);
        Assert.Equal(ReconnectStep.GiveUpOldest, policy.AfterLoss(closing).Step);
        Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(closing with { Oldest = new object() }).Step);
    }

    [Fact]
    public void Different_messages_are_not_the_reason()
    {
        var policy = NewPolicy();
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(ThrownOut() with { Oldest = new object() }).Step);
        }
    }

    [Fact]
    public void What_is_received_does_not_clear_a_message_of_suspicion_but_an_answer_does()
    {
        var closing = ThrownOut() with { Oldest = new object(), Progressed = true };
        var policy = NewPolicy();
        Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(closing).Step);
        Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(closing).Step);
        Assert.Equal(ReconnectStep.GiveUpOldest, policy.AfterLoss(closing).Step);
        Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(closing).Step);
        Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(closing).Step);
        Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(closing with { Answered = true }).Step);
        Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(closing).Step);
    }

    private static (ReconnectStep Step, Fault? Fault) StepOf(ReconnectDecision decision) => (decision.Step, decision.Fault);

    private static EndedConnection Broken() => new(Passing, TimeSpan.FromSeconds(1), ClosedByService: false, Progressed: false, Oldest: null);

    private static EndedConnection ThrownOut() => Broken() with { ClosedByService = true };

    private ReconnectPolicy NewPolicy(double chance = 0.5) => new(Device, Times, () => chance);
}
