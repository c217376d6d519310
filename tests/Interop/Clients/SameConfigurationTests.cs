using System.Globalization;
using System.Text;
using IoTF.Tests.Interop.Acceptance;
using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Scripts;
using Xunit;

namespace IoTF.Tests.Interop.Clients;

/// <summary>The same variables and YAML files for IBM's Node client and for IoTF: what each makes of them, IoTF's as a broker sees it.</summary>
public sealed class SameConfigurationTests : IDisposable
{
    private const string Key = "a-abc123-k1x2y3z4w5";

    private readonly TemporaryFolder folder = new();

    /// <summary>
    /// Variables without their prefix, or YAML; then IBM's result and IoTF's, in the words of Mosquitto: ClientId, clean session, keep-alive, user.
    /// Where the second is null they are the same. An error is IBM's text, or IoTF's id.
    /// </summary>
    private static readonly (string Role, string Configuration, string Ibm, string? Ours)[] Table =
    [
        ("device", "IDENTITY_ORGID=abc123 IDENTITY_TYPEID=pump IDENTITY_DEVICEID=p-001 AUTH_TOKEN=t", "d:abc123:pump:p-001 c1 k60 use-token-auth", null),
        ("device", "IDENTITY_ORGID=abc123 IDENTITY_TYPEID=pump IDENTITY_DEVICEID=p-002 AUTH_TOKEN=t OPTIONS_MQTT_CLEANSTART=false OPTIONS_MQTT_KEEPALIVE=30",
            "d:abc123:pump:p-002 c0 k30 use-token-auth", null),
        ("device", "IDENTITY_ORGID=abc123 IDENTITY_TYPEID=pump IDENTITY_DEVICEID=p-003 AUTH_TOKEN=t OPTIONS_MQTT_CLEANSTART=TRUE", "d:abc123:pump:p-003 c0 k60 use-token-auth", null),
        ("device", "identity: {orgId: abc123, typeId: pump, deviceId: p-004}\nauth: {token: Ab$76s)asj8_s5}\noptions: {logLevel: info, mqtt: {keepAlive: 45, cleanStart: false}}",
            "d:abc123:pump:p-004 c0 k45 use-token-auth", null),
        ("application", $"AUTH_KEY={Key} AUTH_TOKEN=t IDENTITY_APPID=w1", $"a:abc123:w1 c1 k60 {Key}", null),
        ("application", $"API_KEY={Key} API_TOKEN=t IDENTITY_APPID=w2", $"a:abc123:w2 c1 k60 {Key}", null),
        ("application", $"AUTH_KEY={Key} AUTH_TOKEN=t IDENTITY_APPID=w3 OPTIONS_MQTT_SHAREDSUBSCRIPTION=true", $"A:abc123:w3 c1 k60 {Key}", null),
        ("application", $"identity:\n  appId: w4\nauth:\n  key: {Key}\n  token: t\noptions:\n  logLevel: error\n  mqtt:\n    sharedSubscription: true", $"A:abc123:w4 c1 k60 {Key}", null),

        // On purpose: the instance id of the Python client (E6), YAML without options (E14), digits are text, no other token than the one that belongs there (E5).
        ("application", $"AUTH_KEY={Key} AUTH_TOKEN=t IDENTITY_APPID=w5 OPTIONS_MQTT_INSTANCEID=i1", $"a:abc123:w5 c1 k60 {Key}", $"A:abc123:w5:i1 c1 k60 {Key}"),
        ("device", "identity:\n  orgId: abc123\n  typeId: pump\n  deviceId: p-005\nauth:\n  token: t", "Cannot use 'in' operator", "d:abc123:pump:p-005 c1 k60 use-token-auth"),
        ("device", "identity:\n  orgId: abc123\n  typeId: pump\n  deviceId: 007\nauth:\n  token: t\noptions:\n  logLevel: info", "d:abc123:pump:7 c1 k60 use-token-auth",
            "d:abc123:pump:007 c1 k60 use-token-auth"),
        ("device", "IDENTITY_ORGID=abc123 IDENTITY_TYPEID=pump IDENTITY_DEVICEID=p-006 API_TOKEN=t", "d:abc123:pump:p-006 c1 k60 use-token-auth", "TokenNeeded"),
        ("application", $"AUTH_KEY={Key} API_TOKEN=t IDENTITY_APPID=w6", "Cannot read properties of null", "TokenNeeded"),
        ("device", "IDENTITY_ORGID=quickstart IDENTITY_TYPEID=pump IDENTITY_DEVICEID=p-007 AUTH_TOKEN=t", "Quickstart service does not support device authentication", "QuickstartTakesNoToken"),
    ];

    [Fact]
    public async Task Both_are_the_same_client_but_for_the_differences_on_purpose()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var shell = ShellProcess.Start(broker.PlainPort, Script());
        for (var row = 0; row < Table.Length; row++)
        {
            var (role, configuration, ibm, ours) = Table[row];
            var theirs = await NodeClient.ConfigureAsync(role, Variables(configuration), File(configuration, row));
            var said = theirs.TryGetProperty("error", out var error)
                ? error.GetString()!
                : $"{theirs.GetProperty("clientId")} c{(theirs.GetProperty("clean").GetBoolean() ? 1 : 0)} k{theirs.GetProperty("keepAlive")} {theirs.GetProperty("user")}";
            Assert.StartsWith(ibm, said, StringComparison.Ordinal);

            ours ??= ibm;
            var line = await shell.Program.Output.WaitForAsync(line => line.StartsWith(Start(row), StringComparison.Ordinal), TimeSpan.FromMinutes(2));
            Assert.Equal(Start(row) + ours.Split(' ')[0], line);
            if (ours.Split(' ') is [var clientId, var clean, var keepAlive, var user])
            {
                await broker.Log.WaitForAsync(logged => logged.Contains($" as {clientId} (p2, {clean}, {keepAlive}, u'{user}').", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task Both_look_for_the_same_host()
    {
        var file = folder.Write(
            "host.yaml", "identity: {orgId: main, typeId: pump, deviceId: p1}\nauth: {token: t}\noptions: {logLevel: info, domain: no-such-domain.invalid, mqtt: {port: 443}}\n");
        var theirs = await NodeClient.ConfigureAsync("device", new Dictionary<string, string>(), file);
        Assert.Equal("ssl://main.messaging.no-such-domain.invalid:443", theirs.GetProperty("host").GetString());

        using var engine = new ScriptEngine();
        using var running = engine.Start("param($file) Connect-IoTFDevice -ConfigurationFile $file -Verbose", file);
        var result = await running.WaitForEndAsync();
        Assert.Contains("Connecting d:main:pump:p1 to main.messaging.no-such-domain.invalid:443 with TLS 1.2, MQTT 3.1.1.", running.Verbose.Snapshot());
        Refusals.HasIdAndNextStep("NameNotResolved", result);
    }

    public void Dispose() => folder.Dispose();

    private static string Start(int row) => string.Create(CultureInfo.InvariantCulture, $"row {row}: ");

    private static Dictionary<string, string> Variables(string configuration) => configuration.Contains(':', StringComparison.Ordinal)
        ? []
        : configuration.Split(' ').Select(pair => pair.Split('=', 2)).ToDictionary(pair => "WIOTP_" + pair[0], pair => pair[1]);

    private string? File(string configuration, int row) =>
        configuration.Contains(':', StringComparison.Ordinal) ? folder.Write(string.Create(CultureInfo.InvariantCulture, $"{row}.yaml"), configuration) : null;

    /// <summary>Connects with one row after the other and tells the ClientId, or the id of the error.</summary>
    private string Script()
    {
        var script = new StringBuilder();
        for (var row = 0; row < Table.Length; row++)
        {
            var (role, configuration, _, _) = Table[row];
            var variables = Variables(configuration);
            foreach (var (name, value) in variables)
            {
                script.AppendLine(CultureInfo.InvariantCulture, $"[System.Environment]::SetEnvironmentVariable('{name}', '{value}')");
            }

            var file = File(configuration, row) is { } path ? $"-ConfigurationFile '{path}'" : "";
            script.AppendLine(
                CultureInfo.InvariantCulture,
                $$"""
                try { $said = (Connect-IoTF{{role}} -HostName 127.0.0.1 -Port $Port -Insecure -WarningAction SilentlyContinue {{file}}).ClientId }
                catch { $said = $_.FullyQualifiedErrorId.Split(',')[0] }
                [Console]::WriteLine("{{Start(row)}}$said")
                """);
            foreach (var name in variables.Keys)
            {
                script.AppendLine(CultureInfo.InvariantCulture, $"[System.Environment]::SetEnvironmentVariable('{name}', [NullString]::Value)");
            }
        }

        return script.ToString();
    }
}
