using CsCheck;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Rules;
using Xunit;

namespace IoTF.Tests.Unit.Protocol;

public sealed class IdentityTests
{
    private static readonly Gen<string> Part = Gen.String[Gen.Char["ABCXYZabcxyz0189-_."], 1, 36];
    private static readonly Gen<string> Organization = Gen.String[Gen.Char["ABCxyz0189"], 1, 63];

    public static TheoryData<string, string, string, Action> IllegalIdentities => new()
    {
        { "an empty organization", RuleId.InvalidOrganization, "Organization", () => ClientIdentity.ForDevice("", "pump", "p1") },
        { "an organization with a colon", RuleId.InvalidOrganization, "Organization", () => ClientIdentity.ForDevice("a:b", "pump", "p1") },
        { "an organization with a dot", RuleId.InvalidOrganization, "Organization", () => ClientIdentity.ForApplication("a.b", "app") },
        { "an organization that ends with a hyphen", RuleId.InvalidOrganization, "Organization", () => ClientIdentity.ForGateway("ab-", "t", "g") },
        { "an organization of 64 characters", RuleId.InvalidOrganization, "Organization", () => ClientIdentity.ForDevice(new('o', 64), "pump", "p1") },
        { "an empty device type", RuleId.InvalidDeviceType, "DeviceType", () => ClientIdentity.ForDevice("abc123", "", "p1") },
        { "a device type with a slash", RuleId.InvalidDeviceType, "DeviceType", () => ClientIdentity.ForGateway("abc123", "a/b", "p1") },
        { "a device id of 37 characters", RuleId.InvalidDeviceId, "DeviceId", () => ClientIdentity.ForDevice("abc123", "pump", new('x', 37)) },
        { "a device id with a space", RuleId.InvalidDeviceId, "DeviceId", () => ClientIdentity.ForDevice("abc123", "pump", "p 1") },
        { "a device id that is null", RuleId.InvalidDeviceId, "DeviceId", () => ClientIdentity.ForDevice("abc123", "pump", null!) },
        { "an application id with an umlaut", RuleId.InvalidApplicationId, "ApplicationId", () => ClientIdentity.ForApplication("abc123", "büro") },
        { "an empty instance id", RuleId.InvalidInstanceId, "InstanceId", () => ClientIdentity.ForScalableApplication("abc123", "app", "") },
        { "a quickstart gateway", RuleId.QuickstartHasNoGateways, "Organization", () => ClientIdentity.ForGateway("quickstart", "t", "g") },
        { "a scalable quickstart application", RuleId.QuickstartHasNoScalableApplications, "Organization", () => ClientIdentity.ForScalableApplication("quickstart", "app") },
    };

    [Theory]
    [MemberData(nameof(IllegalIdentities))]
    public void An_illegal_part_is_refused_by_name(string what, string ruleId, string subject, Action make)
    {
        var broken = Assert.Throws<RuleException>(make);
        Assert.Equal((what, ruleId, subject), (what, broken.RuleId, broken.Subject));
        Assert.EndsWith(broken.Advice, broken.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", broken.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_quotes_the_value_safely_and_shortened()
    {
        var escaped = Assert.Throws<RuleException>(() => ClientIdentity.ForDevice("abc123", "pump", "p\u001b[31m\u202e1"));
        Assert.Contains("'p\\u001B[31m\\u202E1'", escaped.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", escaped.Message, StringComparison.Ordinal);

        var shortened = Assert.Throws<RuleException>(() => ClientIdentity.ForDevice("abc123", "pump", new('x', 5000)));
        Assert.True(shortened.Message.Length < 300, shortened.Message);
        Assert.Contains("5000 characters", shortened.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_can_be_made_is_read_back_as_the_same_identity() =>
        Gen.Select(Organization, Part, Part, Gen.Int[0, 4]).Sample((organization, first, second, kind) =>
        {
            var identity = kind switch
            {
                0 => ClientIdentity.ForDevice(organization, first, second),
                1 => ClientIdentity.ForGateway(organization, first, second),
                2 => ClientIdentity.ForApplication(organization, first),
                3 => ClientIdentity.ForScalableApplication(organization, first),
                _ => ClientIdentity.ForScalableApplication(organization, first, second),
            };
            return ClientIdentity.TryParse(identity.ClientId, out var read, out _) && read == identity;
        });

    [Fact]
    public void Any_text_at_all_is_either_an_identity_that_spells_the_same_or_rejected() =>
        Gen.String[Gen.Char["dgaAx:::qo1-_. /+#\u0000ü"], 0, 20].Sample(text =>
            ClientIdentity.TryParse(text, out var identity, out var rejection)
                ? rejection == ClientIdRejection.None && identity.ClientId == text
                : rejection != ClientIdRejection.None && identity is null);
}
