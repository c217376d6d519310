using IoTF.Client.Configuration;
using IoTF.PowerShell.Commands;
using IoTF.PowerShell.Emulation;
using IoTF.PowerShell.Errors;
using IoTF.Protocol.Rules;
using Xunit;

namespace IoTF.Tests.Unit.Configuration;

/// <summary>Parameter over file over environment over default, and which token belongs to whom.</summary>
public sealed class PrecedenceTests : ConfigurationTest
{
    private const string Yaml =
        "identity: {orgId: abc123, typeId: pump, deviceId: p-001}\nauth: {token: of-the-file}\noptions: {domain: file.example.com, mqtt: {keepAlive: 20}}\n";

    [Fact]
    public void Each_value_comes_from_the_strongest_source_that_says_it()
    {
        var options = Prepare(
            new ConnectIoTFDeviceCommand { ConfigurationFile = Write("device.yaml", Yaml), DeviceType = "valve", Token = Secrets.Protect("of-the-parameter") },
            ("IDENTITY_TYPEID", "engine"), ("OPTIONS_DOMAIN", "variable.example.com"), ("OPTIONS_MQTT_KEEPALIVE", "30"), ("OPTIONS_MQTT_PORT", "443"));
        Assert.Equal("d:abc123:valve:p-001", options.Identity.ClientId);
        Assert.Equal("abc123.messaging.file.example.com:443", options.Endpoint.ToString());
        Assert.Equal(TimeSpan.FromSeconds(20), options.KeepAlive);
        Assert.Equal("of-the-parameter", Secret(options));
    }

    [Fact]
    public void Parameters_that_say_everything_leave_the_environment_alone()
    {
        var options = Prepare(
            new ConnectIoTFDeviceCommand { Organization = "main", DeviceType = "pump", DeviceId = "p1", Token = Secrets.Protect("secret") },
            [.. Device(), ("OPTIONS_DOMAIN", "variable.example.com"), ("OPTIONS_LOGLEVEL", "nonsense")]);
        Assert.Equal("main.messaging.internetofthings.ibmcloud.com:8883", options.Endpoint.ToString());
        Assert.Empty(Said.Verbose);
    }

    [Fact]
    public void A_host_name_and_a_domain_come_from_the_same_source()
    {
        var command = new ConnectIoTFDeviceCommand { Domain = "parameter.example.com", ConfigurationFile = Write("device.ini", "[device]\nmqtt-server=file.example.com\n") };
        Assert.Equal("abc123.messaging.parameter.example.com", Prepare(command, Device()).Endpoint.HostName);
        Assert.Equal("file.example.com", PrepareDeviceFromFile("device.ini", "[device]\nmqtt-server=file.example.com\n", Device(("OPTIONS_DOMAIN", "x.example.com"))).Endpoint.HostName);
    }

    [Fact]
    public void A_token_of_the_environment_is_not_used_for_another_device()
    {
        var fault = Assert.Throws<IoTFException>(() => Prepare(new ConnectIoTFDeviceCommand { DeviceId = "p-002" }, Device()));
        Assert.Equal(ErrorIds.TokenNeeded, fault.ErrorId);
        var warning = Assert.Single(Said.Warnings);
        Assert.Contains("'p-001' from the variable WIOTP_IDENTITY_DEVICEID", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_of_the_environment_is_used_for_the_device_of_a_file_without_one()
    {
        var options = PrepareDeviceFromFile("device.yaml", "identity: {orgId: abc123, typeId: pump, deviceId: p-001}", ("AUTH_TOKEN", "of-the-variable"));
        Assert.Equal("of-the-variable", Secret(options));
        Assert.Empty(Said.Warnings);
    }

    [Fact]
    public void A_key_and_the_token_of_another_never_meet()
    {
        var file = Write("app.yaml", $"auth: {{key: {Key}}}");
        var fault = Assert.Throws<IoTFException>(() => Prepare(new ConnectIoTFApplicationCommand { ConfigurationFile = file }, ("AUTH_KEY", "a-abc123-another"), ("AUTH_TOKEN", "t")));
        Assert.Equal(ErrorIds.TokenNeeded, fault.ErrorId);
    }

    [Fact]
    public void A_device_does_not_take_the_token_of_an_application() =>
        Assert.Equal(ErrorIds.TokenNeeded, Assert.Throws<IoTFException>(() => PrepareDevice([.. Device()[..3], ("API_TOKEN", "t")])).ErrorId);

    [Fact]
    public void What_was_filled_is_taken_back_for_the_next_record()
    {
        var command = new ConnectIoTFDeviceCommand { ConfigurationFile = Write("device.yaml", Yaml + "  \n") };
        _ = Prepare(command);
        Assert.Null(command.Organization);
        Assert.Null(command.DeviceId);
        Assert.Null(command.Token);
        Assert.Null(command.Domain);
        Assert.Equal(TimeSpan.FromSeconds(60), command.KeepAlive);
    }

    [Fact]
    public void Verbose_says_where_each_value_comes_from_and_never_a_secret()
    {
        _ = PrepareDeviceFromFile("device.yaml", Yaml, ("OPTIONS_MQTT_PORT", "443"));
        Assert.Contains("Port 443 comes from the variable WIOTP_OPTIONS_MQTT_PORT.", Said.Verbose);
        Assert.Contains(Said.Verbose, line => line.StartsWith("DeviceId p-001 comes from identity.deviceId in line 1 of '", StringComparison.Ordinal));
        Assert.Contains(Said.Verbose, line => line.StartsWith("Token comes from auth.token in line 2 of '", StringComparison.Ordinal));
        Assert.DoesNotContain(Said.Verbose, line => line.Contains("of-the-file", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("OPTIONS_MQTT_PORT", "1883")]
    [InlineData("OPTIONS_MQTT_PORT", "80")]
    public void Plain_text_is_never_the_configurations_choice(string name, string value)
    {
        var fault = Assert.Throws<ConfigurationException>(() => PrepareDevice(Device((name, value))));
        Assert.Equal(ConfigurationErrorId.ConfigurationNeedsInsecure, fault.ErrorId);
        Assert.Contains(name, fault.Message, StringComparison.Ordinal);
        Assert.False(Prepare(new ConnectIoTFDeviceCommand { Insecure = true }, Device((name, value))).Endpoint.Secure);
    }

    [Fact]
    public void A_gateway_takes_its_identity_and_token_from_where_a_device_takes_them()
    {
        var options = Prepare(new ConnectIoTFGatewayCommand { ConfigurationFile = Write("gateway.yaml", Yaml) }, ("OPTIONS_MQTT_PORT", "443"));
        Assert.Equal("g:abc123:pump:p-001", options.Identity.ClientId);
        Assert.Equal("of-the-file", Secret(options));
        Assert.Equal("abc123.messaging.file.example.com:443", options.Endpoint.ToString());
    }

    [Theory]
    [InlineData(null, null, "A:abc123:w:of-the-variable")]
    [InlineData("of-the-parameter", null, "A:abc123:w:of-the-parameter")]
    [InlineData(null, true, "A:abc123:w:of-the-variable")]
    [InlineData(null, false, "a:abc123:w")]
    public void A_parameter_decides_whether_an_application_is_scalable_and_which_member_it_is(string? instance, bool? scalable, string clientId)
    {
        var command = new ConnectIoTFApplicationCommand { InstanceId = instance };
        if (scalable is { } given)
        {
            command.Scalable = given;
            command.MyInvocation.BoundParameters[nameof(command.Scalable)] = command.Scalable;
        }

        var options = Prepare(command, Application(("IDENTITY_APPID", "w"), ("OPTIONS_MQTT_INSTANCEID", "of-the-variable"), ("OPTIONS_MQTT_SHAREDSUBSCRIPTION", "true")));
        Assert.Equal(clientId, options.Identity.ClientId);
        Assert.Equal(scalable ?? false, command.Scalable.IsPresent);
        Assert.Equal(instance, command.InstanceId);
    }

    [Fact]
    public void A_persistent_application_needs_an_id_wherever_it_is_said()
    {
        var fault = Assert.Throws<IoTFException>(() => PrepareApplication(Application(("OPTIONS_MQTT_CLEANSTART", "false"))));
        Assert.Equal(ErrorIds.ApplicationIdNeeded, fault.ErrorId);
        Assert.Contains("WIOTP_IDENTITY_APPID", fault.NextStep, StringComparison.Ordinal);
        Assert.Equal("a:abc123:nightly", PrepareApplication(Application(("OPTIONS_MQTT_CLEANSTART", "false"), ("IDENTITY_APPID", "nightly"))).Identity.ClientId);
    }

    [Fact]
    public void A_scalable_application_needs_an_id_wherever_it_is_said()
    {
        var fault = Assert.Throws<IoTFException>(() => PrepareApplication(Application(("OPTIONS_MQTT_SHAREDSUBSCRIPTION", "true"))));
        Assert.Equal(ErrorIds.ApplicationIdNeeded, fault.ErrorId);
        Assert.Contains("WIOTP_IDENTITY_APPID", fault.NextStep, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cleanStart: false, sharedSubscription: true", true)]
    [InlineData("cleanStart: false, sharedSubscription: true, instanceId: i1", false)]
    public void A_persistent_session_of_a_scalable_application_takes_an_instance_id_wherever_it_is_said(string settings, bool refused)
    {
        var file = Write("app.yaml", $"identity: {{appId: w}}\nauth: {{key: {Key}, token: t}}\noptions: {{mqtt: {{{settings}}}}}\n");
        var command = new ConnectIoTFApplicationCommand { ConfigurationFile = file };
        if (refused)
        {
            Assert.Equal(RuleId.PersistentNeedsInstanceId, Assert.Throws<RuleException>(() => Prepare(command)).RuleId);
        }
        else
        {
            Assert.True(Prepare(command).Persistent);
        }
    }

    [Fact]
    public void The_tests_run_without_the_variables_of_whoever_runs_them() =>
        Assert.DoesNotContain(EnvironmentConfiguration.OfProcess().Keys, name => name.StartsWith("WIOTP_", StringComparison.Ordinal));
}
