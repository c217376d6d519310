using IoTF.Protocol.Connecting;
using IoTF.Protocol.Endpoints;
using IoTF.Protocol.Identities;
using Xunit;

namespace IoTF.Tests.Unit.Protocol;

public sealed class ConnectRefusalTests
{
    private static readonly ServiceEndpoint Service = ServiceEndpoint.Resolve("abc123", domain: null, hostName: null, port: null, insecure: false);

    private static readonly ConnectRefusalContext DeviceWithToken = new()
    {
        Code = 5,
        Identity = ClientIdentity.ForDevice("abc123", "pump", "p-001"),
        Endpoint = Service,
        HasCredentials = true,
    };

    [Theory]
    [InlineData(false, 1, ConnectRefusalId.ProtocolVersionRefused, true)]
    [InlineData(false, 2, ConnectRefusalId.ClientIdRejected, true)]
    [InlineData(false, 3, ConnectRefusalId.ServiceUnavailable, false)]
    [InlineData(false, 4, ConnectRefusalId.CredentialsRefused, true)]
    [InlineData(false, 5, ConnectRefusalId.NotAuthorized, true)]
    [InlineData(false, 6, ConnectRefusalId.Refused, false)]
    [InlineData(true, 0x80, ConnectRefusalId.Refused, false)]
    [InlineData(true, 0x81, ConnectRefusalId.ProtocolErrorReported, true)]
    [InlineData(true, 0x84, ConnectRefusalId.ProtocolVersionRefused, true)]
    [InlineData(true, 0x85, ConnectRefusalId.ClientIdRejected, true)]
    [InlineData(true, 0x86, ConnectRefusalId.CredentialsRefused, true)]
    [InlineData(true, 0x87, ConnectRefusalId.NotAuthorized, true)]
    [InlineData(true, 0x88, ConnectRefusalId.ServiceUnavailable, false)]
    [InlineData(true, 0x89, ConnectRefusalId.ServiceUnavailable, false)]
    [InlineData(true, 0x8A, ConnectRefusalId.Banned, true)]
    [InlineData(true, 0x90, ConnectRefusalId.WillTopicRefused, true)]
    [InlineData(true, 0x9B, ConnectRefusalId.WillRefused, true)]
    [InlineData(true, 0x9C, ConnectRefusalId.ServerMoved, false)]
    [InlineData(true, 0x9D, ConnectRefusalId.ServerMoved, true)]
    [InlineData(true, 0x9F, ConnectRefusalId.QuotaExceeded, false)]
    public void Each_code_has_its_name_and_says_whether_trying_again_has_a_sense(bool mqtt5, byte code, string id, bool permanent)
    {
        var refusal = ConnectRefusal.Explain(DeviceWithToken with { Code = code, IsMqtt5 = mqtt5 });
        Assert.Equal((id, permanent), (refusal.Id, refusal.IsPermanent));
        Assert.Contains("d:abc123:pump:p-001", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("abc123.messaging.internetofthings.ibmcloud.com:8883", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(mqtt5 ? $"0x{code:X2}" : $"return code {code}", refusal.Message, StringComparison.Ordinal);
        Assert.NotEmpty(refusal.Advice);
    }

    [Fact]
    public void Not_authorized_for_a_device_over_TLS_speaks_of_token_registration_and_organization_only() =>
        Applies(DeviceWithToken, "token may be wrong", "may not be registered", "may be unknown to");

    [Fact]
    public void Not_authorized_without_credentials_asks_for_them() =>
        Applies(DeviceWithToken with { HasCredentials = false }, "No token was given", "may be unknown to");

    [Fact]
    public void Not_authorized_with_a_certificate_only_speaks_of_its_name() => Applies(
        DeviceWithToken with { HasCredentials = false, HasClientCertificate = true }, "certificate may not contain", "may be unknown to");

    [Fact]
    public void Not_authorized_in_plain_text_also_speaks_of_TLS() => Applies(
        DeviceWithToken with { Endpoint = ServiceEndpoint.Resolve("abc123", domain: null, hostName: null, port: null, insecure: true) },
        "token may be wrong", "may not be registered", "may require TLS", "may be unknown to");

    [Fact]
    public void Not_authorized_for_a_persistent_session_also_speaks_of_that() => Applies(
        DeviceWithToken with { Persistent = true },
        "token may be wrong", "may not be registered", "may not allow persistent sessions", "may be unknown to");

    [Fact]
    public void Not_authorized_for_a_persistent_scalable_application_says_that_it_needs_an_instance_id() => Applies(
        DeviceWithToken with { Identity = ClientIdentity.ForScalableApplication("abc123", "worker"), Persistent = true },
        "API key or its token may be wrong", "another organization than", "without an instance ID cannot be persistent", "may be unknown to");

    [Fact]
    public void Not_authorized_under_another_host_name_speaks_of_the_name_in_the_handshake() => Applies(
        DeviceWithToken with { Endpoint = new("xyz789.messaging.example.com", 443, secure: true) },
        "token may be wrong", "may not be registered", "may be unknown to", "does not begin with 'abc123.'");

    [Fact]
    public void An_address_says_nothing_about_the_organization() => Applies(
        DeviceWithToken with { Endpoint = new("127.0.0.1", 8883, secure: true) },
        "token may be wrong", "may not be registered", "may be unknown to");

    [Fact]
    public void Not_authorized_at_quickstart_speaks_of_its_own_rules()
    {
        var quickstart = DeviceWithToken with
        {
            Identity = ClientIdentity.ForDevice("quickstart", "pump", "p-001"),
            Endpoint = ServiceEndpoint.Resolve("quickstart", domain: null, hostName: null, port: null, insecure: true),
        };
        Applies(quickstart with { Persistent = true }, "has no credentials", "has no persistent sessions");
        Applies(quickstart with { HasCredentials = false }, "may not have quickstart");
    }

    [Fact]
    public void The_servers_own_words_are_quoted_safely()
    {
        var refusal = ConnectRefusal.Explain(DeviceWithToken with { Code = 0x87, IsMqtt5 = true, ServerReason = "go\u001baway" });
        Assert.Contains("'go\\u001Baway'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_accepted_connect_is_no_refusal() =>
        Assert.Throws<ArgumentException>(() => ConnectRefusal.Explain(DeviceWithToken with { Code = 0 }));

    private static void Applies(ConnectRefusalContext context, params string[] causes)
    {
        var advice = ConnectRefusal.Explain(context).Advice;
        Assert.Collection(
            advice,
            [.. causes.Select(cause => new Action<string>(sentence => Assert.Contains(cause, sentence, StringComparison.Ordinal)))]);
    }
}
