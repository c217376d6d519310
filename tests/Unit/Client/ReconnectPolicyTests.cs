using IoTF.Client.Faults;
using IoTF.Client.Sessions;
using Xunit;

namespace IoTF.Tests.Unit.Client;

public sealed class ReconnectPolicyTests : ClientTest
{
    private static readonly Fault Passing = new("ConnectionLost", FaultCategory.Connection, "It is gone.", "Wait.");
    private static readonly Fault Refused = new("NotAuthorized", FaultCategory.Authentication, "No.", "Ask.", Code: 5, IsPermanent: true);
    private static readonly Fault InTheWay = new("CertificateUntrusted", FaultCategory.Security, "A portal.", "Log in.", IsPermanent: true);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly Fault TakenOver = new("ServerDisconnected", FaultCategory.Connection, "Taken.", "Look.", Code: 0x8E);
    private static readonly ReconnectOptions Times = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));

    [Fact]
    public void Waits_double_from_the_first_to_the_longest()
    {
        var policy = NewPolicy(chance: 1);
        var waits = Enumerable.Range(0, 8).Select(_ => policy.AfterFailedConnect(Passing).Delay.TotalSeconds);
        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], waits);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.5, 0.5, 30)]
    [InlineData(1, 1, 60)]
    public void All_of_a_wait_is_left_to_chance(double chance, double first, double longest)
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
        Assert.Equal(new ReconnectDecision(ReconnectStep.Stop, TimeSpan.Zero, Refused), NewPolicy().AfterFailedConnect(Refused));
        Assert.Equal(ReconnectStep.Stop, NewPolicy().AfterLoss(Broken() with { Fault = Refused }).Step);
    }

    [Fact]
    public void Without_reconnecting_every_loss_is_the_end()
    {
        var policy = new ReconnectPolicy(Device, reconnect: null, () => 1);
        Assert.Equal((ReconnectStep.Stop, Passing), StepOf(policy.AfterLoss(Broken())));
        Assert.Equal((ReconnectStep.Stop, Passing), StepOf(policy.AfterFailedConnect(Passing)));
    }

    [Fact]
    public void What_an_open_session_did_not_have_in_its_way_may_pass_and_is_told_once()
    {
        var policy = NewPolicy(chance: 1);
        Assert.Equal(new ReconnectDecision(ReconnectStep.TryAgain, Times.LongestDelay, Warns: true), policy.AfterFailedConnect(InTheWay));
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(new ReconnectDecision(ReconnectStep.TryAgain, Times.LongestDelay), policy.AfterFailedConnect(InTheWay));
        }

        policy.AfterLoss(Broken() with { OpenFor = Minute });
        Assert.True(policy.AfterFailedConnect(InTheWay).Warns);
    }

    [Fact]
    public void Only_a_connection_that_lasted_starts_the_waits_anew()
    {
        var policy = NewPolicy(chance: 1);
        policy.AfterFailedConnect(Passing);
        policy.AfterFailedConnect(Passing);
        Assert.Equal(4, policy.AfterLoss(Broken()).Delay.TotalSeconds);
        Assert.Equal(8, policy.AfterLoss(Broken() with { OpenFor = TimeSpan.FromSeconds(9.9) }).Delay.TotalSeconds);
        Assert.Equal(1, policy.AfterLoss(Broken() with { OpenFor = TimeSpan.FromSeconds(10) }).Delay.TotalSeconds);
        for (var i = 0; i < 5; i++)
        {
            policy.AfterFailedConnect(Passing);
        }

        // Another client that waits as long as this one leaves it the connection for as long.
        Assert.Equal(60, policy.AfterLoss(Broken() with { OpenFor = TimeSpan.FromSeconds(31) }).Delay.TotalSeconds);
        Assert.Equal(1, policy.AfterLoss(Broken() with { OpenFor = Minute }).Delay.TotalSeconds);
    }

    [Fact]
    public void A_bad_network_is_never_taken_for_a_thief()
    {
        var policy = NewPolicy();
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(Broken() with { Oldest = this, Probed = true }).Step);
        }
    }

    [Fact]
    public void A_client_whose_connections_are_ended_soon_gives_up_and_says_why()
    {
        var policy = NewPolicy();
        for (var i = 0; i < 9; i++)
        {
            Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(Ended(after: Minute * i)).Step);
        }

        var (step, fault) = StepOf(policy.AfterLoss(Ended(after: Minute * 9)));
        Assert.Equal((ReconnectStep.Stop, FaultIds.RepeatedlyDisconnected), (step, fault!.Id));
        Assert.Contains("same ClientId", fault.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_minute_with_any_number_of_cuts_is_outlived()
    {
        var policy = NewPolicy();
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(Ended(after: Minute * i / 101)).Step);
        }

        Assert.Equal(ReconnectStep.Stop, policy.AfterLoss(Ended(after: Minute)).Step);
    }

    [Fact]
    public void Short_lived_connections_count_for_ten_minutes()
    {
        var policy = NewPolicy();
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(Ended(after: Minute * 1.5 * i)).Step);
        }
    }

    [Fact]
    public void A_service_that_is_being_restarted_is_no_thief()
    {
        var policy = NewPolicy();
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(Ended()).Step);
            if (i % 9 == 8)
            {
                policy.AfterFailedConnect(Passing);
            }
        }
    }

    [Theory]
    [InlineData(2.4, true)]
    [InlineData(2.6, false)]
    [InlineData(1440, false)]
    public void Takeovers_count_for_ten_minutes_even_when_the_session_worked_in_between(double minutesBetween, bool ends)
    {
        var policy = NewPolicy();
        var taken = new EndedConnection(TakenOver, TimeSpan.Zero, Minute, EndedByPeer: true, Oldest: this);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(taken with { At = Minute * minutesBetween * i }).Step);
        }

        var (step, fault) = StepOf(policy.AfterLoss(taken with { At = Minute * minutesBetween * 4 }));
        Assert.Equal(ends ? (ReconnectStep.Stop, FaultIds.RepeatedlyDisconnected, 0x8E) : (ReconnectStep.TryAgain, null, null), (step, fault?.Id, fault?.Code));
    }

    [Fact]
    public void A_message_over_which_the_service_ends_the_connection_three_times_is_given_up_and_the_session_goes_on()
    {
        var policy = NewPolicy();
        var closing = Ended() with { Oldest = new object() };
        Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(closing).Step);
        Assert.True(policy.HasSuspect);
        Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(closing with { Probed = true }).Step);
        Assert.Equal(ReconnectStep.GiveUpOldest, policy.AfterLoss(closing with { Probed = true }).Step);
        Assert.False(policy.HasSuspect);
        Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(closing with { Oldest = new object() }).Step);
    }

    [Fact]
    public void Messages_that_are_given_up_one_after_the_other_do_not_make_a_thief()
    {
        var policy = NewPolicy();
        for (var i = 0; i < 30; i++)
        {
            var closing = Ended() with { Oldest = new object(), Probed = true };
            policy.AfterLoss(closing);
            policy.AfterLoss(closing);
            Assert.Equal(ReconnectStep.GiveUpOldest, policy.AfterLoss(closing).Step);
        }
    }

    [Fact]
    public void No_message_is_blamed_for_a_connection_that_ended_before_it_was_known_to_work()
    {
        var policy = NewPolicy();
        var closing = Ended() with { Oldest = new object() };
        for (var i = 0; i < 9; i++)
        {
            Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(closing with { At = Minute * i }).Step);
        }

        var (step, fault) = StepOf(policy.AfterLoss(closing with { At = Minute * 9 }));
        Assert.Equal((ReconnectStep.Stop, FaultIds.RepeatedlyDisconnected), (step, fault!.Id));
    }

    [Theory]
    [InlineData(0x89)]
    [InlineData(0x8B)]
    public void A_service_that_says_why_it_closes_does_not_close_over_a_message(int code)
    {
        var policy = NewPolicy();
        for (var i = 0; i < 9; i++)
        {
            var closing = Ended() with { Fault = new Fault(FaultIds.ServerDisconnected, FaultCategory.Connection, "Later.", "Wait.", code), Oldest = this, Probed = true };
            Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(closing).Step);
        }
    }

    [Fact]
    public void Different_messages_are_not_the_reason()
    {
        var policy = NewPolicy();
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(Ended() with { Oldest = new object(), Probed = true }).Step);
        }
    }

    [Fact]
    public void Its_own_answer_clears_a_message_of_suspicion()
    {
        var closing = Ended() with { Oldest = new object(), Probed = true };
        var policy = NewPolicy();
        policy.AfterLoss(closing);
        policy.AfterLoss(closing);
        Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(Broken()).Step);
        Assert.False(policy.HasSuspect);
        Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(closing).Step);
    }

    [Fact]
    public void A_connection_that_ends_before_a_suspected_message_was_sent_clears_it()
    {
        var closing = Ended() with { Oldest = new object(), Probed = true };
        var policy = NewPolicy();
        policy.AfterLoss(closing);
        policy.AfterLoss(closing);
        policy.AfterLoss(closing with { Probed = false });
        Assert.False(policy.HasSuspect);
        Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(closing).Step);
    }

    [Fact]
    public void A_message_stays_suspected_when_the_network_fails_in_between()
    {
        var poison = new object();
        var policy = NewPolicy();
        policy.AfterLoss(Ended() with { Oldest = poison });
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(ReconnectStep.TryAgain, policy.AfterLoss(Broken() with { Oldest = poison, Probed = i % 2 == 0 }).Step);
            policy.AfterFailedConnect(Passing);
            Assert.True(policy.HasSuspect);
        }

        policy.AfterLoss(Ended() with { Oldest = poison, Probed = true });
        Assert.Equal(ReconnectStep.GiveUpOldest, policy.AfterLoss(Ended() with { Oldest = poison, Probed = true }).Step);
    }

    [Fact]
    public void A_message_behind_others_is_found_however_many_of_those_are_answered_first()
    {
        var policy = NewPolicy();
        var poison = new object();
        policy.AfterLoss(Ended() with { Oldest = new object() });
        Assert.True(policy.HasSuspect);
        policy.AfterLoss(Ended() with { Oldest = poison, Probed = true });
        policy.AfterLoss(Ended() with { Oldest = poison, Probed = true });
        Assert.Equal(ReconnectStep.GiveUpOldest, policy.AfterLoss(Ended() with { Oldest = poison, Probed = true }).Step);
    }

    [Fact]
    public void Answers_to_other_messages_put_the_suspicion_off_once()
    {
        var policy = NewPolicy();
        var answered = Ended() with { Answered = true };
        policy.AfterLoss(answered with { Oldest = new object() });
        Assert.False(policy.HasSuspect);
        policy.AfterLoss(Broken() with { Oldest = new object(), Answered = true });
        policy.AfterLoss(answered with { Oldest = new object() });
        Assert.True(policy.HasSuspect);
        policy.AfterLoss(answered with { Oldest = new object(), OpenFor = Minute });
        policy.AfterLoss(answered with { Oldest = new object() });
        Assert.False(policy.HasSuspect);
    }

    [Fact]
    public void A_connection_that_lasted_does_not_end_over_what_was_sent_at_its_beginning()
    {
        var policy = NewPolicy();
        policy.AfterLoss(Ended() with { Oldest = this, OpenFor = TimeSpan.FromSeconds(30) });
        Assert.False(policy.HasSuspect);
        policy.AfterLoss(Ended() with { Oldest = this, OpenFor = TimeSpan.FromSeconds(29.9) });
        Assert.True(policy.HasSuspect);
    }

    private static (ReconnectStep Step, Fault? Fault) StepOf(ReconnectDecision decision) => (decision.Step, decision.Fault);

    private static EndedConnection Broken() => new(Passing, TimeSpan.Zero, TimeSpan.FromSeconds(1), EndedByPeer: false, Oldest: null);

    private static EndedConnection Ended(TimeSpan after = default) => Broken() with { EndedByPeer = true, At = after };

    private ReconnectPolicy NewPolicy(double chance = 0.5) => new(Device, Times, () => chance);
}
