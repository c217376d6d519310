using IoTF.Protocol.Connecting;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Rules;
using Xunit;

namespace IoTF.Tests.Unit.Protocol;

public sealed class SessionRuleTests
{
    [Theory]
    [InlineData("d:quickstart:pump:p1", false, true, RuleId.QuickstartTakesNoCredentials)]
    [InlineData("a:quickstart:dash", false, true, RuleId.QuickstartTakesNoCredentials)]
    [InlineData("d:quickstart:pump:p1", true, false, RuleId.QuickstartHasNoPersistentSessions)]
    [InlineData("A:abc123:worker", true, true, RuleId.PersistentNeedsInstanceId)]
    [InlineData("d:quickstart:pump:p1", false, false, null)]
    [InlineData("A:abc123:worker", false, true, null)]
    [InlineData("A:abc123:worker:i1", true, true, null)]
    [InlineData("g:abc123:gwt:gw1", true, true, null)]
    [InlineData("a:abc123:dash", true, true, null)]
    public void What_a_session_may_be_depends_on_who_connects(string clientId, bool persistent, bool hasCredentials, string? brokenRule)
    {
        Assert.True(ClientIdentity.TryParse(clientId, out var identity, out _));
        var thrown = Record.Exception(() => SessionRules.Require(identity, persistent, hasCredentials));
        Assert.Equal(brokenRule, (thrown as RuleException)?.RuleId);
    }
}
