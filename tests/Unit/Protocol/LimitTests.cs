using IoTF.Protocol.Identities;
using IoTF.Protocol.Limits;
using IoTF.Protocol.Rules;
using IoTF.Tests.Unit.Vectors;
using Xunit;

namespace IoTF.Tests.Unit.Protocol;

public sealed class LimitTests
{
    [Fact]
    public void X1_and_X2_a_payload_of_131072_bytes_is_the_largest()
    {
        PayloadSize.Require(131072);
        var broken = Assert.Throws<RuleException>(() => PayloadSize.Require(131073));
        Assert.Equal((RuleId.PayloadTooLarge, "Data"), (broken.RuleId, broken.Subject));
        Assert.Contains("131,073", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_installation_may_take_more() => PayloadSize.Require(131073, maximum: 1_000_000);

    [Theory]
    [InlineData(100, 200, true, 100)]
    [InlineData(100, 201, true, 101)]
    [InlineData(100, 500, false, 100)]
    public void A_long_topic_counts_before_MQTT_5(int payload, int topic, bool countTopic, int expected) =>
        Assert.Equal(expected, PayloadSize.Counted(payload, topic, countTopic));

    [Theory]
    [InlineData(ClientRole.Device, 10, 50)]
    [InlineData(ClientRole.Gateway, 1000, 500)]
    [InlineData(ClientRole.Application, 2000, 500)]
    [InlineData(ClientRole.ScalableApplication, 2000, 500)]
    public void Each_role_has_its_limits(ClientRole role, int inFlight, int subscriptions) =>
        Assert.Equal((inFlight, subscriptions), (ServiceLimits.InFlight(role), ServiceLimits.Subscriptions(role)));

    [Theory]
    [InlineData("A", 0, 3600)]
    [InlineData("A", 3600, 3600)]
    [InlineData("A", 3601, 3600)]
    [InlineData("A", 60, 60)]
    [InlineData("A:", 0, 0)]
    [InlineData("a", 0, 0)]
    [InlineData("d", 65535, 65535)]
    [Vector("X16")]
    public void X16_the_keep_alive_of_an_unnamed_member_is_bounded(string role, int asked, int effective) => Assert.Equal(
        TimeSpan.FromSeconds(effective),
        ServiceLimits.EffectiveKeepAlive(Clients.Named(role), TimeSpan.FromSeconds(asked)));
}
