using IoTF.Mqtt.Topics;
using Xunit;

namespace IoTF.Tests.Unit.Mqtt.Topics;

public sealed class TopicFilterCoverTests
{
    [Theory]
    [InlineData("a/+/c", "a/b/c", true)]
    [InlineData("a/+/c", "a/+/c", true)]
    [InlineData("a/b/c", "a/+/c", false)]
    [InlineData("a/+", "a/b/c", false)]
    [InlineData("a/b/c", "a/b", false)]
    [InlineData("#", "a/b", true)]
    [InlineData("#", "#", true)]
    [InlineData("a/#", "a", true)]
    [InlineData("a/#", "a/b/#", true)]
    [InlineData("a/+", "a/#", false)]
    [InlineData("a/+/#", "a/#", false)]
    [InlineData("iot-2/type/+/id/+/evt/+/fmt/+", "iot-2/type/pump/id/+/evt/status/fmt/+", true)]
    [InlineData("iot-2/type/+/id/+/evt/+/fmt/+", "iot-2/type/pump/id/+/cmd/status/fmt/+", false)]
    [InlineData("iot-2/type/pump/id/+/evt/+/fmt/+", "iot-2/type/+/id/p1/evt/+/fmt/+", false)]
    public void A_filter_covers_another_when_it_selects_all_that_the_other_does(string wide, string narrow, bool covers) =>
        Assert.Equal(covers, TopicFilter.Covers(wide, narrow));
}
