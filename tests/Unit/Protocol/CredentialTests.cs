using IoTF.Protocol.Credentials;
using IoTF.Protocol.Rules;
using Xunit;

namespace IoTF.Tests.Unit.Protocol;

public sealed class CredentialTests
{
    [Theory]
    [InlineData("a-abc123-k1x2y3z4w5", "abc123")]
    [InlineData("a-main-a84ps90Ajs", "main")]
    [InlineData("a-my-org-k1x2y3z4w5", null)]
    [InlineData("a-abc123-", null)]
    [InlineData("a--k1x2y3z4w5", null)]
    [InlineData("a-abc123", null)]
    [InlineData("b-abc123-k1x2y3z4w5", null)]
    [InlineData("A-abc123-k1x2y3z4w5", null)]
    [InlineData("a-ab.c-k1x2y3z4w5", null)]
    [InlineData("use-token-auth", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void The_organization_is_read_from_an_API_key_only_when_there_is_no_doubt(string? apiKey, string? expected)
    {
        Assert.Equal(expected is not null, ApiKey.TryGetOrganization(apiKey, out var organization));
        Assert.Equal(expected, organization);
    }

    [Theory]
    [InlineData("12345678", true)]
    [InlineData("Ab_.!&@?*+()-9", true)]
    [InlineData("123456789012345678901234567890123456", true)]
    [InlineData("1234567", false)]
    [InlineData("1234567890123456789012345678901234567", false)]
    [InlineData("with space", false)]
    [InlineData("dollar$sign", false)]
    public void A_device_token_follows_the_rule_and_is_never_repeated(string token, bool legal)
    {
        Assert.Equal(legal, DeviceToken.IsWellFormed(token));
        if (!legal)
        {
            var broken = Assert.Throws<RuleException>(() => DeviceToken.Require(token));
            Assert.Equal(RuleId.InvalidToken, broken.RuleId);
            Assert.DoesNotContain(token, broken.ToString(), StringComparison.Ordinal);
        }
    }
}
