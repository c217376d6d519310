using IoTF.Protocol.Topics;
using IoTF.Tests.Unit.Vectors;
using Xunit;

namespace IoTF.Tests.Unit.Protocol;

public sealed class TopicMapTests
{
    [Theory]
    [InlineData("d", "iot-2/evt/s/fmt/json", "iot-2/abc123/type/pump/id/p-001/evt/s/fmt/json")]
    [InlineData("d", "iotdevice-1/mgmt/manage", "iotdevice-1/abc123/type/pump/id/p-001/mgmt/manage")]
    [InlineData("g", "iot-2/type/pump/id/p-002/evt/s/fmt/json", "iot-2/abc123/type/pump/id/p-002/evt/s/fmt/json")]
    [InlineData("a", "iot-2/type/pump/id/p-001/cmd/c/fmt/json", "iot-2/abc123/type/pump/id/p-001/cmd/c/fmt/json")]
    [InlineData("qs d", "iot-2/evt/s/fmt/json", "iot-2/quickstart/type/pump/id/p-001/evt/s/fmt/json")]
    public void A_published_topic_gets_the_organization_and_the_device(string role, string topic, string expected) =>
        Assert.Equal(expected, TopicMap.ToInternal(Clients.Named(role), topic));

    [Theory]
    [InlineData("T2", "d", "iot-2/cmd/+/fmt/+", "iot-2/abc123/type/pump/id/p-001/cmd/+/fmt/+")]
    [InlineData("T3", "d", "iotdm-1/#", "iotdm-1/abc123/type/pump/id/p-001/#")]
    [InlineData("T17", "g", "iot-2/type/+/id/+/cmd/+/fmt/+", "iot-2/abc123/type/+/id/+/cmd/+/fmt/+")]
    [InlineData("T19", "g", "iotdm-1/#", "iotdm-1/abc123/type/+/id/+/#")]
    [InlineData("T19", "g", "iotdm-1/type/pump/id/p-001/#", "iotdm-1/abc123/type/pump/id/p-001/#")]
    [InlineData("T22", "a", "iot-2/type/+/id/+/evt/+/fmt/+", "iot-2/abc123/type/+/id/+/evt/+/fmt/+")]
    [InlineData("T23", "a", "iot-2/app/+/mon", "iot-2/abc123/app/+/mon")]
    [Vector("T2", "T3", "T17", "T19", "T22", "T23")]
    public void A_filter_gets_the_organization_and_the_device(string vector, string role, string filter, string expected) =>
        Assert.Equal((vector, expected), (vector, TopicMap.FilterToInternal(Clients.Named(role), filter)));

    [Fact]
    [Vector("T19")]
    public void T19_the_expansion_of_a_gateways_filter_can_be_asked_for_in_its_own_words() =>
        Assert.Equal("iotdm-1/type/+/id/+/#", TopicMap.EffectiveFilter(Clients.Named("g"), "iotdm-1/#"));

    [Theory]
    [InlineData("T27", "d", "iot-2/cmd/reboot/fmt/json")]
    [InlineData("T27", "g", "iot-2/type/pump/id/p-001/cmd/reboot/fmt/json")]
    [InlineData("T27", "a", "iot-2/type/pump/id/p-001/cmd/reboot/fmt/json")]
    [Vector("T27")]
    public void A_command_of_an_application_is_seen_by_each_role_in_its_form(string vector, string receiver, string expected)
    {
        var topic = TopicMap.ToInternal(Clients.Named("a"), "iot-2/type/pump/id/p-001/cmd/reboot/fmt/json");
        Assert.Equal((vector, expected), (vector, TopicMap.FromInternal(Clients.Named(receiver), topic)));
    }

    [Fact]
    public void An_event_of_a_device_is_seen_by_applications_in_the_long_form() => Assert.Equal(
        "iot-2/type/pump/id/p-001/evt/s/fmt/json",
        TopicMap.FromInternal(Clients.Named("a"), TopicMap.ToInternal(Clients.Named("d"), "iot-2/evt/s/fmt/json")));

    [Fact]
    public void An_application_status_loses_the_organization_only() =>
        Assert.Equal("iot-2/app/dash/mon", TopicMap.FromInternal(Clients.Named("a"), "iot-2/abc123/app/dash/mon"));

    [Fact]
    public void A_topic_that_is_not_internal_is_not_mapped_back() =>
        Assert.Throws<ArgumentException>(() => TopicMap.FromInternal(Clients.Named("d"), "iot-2/abc123/app/dash/mon"));

    [Fact]
    [Vector("T34")]
    public void T34_members_without_an_instance_id_share_a_subscription_by_the_servers_name() => Assert.Equal(
        "$SharedSubscription/ios2:app1:iot-2:type:typ:id:device:evt:abc:fmt:json/iot-2/ios2/type/typ/id/device/evt/abc/fmt/json",
        TopicMap.SharedSubscription(Clients.Named("A"), "iot-2/type/typ/id/device/evt/abc/fmt/json"));

    [Fact]
    [Vector("T34")]
    public void T34_members_with_an_instance_id_share_another_one() => Assert.Equal(
        "$share/ios2:app1/iot-2/ios2/type/typ/id/device/evt/abc/fmt/json",
        TopicMap.SharedSubscription(Clients.Named("A:"), "iot-2/type/typ/id/device/evt/abc/fmt/json"));

    [Theory]
    [InlineData("a")]
    [InlineData("d")]
    [InlineData("g")]
    public void Other_clients_share_nothing(string role) =>
        Assert.Null(TopicMap.SharedSubscription(Clients.Named(role), "iot-2/type/typ/id/device/evt/abc/fmt/json"));
}
