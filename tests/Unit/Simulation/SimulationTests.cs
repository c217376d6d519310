using System.Diagnostics;
using IoTF.Mqtt;
using Xunit;
using Xunit.Abstractions;

namespace IoTF.Tests.Unit.Simulation;

/// <summary>
/// Random histories of a session over a network that is cut at any byte, with a service that delays and repeats its acknowledgements,
/// forgets sessions, refuses, stalls, closes and resets, also over a message or a filter, with another client that takes the ClientId over, and with processes that are killed; each checked against a model.
/// </summary>
/// <remarks>
/// The seed of a history that breaks a rule is in the failure's message. IOTF_SIMULATION_SEED runs that one alone,
/// IOTF_SIMULATION_HISTORIES sets how many are run.
/// </remarks>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int MostHistoriesOfABrokenClient = 2_000;

    // The rules do not depend on the runtime: on the second one a tenth is enough.
    private static int Histories => Setting("IOTF_SIMULATION_HISTORIES") ?? (Environment.Version.Major >= 10 ? 20_000 : 2_000);

    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public void Nothing_is_lost_repeated_or_believed_too_early_in_any_history(MqttVersion version)
    {
        if (Setting("IOTF_SIMULATION_SEED") is { } only)
        {
            Run(version, only);
            return;
        }

        // Other histories in each run: what is found is repeated with its seed.
        var first = Random.Shared.Next(int.MaxValue - Histories);
        var started = Stopwatch.StartNew();
        long steps = 0;
        for (var seed = first; seed < first + Histories; seed++)
        {
            steps += Run(version, seed);
        }

        output.WriteLine($"{Histories:N0} histories of {version} from seed {first}, {steps / Histories} steps each, {Histories / started.Elapsed.TotalSeconds:N0} a second");
    }

    [Theory]
    [InlineData(typeof(SkipsAResend))]
    [InlineData(typeof(AcknowledgesTooEarly))]
    [InlineData(typeof(ReusesAnId))]
    [InlineData(typeof(ForgetsTheIdOfAResend))]
    [InlineData(typeof(ForgetsDup))]
    [InlineData(typeof(BelievesInDelivery))]
    [InlineData(typeof(ForgivesResets))]
    [InlineData(typeof(ForgetsShortLivedConnections))]
    [InlineData(typeof(BlamesWithoutProof))]
    [InlineData(typeof(ClearsByOtherAnswers))]
    [InlineData(typeof(AsksForABadFilterForEver))]
    public void A_client_that_breaks_a_rule_is_found_out(Type rule)
    {
        foreach (var version in Enum.GetValues<MqttVersion>())
        {
            var (seed, found) = (0, (Violation?)null);
            for (; seed < MostHistoriesOfABrokenClient && found is null; seed++)
            {
                found = Record.Exception(() => new History(version, seed, (BrokenClient)Activator.CreateInstance(rule)!).Run()) as Violation;
            }

            Assert.True(found is not null, $"{rule.Name} was not found out in {seed} histories of {version}.");
            Run(version, seed - 1);
            output.WriteLine($"{rule.Name}, {version}: found out by history {seed - 1}: {found!.Message}");
        }
    }

    [Fact]
    public void The_same_seed_is_the_same_history()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            Assert.Equal(Run(MqttVersion.V5, seed), Run(MqttVersion.V5, seed));
        }
    }

    private static int Run(MqttVersion version, int seed)
    {
        var history = new History(version, seed);
        try
        {
            history.Run();
            return history.Steps;
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException(
                $"History {seed} of {version} broke a rule at step {history.Steps}: {exception.Message} (IOTF_SIMULATION_SEED={seed} repeats it.)", exception);
        }
    }

    private static int? Setting(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), out var value) ? value : null;
}
