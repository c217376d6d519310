using IoTF.Client.Configuration;
using IoTF.PowerShell.Commands;
using IoTF.PowerShell.Errors;
using IoTF.Tests.Unit.Vectors;
using Xunit;

namespace IoTF.Tests.Unit.Configuration;

/// <summary>The configuration sets of protocol.md §11.3.</summary>
public sealed class ConfigurationVectors : ConfigurationTest
{
    private const string Yaml =
        """
        identity:
          orgId: abc123
          typeId: pump
          deviceId: p-001
        auth:
          token: 't'
        """;

    [Fact]
    [Vector("E1")]
    public void Four_variables_are_a_device()
    {
        var options = PrepareDevice(Device());
        Assert.Equal("d:abc123:pump:p-001", options.Identity.ClientId);
        Assert.Equal("use-token-auth", options.Credential!.UserName);
        Assert.Equal("t", Secret(options));
        Assert.Equal("abc123.messaging.internetofthings.ibmcloud.com:8883", options.Endpoint.ToString());
        Assert.True(options.Endpoint.Secure);
        Assert.Equal(TimeSpan.FromSeconds(60), options.KeepAlive);
        Assert.False(options.Persistent);
    }

    [Fact]
    [Vector("E2")]
    public void A_missing_organization_is_named_by_parameter_key_and_variable()
    {
        var fault = Assert.Throws<IoTFException>(() => PrepareDevice([.. Device().Skip(1)]));
        Assert.Equal(ErrorIds.OrganizationNeeded, fault.ErrorId);
        Assert.Contains("WIOTP_IDENTITY_ORGID", fault.NextStep, StringComparison.Ordinal);
        Assert.Contains("-Organization", fault.NextStep, StringComparison.Ordinal);
        Assert.Contains("identity.orgId", fault.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    [Vector("E3")]
    public void An_API_key_is_an_application_with_a_new_id()
    {
        var options = PrepareApplication(Application());
        Assert.Matches("^a:abc123:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", options.Identity.ClientId);
        Assert.Equal(Key, options.Credential!.UserName);
        Assert.NotEqual(options.Identity.ClientId, PrepareApplication(Application()).Identity.ClientId);
    }

    [Fact]
    [Vector("E4")]
    public void The_other_pair_of_key_and_token_is_taken_when_nothing_of_the_first_is_there()
    {
        var options = PrepareApplication(("API_KEY", Key), ("API_TOKEN", "t"));
        Assert.StartsWith("a:abc123:", options.Identity.ClientId, StringComparison.Ordinal);
        Assert.Equal(Key, options.Credential!.UserName);
        Assert.Equal("t", Secret(options));
    }

    [Fact]
    [Vector("E5")]
    public void A_key_does_not_get_the_token_of_the_other_pair()
    {
        var fault = Assert.Throws<IoTFException>(() => PrepareApplication(("AUTH_KEY", Key), ("API_TOKEN", "t")));
        Assert.Equal(ErrorIds.TokenNeeded, fault.ErrorId);
        Assert.Contains("WIOTP_AUTH_TOKEN", fault.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    [Vector("E6")]
    public void An_instance_id_makes_a_member_of_a_scalable_application() => Assert.Equal(
        "A:abc123:w:i1", PrepareApplication(Application(("OPTIONS_MQTT_INSTANCEID", "i1"), ("IDENTITY_APPID", "w"))).Identity.ClientId);

    [Fact]
    [Vector("E7")]
    public void A_shared_subscription_makes_a_scalable_application() => Assert.Equal(
        "A:abc123:w", PrepareApplication(Application(("OPTIONS_MQTT_SHAREDSUBSCRIPTION", "true"), ("IDENTITY_APPID", "w"))).Identity.ClientId);

    [Fact]
    [Vector("E8")]
    public void A_port_must_be_a_number()
    {
        var fault = Refused(() => PrepareDevice(Device(("OPTIONS_MQTT_PORT", "abc"))));
        Assert.Equal(ConfigurationErrorId.ConfigurationValueInvalid, fault.ErrorId);
        Assert.Contains("WIOTP_OPTIONS_MQTT_PORT", fault.Message, StringComparison.Ordinal);
        Assert.Contains("must be a number", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Vector("E9")]
    public void Any_port_is_taken()
    {
        var endpoint = PrepareDevice(Device(("OPTIONS_MQTT_PORT", "9999"))).Endpoint;
        Assert.Equal(9999, endpoint.Port);
        Assert.True(endpoint.Secure);
    }

    [Theory]
    [Vector("E10")]
    [InlineData("True", true, 0)]
    [InlineData("true", true, 0)]
    [InlineData("1", true, 0)]
    [InlineData("TRUE", false, 1)]
    [InlineData("yes", false, 1)]
    [InlineData("0", false, 0)]
    [InlineData("", false, 0)]
    public void A_clean_start_is_asked_for_by_three_words_and_means_what_it_says(string value, bool clean, int warnings)
    {
        Assert.Equal(!clean, PrepareDevice(Device(("OPTIONS_MQTT_CLEANSTART", value))).Persistent);
        Assert.Equal(warnings, Said.Warnings.Count);
    }

    [Fact]
    [Vector("E11")]
    public void A_log_level_must_be_one_of_four()
    {
        var fault = Refused(() => PrepareDevice(Device(("OPTIONS_LOGLEVEL", "verbose"))));
        Assert.Equal(ConfigurationErrorId.ConfigurationValueInvalid, fault.ErrorId);
        Assert.Contains("error, warning, info, debug", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Vector("E12")]
    public void A_domain_and_a_port_make_the_host()
    {
        // The name that TLS sends to the server (SNI) is the endpoint's; DialerTests show it.
        var endpoint = PrepareDevice(
            [("IDENTITY_ORGID", "main"), .. Device()[1..], ("OPTIONS_DOMAIN", "iot.mas.example.com"), ("OPTIONS_MQTT_PORT", "443")]).Endpoint;
        Assert.Equal("main.messaging.iot.mas.example.com:443", endpoint.ToString());
        Assert.True(endpoint.Secure);
    }

    [Theory]
    [Vector("E13")]
    [InlineData("\"yes\"")]
    [InlineData("'true'")]
    [InlineData("1")]
    [InlineData("maybe")]
    public void A_clean_start_in_YAML_must_be_a_boolean(string value)
    {
        var fault = Refused(() => PrepareDeviceFromFile("device.yaml", $"{Yaml}\noptions:\n  mqtt:\n    cleanStart: {value}\n"));
        Assert.Equal(ConfigurationErrorId.ConfigurationValueInvalid, fault.ErrorId);
        Assert.Contains("must be a boolean", fault.Message, StringComparison.Ordinal);
        Assert.Contains("options.mqtt.cleanStart in line 9 of", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Vector("E14")]
    public void YAML_without_options_works()
    {
        var options = PrepareDeviceFromFile("device.yaml", Yaml);
        Assert.Equal("d:abc123:pump:p-001", options.Identity.ClientId);
        Assert.Equal("abc123.messaging.internetofthings.ibmcloud.com:8883", options.Endpoint.ToString());
        Assert.Empty(Said.Warnings);
    }

    [Theory]
    [Vector("E15")]
    [InlineData("Ab$76s)asj8_s5")]
    [InlineData("pad=ded==")]
    [InlineData("a:b=c#d")]
    public void Tokens_stay_what_they_are(string token)
    {
        Assert.Equal(token, Secret(PrepareDevice([.. Device()[..3], ("AUTH_TOKEN", token)])));
        Assert.Equal(token, Secret(PrepareDeviceFromFile("device.yaml", Yaml.Replace("'t'", token, StringComparison.Ordinal))));
        var old = $"org=abc123\ntype=pump\nid=p-001\nauth-token={token}\n";
        Assert.Equal(token, Secret(PrepareDeviceFromFile("device.ini", "[device]\n" + old)));
        Assert.Equal(token, Secret(PrepareDeviceFromFile("device.properties", old)));
    }

    [Fact]
    [Vector("E16")]
    public void Quickstart_takes_no_token()
    {
        var fault = Refused(() => PrepareDevice([("IDENTITY_ORGID", "quickstart"), .. Device()[1..]]));
        Assert.Equal(ConfigurationErrorId.QuickstartTakesNoToken, fault.ErrorId);
        Assert.Contains("WIOTP_AUTH_TOKEN", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Vector("E17")]
    public void A_shared_application_of_an_old_file_is_scalable() => Assert.Equal(
        "A:abc123:w",
        Prepare(new ConnectIoTFApplicationCommand
        {
            ConfigurationFile = Write("application.ini", $"[application]\ntype=shared\nid=w\nauth-method=apikey\nauth-key={Key}\nauth-token=t\n"),
        }).Identity.ClientId);

    private static ConfigurationException Refused(Action action) => Assert.Throws<ConfigurationException>(action);
}
