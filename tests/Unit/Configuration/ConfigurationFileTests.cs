using IoTF.Client.Configuration;
using IoTF.PowerShell.Commands;
using IoTF.Protocol.Identities;
using Xunit;

namespace IoTF.Tests.Unit.Configuration;

/// <summary>The forms of configuration files (protocol.md §7.2 and §7.3), and what can be wrong with them.</summary>
public sealed class ConfigurationFileTests : ConfigurationTest
{
    private const string Token = "never-shown-1";

    [Fact]
    public void A_properties_file_is_read_as_Java_reads_it()
    {
        var options = PrepareDeviceFromFile(
            "device.properties",
            "# comment\n! comment\nOrganization-ID = abc123\nDevice-Type:pu\\\n    mp\nDevice-ID p-001\nAuthentication-Method=token\nAuthentication-Token=a\\\\b\\u003dc\\=d\n"
            + "Clean-Session=false\nMaxInflightMessages=7\nAutomatic-Reconnect=false\nmqtt-server=iot.example.com\nport=8443\n");
        Assert.Equal("d:abc123:pump:p-001", options.Identity.ClientId);
        Assert.Equal("a\\b=c=d", Secret(options));
        Assert.True(options.Persistent);
        Assert.Equal(7, options.MaxInFlight);
        Assert.Null(options.Reconnect);
        Assert.Equal("iot.example.com:8443", options.Endpoint.ToString());
        Assert.Empty(Said.Warnings);
    }

    [Fact]
    public void A_text_file_of_the_C_sharp_client_has_a_section_for_each_role()
    {
        const string Text =
            "## Device Registration detail\nOrganization-ID = abc123\nDevice-Type = pump\nDevice-ID = p-001\nAuthentication-Method = token\nAuthentication-Token = t=t\n\n"
            + "## Application Registration detail\nOrganization-ID = abc123\nApp-ID = w\nApi-Key = a-abc123-k1x2y3z4w5\nAuthentication-Token = u\n";
        var device = PrepareDeviceFromFile("prop.txt", Text);
        Assert.Equal("d:abc123:pump:p-001", device.Identity.ClientId);
        Assert.Equal("t=t", Secret(device));
        Assert.Equal("a:abc123:w", Prepare(new ConnectIoTFApplicationCommand { ConfigurationFile = Write("prop.txt", Text) }).Identity.ClientId);
    }

    [Fact]
    public void A_gateway_reads_the_section_of_devices_and_its_own_words()
    {
        Assert.Equal("g1", ConfigurationFile.Read(ClientRole.Gateway, "[device]\norg=abc123\ntype=gate\nid=g1\n", "gateway.ini").DeviceId!.Value);
        Assert.Equal("g2", ConfigurationFile.Read(ClientRole.Gateway, "Gateway-Type=gate\nGateway-ID=g2\n", "gateway.properties").DeviceId!.Value);
    }

    [Theory]
    [InlineData("yes", true)]
    [InlineData("Off", false)]
    [InlineData("true", true)]
    public void The_booleans_of_YAML_1_1_are_booleans(string word, bool clean) => Assert.Equal(
        !clean,
        PrepareDeviceFromFile("device.yml", $"identity: {{orgId: abc123, typeId: pump, deviceId: p1}}\nauth: {{token: t}}\noptions: {{mqtt: {{cleanStart: {word}}}}}").Persistent);

    [Fact]
    public void An_unknown_key_is_a_warning_with_its_line_and_what_is_known_there()
    {
        _ = PrepareDeviceFromFile("device.yaml", "identity: {orgId: abc123, typeId: pump, deviceId: p1}\nauth: {token: t}\noptions:\n  mqtt:\n    prot: 8883\n    list: [1, {a: b}]\n");
        Assert.Equal(2, Said.Warnings.Count);
        Assert.StartsWith("options.mqtt.prot in line 5 of ", Said.Warnings[0], StringComparison.Ordinal);
        Assert.Contains("port, transport", Said.Warnings[0], StringComparison.Ordinal);
        _ = PrepareDevice(Device(("OPTIONS_MQTT_PROT", "8883")));
        Assert.StartsWith("The variable WIOTP_OPTIONS_MQTT_PROT is not known", Said.Warnings[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("device.yaml", "auth: {token: never-shown-1", 1)]
    [InlineData("device.yaml", "auth:\n  token: *never-shown-1", 2)]
    [InlineData("device.yaml", "auth:\n  token: &never-shown-1", 2)]
    [InlineData("device.yaml", "auth:\n  token: !never-shown-1", 2)]
    [InlineData("device.yaml", "auth:\n  token: @never-shown-1", 2)]
    [InlineData("device.yaml", "auth: never-shown-1", 1)]
    [InlineData("device.yaml", "never-shown-1", 1)]
    [InlineData("device.yaml", "auth:\n  token: never-shown-1\n  token: never-shown-1", 3)]
    [InlineData("device.yaml", "auth:\n\ttoken: never-shown-1", 2)]
    [InlineData("device.ini", "[device]\nnever-shown-1", 2)]
    [InlineData("device.ini", "[device]\nauth-token=never-shown-1\nauth-token=never-shown-1", 3)]
    [InlineData("device.properties", "auth-token=never-shown-1\\u00", 1)]
    public void A_malformed_file_is_refused_by_line_and_without_a_secret(string name, string text, int line)
    {
        var fault = Assert.Throws<ConfigurationException>(() => PrepareDeviceFromFile(name, text));
        Assert.Equal(ConfigurationErrorId.ConfigurationMalformed, fault.ErrorId);
        Assert.Contains($"ine {line} of '", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_that_is_a_list_is_refused_without_being_shown()
    {
        var fault = Assert.Throws<ConfigurationException>(() => PrepareDeviceFromFile("device.yaml", $"auth:\n  token: [{Token}]"));
        Assert.Equal(ConfigurationErrorId.ConfigurationValueInvalid, fault.ErrorId);
        Assert.DoesNotContain(Token, fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    public void Deep_nesting_is_refused_before_it_takes_long(string level)
    {
        var deep = string.Concat(Enumerable.Repeat(level, 100_000 / level.Length));
        var refusal = Assert.Throws<ConfigurationException>(() => PrepareDeviceFromFile("device.yaml", $"options:\n  other:\n    {deep}"));
        Assert.Contains("is nested more than 64 levels deep", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_for_another_role_and_a_missing_file_say_so()
    {
        Assert.Contains("[device]", Assert.Throws<ConfigurationException>(() => PrepareDeviceFromFile("x.ini", "[application]\nid=w\n")).Message, StringComparison.Ordinal);
        var missing = Assert.Throws<ConfigurationException>(() => Prepare(new ConnectIoTFDeviceCommand { ConfigurationFile = Write("a", "") + "missing" }));
        Assert.Equal(ConfigurationErrorId.ConfigurationFileNotFound, missing.ErrorId);
    }

    [Fact]
    public void The_ids_are_the_names_of_their_constants() =>
        Assert.All(typeof(ConfigurationErrorId).GetFields(), field => Assert.Equal(field.Name, field.GetRawConstantValue()));
}
