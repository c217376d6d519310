using IoTF.Protocol.Endpoints;
using IoTF.Protocol.Rules;
using Xunit;

namespace IoTF.Tests.Unit.Protocol;

public sealed class EndpointTests
{
    [Theory]
    [InlineData("E1", "abc123", null, null, null, false, "abc123.messaging.internetofthings.ibmcloud.com", 8883)]
    [InlineData("E12", "main", "iot.mas.example.com", null, 443, false, "main.messaging.iot.mas.example.com", 443)]
    [InlineData("insecure", "abc123", null, null, null, true, "abc123.messaging.internetofthings.ibmcloud.com", 1883)]
    [InlineData("insecure, other port", "abc123", null, null, 80, true, "abc123.messaging.internetofthings.ibmcloud.com", 80)]
    [InlineData("host", "abc123", null, "localhost", null, false, "localhost", 8883)]
    [InlineData("host and port", "abc123", null, "broker.example.com", 9999, false, "broker.example.com", 9999)]
    [InlineData("host replaces domain", "abc123", "iot.mas.example.com", "127.0.0.1", 9999, false, "127.0.0.1", 9999)]
    [InlineData("IPv6", "abc123", null, "::1", null, false, "::1", 8883)]
    [InlineData("IPv6 in brackets", "abc123", null, "[::1]", null, false, "::1", 8883)]
    [InlineData("container name", "abc123", null, "iot_service", null, false, "iot_service", 8883)]
    [InlineData("quickstart", "quickstart", null, null, null, true, "quickstart.messaging.internetofthings.ibmcloud.com", 1883)]
    public void An_endpoint_is_found_from_what_is_given(
        string vector, string organization, string? domain, string? hostName, int? port, bool insecure, string expectedHost, int expectedPort)
    {
        var endpoint = ServiceEndpoint.Resolve(organization, domain, hostName, port, insecure);
        Assert.Equal((vector, expectedHost, expectedPort, !insecure), (vector, endpoint.HostName, endpoint.Port, endpoint.Secure));
    }

    [Theory]
    [InlineData("quickstart", null, null, null, RuleId.QuickstartNeedsInsecure)]
    [InlineData("quickstart", null, "localhost", 8883, RuleId.QuickstartNeedsInsecure)]
    [InlineData("", null, null, null, RuleId.InvalidOrganization)]
    [InlineData("a.b", null, null, null, RuleId.InvalidOrganization)]
    [InlineData("main", "", null, null, RuleId.InvalidDomain)]
    [InlineData("main", ".iot.example.com", null, null, RuleId.InvalidDomain)]
    [InlineData("main", "https://iot.example.com", null, null, RuleId.InvalidDomain)]
    [InlineData("main", "127.0.0.1", null, null, RuleId.InvalidDomain)]
    [InlineData("main", "main.messaging.iot.mas.example.com", null, null, RuleId.InvalidDomain)]
    [InlineData("main", "messaging.iot.mas.example.com", null, null, RuleId.InvalidDomain)]
    [InlineData("main", "main.iot.mas.example.com", null, null, RuleId.InvalidDomain)]
    [InlineData("abc123", "abc123.messaging.internetofthings.ibmcloud.com", null, null, RuleId.InvalidDomain)]
    [InlineData("main", null, "main.iot.mas.example.com", null, RuleId.HostNameIsHttpApi)]
    [InlineData("abc123", null, "abc123.internetofthings.ibmcloud.com", null, RuleId.HostNameIsHttpApi)]
    [InlineData("main", null, "https://main.messaging.iot.mas.example.com/api", null, RuleId.InvalidHostName)]
    [InlineData("main", null, "", null, RuleId.InvalidHostName)]
    [InlineData("main", null, "ssl://broker", null, RuleId.InvalidHostName)]
    [InlineData("main", null, "broker:8883", null, RuleId.InvalidHostName)]
    [InlineData("main", null, "broker/mqtt", null, RuleId.InvalidHostName)]
    [InlineData("main", null, "bro ker", null, RuleId.InvalidHostName)]
    [InlineData("main", null, "-broker", null, RuleId.InvalidHostName)]
    [InlineData("main", null, "broker..example.com", null, RuleId.InvalidHostName)]
    [InlineData("main", null, "127.1", null, RuleId.InvalidHostName)]
    [InlineData("main", null, "256.1.1.1", null, RuleId.InvalidHostName)]
    [InlineData("main", null, null, 0, RuleId.InvalidPort)]
    [InlineData("main", null, null, 65536, RuleId.InvalidPort)]
    [InlineData("main", null, null, -1, RuleId.InvalidPort)]
    public void What_leads_nowhere_is_refused_by_name(string organization, string? domain, string? hostName, int? port, string ruleId) =>
        Assert.Equal(
            ruleId,
            Assert.Throws<RuleException>(() => ServiceEndpoint.Resolve(organization, domain, hostName, port, insecure: false)).RuleId);

    [Theory]
    [InlineData("main.messaging.iot.mas.example.com", null, "Give -Domain iot.mas.example.com.")]
    [InlineData("main.iot.mas.example.com", null, "Give -Domain iot.mas.example.com.")]
    [InlineData(null, "main.iot.mas.example.com", "Give -HostName main.messaging.iot.mas.example.com.")]
    [InlineData(null, "https://main.messaging.iot.mas.example.com/api", "-HostName main.messaging.iot.mas.example.com,")]
    public void A_name_in_the_wrong_place_is_told_with_the_right_one(string? domain, string? hostName, string advice) =>
        Assert.Contains(
            advice,
            Assert.Throws<RuleException>(() => ServiceEndpoint.Resolve("main", domain, hostName, port: null, insecure: false)).Advice,
            StringComparison.Ordinal);

    [Fact]
    public void A_whole_name_longer_than_DNS_allows_is_refused()
    {
        var domain = string.Join('.', Enumerable.Repeat(new string('x', 60), 4));
        Assert.Equal(
            RuleId.InvalidHostName,
            Assert.Throws<RuleException>(() => ServiceEndpoint.Resolve("main", domain, hostName: null, port: null, insecure: false)).RuleId);
    }

    [Fact]
    public void An_endpoint_is_written_as_host_and_port()
    {
        Assert.Equal("localhost:8883", new ServiceEndpoint("localhost", 8883, secure: true).ToString());
        Assert.Equal("[::1]:1883", new ServiceEndpoint("[::1]", 1883, secure: false).ToString());
    }
}
