using IoTF.Protocol.Connecting;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;
using Xunit;

namespace IoTF.Tests.Unit.Protocol;

public sealed class CloseCodeTests
{
    [Theory]
    [InlineData(0, ReconnectSense.Unneeded)]
    [InlineData(91, ReconnectSense.Reconnect)]
    [InlineData(92, ReconnectSense.BackOff)]
    [InlineData(93, ReconnectSense.Reconnect)]
    [InlineData(94, ReconnectSense.ChangeFirst)]
    [InlineData(105, ReconnectSense.ChangeFirst)]
    [InlineData(160, ReconnectSense.Reconnect)]
    [InlineData(173, ReconnectSense.BackOff)]
    [InlineData(176, ReconnectSense.BackOff)]
    [InlineData(180, ReconnectSense.ChangeFirst)]
    [InlineData(276, ReconnectSense.ChangeFirst)]
    [InlineData(287, ReconnectSense.ChangeFirst)]
    [InlineData(288, ReconnectSense.ChangeFirst)]
    public void A_code_says_whether_connecting_again_has_a_sense(int code, ReconnectSense expected)
    {
        Assert.True(CloseCode.TryFind(code, out var closeCode));
        Assert.Equal((code, expected), (closeCode.Code, closeCode.Sense));
    }

    [Fact]
    public void The_table_holds_exactly_the_documented_codes() => Assert.Equal(
        [
            0, 91, 92, 93, 94, 104, 105, 119, 154, 160, 163, 164, 165, 166, 167, 169, 170, 173, 175, 176, 177, 178, 180, 188,
            270, 271, 276, 286, 287, 288, 289, 291, 292, 293, 297, 298, 299,
        ],
        CloseCode.All.Select(code => code.Code));

    [Fact]
    public void An_unknown_code_is_not_found() => Assert.False(CloseCode.TryFind(1, out _));

    [Fact]
    public void A_verdict_on_a_topic_is_a_close_code_and_a_rejected_ClientId_a_return_code()
    {
        Assert.Equal(CloseCode.TopicNotAllowed, (int)TopicVerdict.TopicNotAllowed);
        Assert.Equal(CloseCode.SystemTopic, (int)TopicVerdict.SystemTopic);
        Assert.Equal(2, (int)ClientIdRejection.IdentifierRejected);
        Assert.Equal(5, (int)ClientIdRejection.NotAuthorized);
    }
}
