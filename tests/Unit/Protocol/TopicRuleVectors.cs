using IoTF.Protocol.Rules;
using IoTF.Protocol.Topics;
using IoTF.Tests.Unit.Vectors;
using Xunit;

namespace IoTF.Tests.Unit.Protocol;

/// <summary>The topic vectors T1 to T34: who may use which topic. How names are mapped is in <see cref="TopicMapTests"/>.</summary>
public sealed class TopicRuleVectors
{
    private const TopicVerdict Ok = TopicVerdict.Allowed;
    private const TopicVerdict Bad = TopicVerdict.TopicNotAllowed;

    [Theory]
    [InlineData("T1", "d", "iot-2/cmd/abc/fmt/json", Ok)]
    [InlineData("T2", "d", "iot-2/cmd/+/fmt/+", Ok)]
    [InlineData("T3", "d", "iotdm-1/#", Ok)]
    [InlineData("T4", "d", "iotdm-1/mgmt/initiate/+/+", Ok)]
    [InlineData("T4", "d", "iotdm-1/mgmt/+", Ok)]
    [InlineData("T5", "d", "iot-2/cmd/abc/fmt/json/more", Bad)]
    [InlineData("T6", "d", "iot-2/cmd//fmt/json", Bad)]
    [InlineData("T7", "d", "iot-2/cmd/abc/fmt/", Bad)]
    [InlineData("T8", "d", "iot-2/cmd/test/fmt/#", Bad)]
    [InlineData("T9", "d", "iot-2/evt/+/fmt/+", Bad)]
    [InlineData("T10", "d", "iot-2/type/pump/id/p-001/cmd/+/fmt/+", Bad)]
    [InlineData("T17", "g", "iot-2/type/t/id/d/cmd/abc/fmt/json", Ok)]
    [InlineData("T18", "g", "iot-2/type/gwt/id/gw1/notify", Ok)]
    [InlineData("T19", "g", "iotdm-1/#", Ok)]
    [InlineData("T22", "a", "iot-2/type/+/id/device/evt/abc/fmt/json", Ok)]
    [InlineData("T22", "a", "iot-2/type/+/id/+/evt/+/fmt/+", Ok)]
    [InlineData("T23", "a", "iot-2/type/+/id/device/mon", Ok)]
    [InlineData("T23", "a", "iot-2/app/+/mon", Ok)]
    [InlineData("T24", "a", "iot-2/type//id/device/evt/+/fmt/+", Bad)]
    [InlineData("T24", "a", "iot-2/type/+/id/+/evt/+/fmt/#", Bad)]
    [InlineData("T24", "a", "iot-2/#", Bad)]
    [InlineData("T24", "a", "#", Bad)]
    [InlineData("T25", "a", "iot-2/app//mon", Bad)]
    [InlineData("T25", "a", "iot-2/app/appid/mon/more", Bad)]
    [InlineData("T26", "a", "$SYS/#", TopicVerdict.SystemTopic)]
    [InlineData("T31", "qs d", "iot-2/cmd/+/fmt/+", Bad)]
    [InlineData("T32", "qs a", "iot-2/type/+/id/dev1/evt/+/fmt/+", Ok)]
    [InlineData("T32", "qs a", "iot-2/type/+/id/+/evt/+/fmt/+", Bad)]
    [InlineData("T34", "A", "iot-2/type/typ/id/device/evt/abc/fmt/json", Ok)]
    [Vector("T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T17", "T18", "T19", "T22", "T23", "T24", "T25", "T26", "T31", "T32", "T34")]
    public void A_client_may_subscribe_to_what_its_role_allows(string vector, string role, string filter, TopicVerdict expected) =>
        Assert.Equal((vector, expected), (vector, TopicRules.MaySubscribe(Clients.Named(role), filter)));

    [Theory]
    [InlineData("T11", "d", "iot-2/evt/abc/fmt/json", Ok)]
    [InlineData("T12", "d", "iot-2/evt/abc/fmt/json/more", Bad)]
    [InlineData("T12", "d", "iot-2/evt/abc/fmt", Bad)]
    [InlineData("T12", "d", "iot-2/evt//fmt/json", Bad)]
    [InlineData("T13", "d", "iot-2/cmd/abc/fmt/json", Bad)]
    [InlineData("T14", "d", "iot-2/mon", Bad)]
    [InlineData("T14", "d", "iot-2/type/pump/id/p-001/evt/a/fmt/json", Bad)]
    [InlineData("T15", "d", "iotdevice-1/mgmt/manage", Ok)]
    [InlineData("T15", "d", "iotdevice-1/add/diag/log", Ok)]
    [InlineData("T15", "d", "iotdevice-1/device/update/location", Ok)]
    [InlineData("T16", "d", "iotdm-1/response", Bad)]
    [InlineData("T20", "g", "iot-2/type/pump/id/p-001/evt/s/fmt/json", Ok)]
    [InlineData("T21", "g", "iot-2/evt/s/fmt/json", Bad)]
    [InlineData("T27", "a", "iot-2/type/pump/id/p-001/cmd/reboot/fmt/json", Ok)]
    [InlineData("T28", "a", "iot-2/type/+/id/p-001/cmd/x/fmt/json", Bad)]
    [InlineData("T29", "a", "iot-2/app/dash/mon", Bad)]
    [InlineData("T30", "qs d", "iot-2/evt/s/fmt/json", Ok)]
    [InlineData("T30", "qs d", "iot-2/evt/s/fmt/xml", Bad)]
    [InlineData("T33", "qs a", "iot-2/type/t/id/d/cmd/c/fmt/json", Bad)]
    [Vector("T11", "T12", "T13", "T14", "T15", "T16", "T20", "T21", "T27", "T28", "T29", "T30", "T33")]
    public void A_client_may_publish_to_what_its_role_allows(string vector, string role, string topic, TopicVerdict expected) =>
        Assert.Equal((vector, expected), (vector, TopicRules.MayPublish(Clients.Named(role), topic)));

    [Theory]
    [InlineData("d", "iot-2/mon", Ok)]
    [InlineData("d", "iot-2/notify", Ok)]
    [InlineData("d", "iotdm-1/mgmt/#", Ok)]
    [InlineData("d", "iotdm-1", Bad)]
    [InlineData("d", "iotdm-1/", Bad)]
    [InlineData("d", "iotdm-1/#/mgmt", Bad)]
    [InlineData("d", "iotdm-1/mg+", Bad)]
    [InlineData("d", "iot-2/cmd/a\u0000b/fmt/json", Bad)]
    [InlineData("d", "iot-2/cmd/~/fmt/+", Ok)]
    [InlineData("d", "iot-2/+/abc/fmt/json", Bad)]
    [InlineData("d", "", Bad)]
    [InlineData("g", "iot-2/type/+/id/+/mon", Ok)]
    [InlineData("g", "iot-2/type/+/id/+/response", Ok)]
    [InlineData("g", "iot-2/mon", Ok)]
    [InlineData("g", "iot-2/cmd/+/fmt/+", Bad)]
    [InlineData("g", "iot-2/type/+/id/+/evt/+/fmt/+", Bad)]
    [InlineData("g", "iotdm-1/type/pump/id/p-001/#", Ok)]
    [InlineData("a", "iot-2/type/+/id/+/cmd/+/fmt/+", Ok)]
    [InlineData("a", "iot-2/type/+/id/+/intf/+/evt/state", Ok)]
    [InlineData("a", "iot-2/intf/+/rule/+/evt/trigger", Ok)]
    [InlineData("a", "iotdm-1/#", Bad)]
    [InlineData("a", "$SYS", TopicVerdict.SystemTopic)]
    [InlineData("a", "$SYSTEM/x", Bad)]
    [InlineData("a", "$SYS//x", TopicVerdict.SystemTopic)]
    [InlineData("A", "$share/g/iot-2/type/+/id/+/evt/+/fmt/+", Bad)]
    [InlineData("A", "$SharedSubscription/g/iot-2/type/+/id/+/evt/+/fmt/+", Bad)]
    [InlineData("qs a", "iot-2/app/+/mon", Bad)]
    [InlineData("qs a", "iot-2/app/dash/mon", Ok)]
    [InlineData("qs a", "iot-2/type/+/id/d/cmd/+/fmt/+", Bad)]
    public void Further_filters_follow_the_same_tables(string role, string filter, TopicVerdict expected) =>
        Assert.Equal(expected, TopicRules.MaySubscribe(Clients.Named(role), filter));

    [Theory]
    [InlineData("d", "iotdevice-1/response", Ok)]
    [InlineData("d", "iotdevice-1/notify", Ok)]
    [InlineData("d", "iotdevice-1/clear/diag/errorCodes", Ok)]
    [InlineData("d", "iotdevice-1/mgmt/manage/more", Bad)]
    [InlineData("d", "iot-2/evt/~/fmt/~", Ok)]
    [InlineData("d", "$SYS/x", TopicVerdict.SystemTopic)]
    [InlineData("g", "iotdevice-1/type/pump/id/p-001/mgmt/manage", Ok)]
    [InlineData("g", "iotdevice-1/mgmt/manage", Bad)]
    [InlineData("g", "iot-2/type/pump/id/p-001/cmd/c/fmt/json", Bad)]
    [InlineData("a", "iot-2/type/pump/id/p-001/evt/s/fmt/json", Ok)]
    [InlineData("A", "iot-2/type/pump/id/p-001/cmd/c/fmt/bin", Ok)]
    [InlineData("qs a", "iot-2/type/t/id/d/evt/e/fmt/xml", Ok)]
    [InlineData("qs d", "iotdevice-1/mgmt/manage", Bad)]
    [InlineData("qs d", "iot-dm/client/request/r/fmt/json", Ok)]
    [InlineData("d", "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p", Bad)]
    public void Further_topics_follow_the_same_tables(string role, string topic, TopicVerdict expected) =>
        Assert.Equal(expected, TopicRules.MayPublish(Clients.Named(role), topic));

    [Fact]
    public void A_topic_with_half_a_surrogate_pair_is_not_allowed() =>
        Assert.Equal(Bad, TopicRules.MayPublish(Clients.Named("d"), "iot-2/evt/\ud83d/fmt/json"));

    [Theory]
    [InlineData("iot-2/type/+/id/+/evt/+/fmt/+", RuleId.QuickstartNeedsDeviceId, "DeviceId")]
    [InlineData("iot-2/type/+/id/+/mon", RuleId.QuickstartNeedsDeviceId, "DeviceId")]
    [InlineData("iot-2/app/+/mon", RuleId.QuickstartNeedsDeviceId, "ApplicationId")]
    [InlineData("iot-2/type/+/id/+/cmd/+/fmt/+", RuleId.FilterNotAllowed, "Topic")]
    [InlineData("#", RuleId.FilterNotAllowed, "Topic")]
    public void A_quickstart_application_is_told_to_name_the_device(string filter, string ruleId, string subject)
    {
        var broken = Assert.Throws<RuleException>(() => TopicRules.RequireMaySubscribe(Clients.Named("qs a"), filter));
        Assert.Equal((ruleId, subject), (broken.RuleId, broken.Subject));
    }

    [Fact]
    public void What_is_allowed_passes_and_what_is_not_is_refused_before_it_is_sent()
    {
        TopicRules.RequireMaySubscribe(Clients.Named("qs a"), "iot-2/type/+/id/dev1/evt/+/fmt/+");
        TopicRules.RequireMayPublish(Clients.Named("d"), "iot-2/evt/s/fmt/json");

        var broken = Assert.Throws<RuleException>(() => TopicRules.RequireMayPublish(Clients.Named("g"), "iot-2/evt/s/fmt/json"));
        Assert.Equal(RuleId.TopicNotAllowed, broken.RuleId);
        Assert.Contains("g:abc123:gwt:gw1", broken.Message, StringComparison.Ordinal);
    }
}
