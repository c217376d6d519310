using CsCheck;
using IoTF.Protocol.Topics;
using Xunit;

namespace IoTF.Tests.Unit.Protocol;

public sealed class MessageTopicTests
{
    private static readonly string[] Traps =
        ["evt", "cmd", "fmt", "type", "id", "mon", "notify", "iot-2", "~", "*", "ü", "日本", "a b", "😀"];

    private static readonly Gen<string> Part = Gen.String[Gen.Char["ABCXYZabcxyz0189-_."], 1, 36];
    private static readonly Gen<string> Level = Gen.OneOf(
        Gen.Int[0, Traps.Length - 1].Select(index => Traps[index]),
        Gen.String[Gen.Char.Where(character => TopicSyntax.IsLevel([character])), 1, 40]);

    [Theory]
    [InlineData("iot-2/evt/s/fmt/json", MessageKind.Event, null, null, null, "s", "json")]
    [InlineData("iot-2/cmd/reboot/fmt/bin", MessageKind.Command, null, null, null, "reboot", "bin")]
    [InlineData("iot-2/type/pump/id/p-001/evt/s/fmt/json", MessageKind.Event, "pump", "p-001", null, "s", "json")]
    [InlineData("iot-2/type/pump/id/p-001/cmd/c/fmt/text", MessageKind.Command, "pump", "p-001", null, "c", "text")]
    [InlineData("iot-2/type/pump/id/p-001/mon", MessageKind.DeviceStatus, "pump", "p-001", null, null, null)]
    [InlineData("iot-2/mon", MessageKind.DeviceStatus, null, null, null, null, null)]
    [InlineData("iot-2/app/dash/mon", MessageKind.ApplicationStatus, null, null, "dash", null, null)]
    [InlineData("iot-2/type/gwt/id/gw1/notify", MessageKind.Notification, "gwt", "gw1", null, null, null)]
    [InlineData("iotdm-1/mgmt/initiate/device/reboot", MessageKind.DeviceManagement, null, null, null, "mgmt/initiate/device/reboot", null)]
    [InlineData("iotdm-1/type/pump/id/p-001/response", MessageKind.DeviceManagement, "pump", "p-001", null, "response", null)]
    [InlineData("iotdevice-1/device/update/location", MessageKind.DeviceManagement, null, null, null, "device/update/location", null)]
    [InlineData("iot-2/type/evt/id/fmt/evt/cmd/fmt/mon", MessageKind.Event, "evt", "fmt", null, "cmd", "mon")]
    [InlineData("iot-2/evt/fmt/fmt/fmt", MessageKind.Event, null, null, null, "fmt", "fmt")]
    [InlineData("iot-2/type/pump/id/p-001/evt/s/fmt/json/more", MessageKind.Other, null, null, null, null, null)]
    [InlineData("iot-2/type/pump/id/p-001", MessageKind.Other, null, null, null, null, null)]
    [InlineData("iot-2/type/pump/id/p-001/evt/s/fmt/", MessageKind.Other, null, null, null, null, null)]
    [InlineData("iot-2/type/pump/id/p-001/app/dash/mon", MessageKind.Other, null, null, null, null, null)]
    [InlineData("iot-2/evt//fmt/json", MessageKind.Other, null, null, null, null, null)]
    [InlineData("IOT-2/evt/s/fmt/json", MessageKind.Other, null, null, null, null, null)]
    [InlineData("iot-2/type/pump/id/p-001/intf/i/evt/state", MessageKind.Other, null, null, null, null, null)]
    [InlineData("iotdm-1", MessageKind.Other, null, null, null, null, null)]
    [InlineData("foo/bar", MessageKind.Other, null, null, null, null, null)]
    [InlineData("/", MessageKind.Other, null, null, null, null, null)]
    public void A_topic_is_read_level_by_level(
        string topic, MessageKind kind, string? type, string? id, string? application, string? name, string? format)
    {
        Assert.True(MessageTopic.TryParse(topic, out var message));
        Assert.Equal(
            new MessageTopic { Kind = kind, DeviceType = type, DeviceId = id, ApplicationId = application, Name = name, Format = format },
            message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("iot-2/evt/+/fmt/json")]
    [InlineData("iot-2/#")]
    [InlineData("iot-2/evt/a\u0000/fmt/json")]
    public void What_is_no_topic_name_is_not_read(string topic) => Assert.False(MessageTopic.TryParse(topic, out _));

    [Fact]
    public void A_topic_that_has_no_form_in_UTF8_or_is_too_long_is_not_read()
    {
        Assert.False(MessageTopic.TryParse("iot-2/evt/\udc00/fmt/json", out _));
        Assert.False(MessageTopic.TryParse(new('x', 65536), out _));
        Assert.True(MessageTopic.TryParse(new('x', 65535), out _));
    }

    [Fact]
    public void Every_topic_that_can_be_built_is_read_back() =>
        Gen.Select(Part, Part, Level, Level).Sample((type, id, name, format) =>
        {
            var expected = new MessageTopic { DeviceType = type, DeviceId = id, Name = name, Format = format };
            var bare = new MessageTopic { Name = name, Format = format };
            Assert.Equal(expected with { Kind = MessageKind.Event }, Read(LongTopics.Event(type, id, name, format)));
            Assert.Equal(expected with { Kind = MessageKind.Command }, Read(LongTopics.Command(type, id, name, format)));
            Assert.Equal(bare with { Kind = MessageKind.Event }, Read(DeviceTopics.Event(name, format)));
            Assert.Equal(bare with { Kind = MessageKind.Command }, Read(DeviceTopics.Command(name, format)));
        });

    [Fact]
    public void Every_topic_that_can_be_built_is_allowed_and_survives_the_way_through_the_service() =>
        Gen.Select(Level, Level).Sample((name, format) =>
        {
            var device = Clients.Named("d");
            var application = Clients.Named("a");

            var sent = DeviceTopics.Event(name, format);
            Assert.Equal(TopicVerdict.Allowed, TopicRules.MayPublish(device, sent));
            Assert.Equal(
                LongTopics.Event("pump", "p-001", name, format),
                TopicMap.FromInternal(application, TopicMap.ToInternal(device, sent)));

            var command = LongTopics.Command("pump", "p-001", name, format);
            Assert.Equal(TopicVerdict.Allowed, TopicRules.MayPublish(application, command));
            Assert.Equal(
                DeviceTopics.Command(name, format),
                TopicMap.FromInternal(device, TopicMap.ToInternal(application, command)));
        });

    private static MessageTopic Read(string topic)
    {
        Assert.True(MessageTopic.TryParse(topic, out var message));
        return message;
    }
}
