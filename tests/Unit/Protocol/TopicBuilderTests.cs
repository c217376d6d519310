using IoTF.Protocol.Rules;
using IoTF.Protocol.Topics;
using Xunit;

namespace IoTF.Tests.Unit.Protocol;

public sealed class TopicBuilderTests
{
    [Fact]
    public void Topics_and_filters_have_the_documented_form()
    {
        Assert.Equal("iot-2/evt/status/fmt/json", DeviceTopics.Event("status", Formats.Json));
        Assert.Equal("iot-2/cmd/+/fmt/+", DeviceTopics.AllCommands);
        Assert.Equal("iot-2/cmd/reboot/fmt/+", DeviceTopics.CommandFilter("reboot", format: null));
        Assert.Equal("iot-2/type/pump/id/p-001/evt/s/fmt/json", LongTopics.Event("pump", "p-001", "s", "json"));
        Assert.Equal("iot-2/type/pump/id/p-001/cmd/c/fmt/json", LongTopics.Command("pump", "p-001", "c", "json"));
        Assert.Equal("iot-2/type/+/id/+/evt/+/fmt/+", LongTopics.EventFilter(deviceType: null, deviceId: null, eventId: null, format: null));
        Assert.Equal("iot-2/type/pump/id/+/evt/s/fmt/+", LongTopics.EventFilter("pump", deviceId: null, "s", format: null));
        Assert.Equal("iot-2/type/+/id/p-001/cmd/+/fmt/json", LongTopics.CommandFilter(deviceType: null, "p-001", commandId: null, "json"));
        Assert.Equal("iot-2/type/+/id/p-001/mon", LongTopics.StatusFilter(deviceType: null, "p-001"));
        Assert.Equal("iot-2/app/+/mon", LongTopics.ApplicationStatusFilter(applicationId: null));
        Assert.Equal("iot-2/app/dash/mon", LongTopics.ApplicationStatusFilter("dash"));
        Assert.Equal("iot-2/type/gwt/id/gw1/notify", LongTopics.NotificationTopic("gwt", "gw1"));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData(null, "is empty")]
    [InlineData("a/b", "holds '/'")]
    [InlineData("+", "holds '+'")]
    [InlineData("a#", "holds '#'")]
    [InlineData("a\u0000b", "U+0000")]
    [InlineData("a\nb", "U+000A")]
    [InlineData("a\u0085b", "U+0085")]
    public void An_id_or_format_that_is_not_one_level_is_refused_and_says_why(string? value, string because)
    {
        Check(() => TopicNames.RequireEventId(value), RuleId.InvalidEventId, "EventId");
        Check(() => TopicNames.RequireCommandId(value), RuleId.InvalidCommandId, "CommandId");
        Check(() => TopicNames.RequireFormat(value), RuleId.InvalidFormat, "Format");

        void Check(Func<string> require, string ruleId, string subject)
        {
            var broken = Assert.Throws<RuleException>(() => { require(); });
            Assert.Equal((ruleId, subject), (broken.RuleId, broken.Subject));
            Assert.Contains(because, broken.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(broken.Message, char.IsControl);
        }
    }

    // Written as numbers because a test's data must itself survive UTF-8.
    [Theory]
    [InlineData(0xD83D, 'x')]
    [InlineData('x', 0xD83D)]
    [InlineData(0xDE00, 0xD83D)]
    [InlineData(0xD83D, 0xD83D)]
    public void Half_a_surrogate_pair_is_refused(int first, int second)
    {
        var broken = Assert.Throws<RuleException>(() => TopicNames.RequireEventId(new string([(char)first, (char)second])));
        Assert.Equal(RuleId.InvalidEventId, broken.RuleId);
        Assert.Contains("surrogate", broken.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("temperature")]
    [InlineData("a b")]
    [InlineData("日本")]
    [InlineData("😀")]
    [InlineData("~")]
    [InlineData("$SYS")]
    [InlineData("a-very-long-event-id-that-has-many-more-than-36-characters")]
    public void Any_other_word_is_legal(string value) => Assert.Equal(value, TopicNames.RequireEventId(value));

    [Fact]
    public void A_topic_has_at_most_65535_bytes_of_UTF8()
    {
        var frame = "iot-2/evt//fmt/json".Length;
        Assert.Equal(65535, DeviceTopics.Event(new('x', 65535 - frame), "json").Length);

        Assert.Equal(RuleId.TopicTooLong, Assert.Throws<RuleException>(() => DeviceTopics.Event(new('x', 65536 - frame), "json")).RuleId);
        Assert.Equal(RuleId.TopicTooLong, Assert.Throws<RuleException>(() => DeviceTopics.Event(new('日', 21840), "json")).RuleId);
    }

    [Theory]
    [InlineData("+", "p-001", RuleId.InvalidDeviceType)]
    [InlineData("pump", "+", RuleId.InvalidDeviceId)]
    [InlineData("pump", "", RuleId.InvalidDeviceId)]
    public void A_wildcard_is_asked_for_by_leaving_a_part_out_never_by_writing_it(string type, string id, string ruleId)
    {
        Assert.Equal(ruleId, Assert.Throws<RuleException>(() => LongTopics.EventFilter(type, id, "s", "json")).RuleId);
        Assert.Equal(ruleId, Assert.Throws<RuleException>(() => LongTopics.Command(type, id, "s", "json")).RuleId);
        Assert.Equal(ruleId, Assert.Throws<RuleException>(() => LongTopics.StatusFilter(type, id)).RuleId);
    }

    [Theory]
    [InlineData("iot-2/type/pump/id/p-001/evt/s/fmt/json", "pump", "p-001")]
    [InlineData("iot-2/type/pump/id/p-001/cmd/+/fmt/+", "pump", "p-001")]
    [InlineData("iot-2/type/pump/id/p-001/notify", "pump", "p-001")]
    [InlineData("iotdm-1/type/pump/id/p-001/#", "pump", "p-001")]
    [InlineData("iot-2/type/+/id/p-001/cmd/+/fmt/+", null, null)]
    [InlineData("iot-2/type/pump/id/+/cmd/+/fmt/+", null, null)]
    [InlineData("iot-2/type/pump/id/p-001", null, null)]
    [InlineData("iot-2/evt/s/fmt/json", null, null)]
    [InlineData("iotdm-1/#", null, null)]
    [InlineData("", null, null)]
    public void A_long_topic_or_filter_says_which_single_device_it_is_about(string topicOrFilter, string? deviceType, string? deviceId)
    {
        Assert.Equal(deviceId is not null, LongTopics.TryGetDevice(topicOrFilter, out var type, out var id));
        Assert.Equal((deviceType, deviceId), (type, id));
    }
}
