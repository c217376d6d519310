using CsCheck;
using Xunit;

namespace IoTF.Tests.Unit.Mqtt.Delivery;

/// <summary>An outbound and an inbound window over a channel that loses nothing until it is cut, and then the newest packets of both directions.</summary>
/// <remarks>The seed of a history that fails is in the message of the failure; the environment variable CsCheck_Seed repeats it.</remarks>
public sealed class DeliveryModelTests
{
    private const int Histories = 4000;

    [Fact]
    public void Over_any_cuts_QoS_1_arrives_in_order_at_least_once_and_QoS_2_exactly_once()
    {
        var histories = Gen.Select(Gen.Int[1, 12], Gen.Int[1, 30], Gen.Int, (window, messages, chance) => (window, messages, chance));
        histories.Sample(
            history => new DeliveryHistory(history.window, history.messages, new Random(history.chance)).Run(),
            iter: Histories,
            threads: 1,
            print: history => $"window {history.window}, {history.messages} messages, chance {history.chance}");
    }
}
