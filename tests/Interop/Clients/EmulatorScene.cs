using System.Globalization;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Scripts;

namespace IoTF.Tests.Interop.Clients;

/// <summary>An emulator over TLS with the organization abc123, in the engine in which IoTF is the other end.</summary>
public sealed class EmulatorScene : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private EmulatorScene()
    {
        AuthorityFile = folder.PathOf("ca.pem");
    }

    public ScriptEngine Engine { get; } = new(new Service(0));

    public int Port { get; private set; }

    public string AuthorityFile { get; }

    /// <summary>The key of the foreign application.</summary>
    public string ApiKey { get; private set; } = "";

    /// <summary>Starts it, with device and gateway that have <see cref="Service.Token"/>, an API key, and IoTF's application in <c>$application</c>.</summary>
    public static async Task<EmulatorScene> StartAsync()
    {
        var scene = new EmulatorScene();
        var result = (await scene.Engine.RunAsync(
            """
            param($authority)
            $emulator = Start-IoTFEmulator abc123 -Port 0
            [System.IO.File]::WriteAllText($authority, $emulator.CACertificate.ExportCertificatePem())
            $null = New-IoTFEmulatorDevice pump p1 -Token $service.Token
            $null = New-IoTFEmulatorDevice gate g1 -Token $service.Token -Gateway
            $there = New-IoTFEmulatorDevice valve v1
            $application = New-IoTFEmulatorApiKey | Connect-IoTFApplication -ApplicationId iotf
            $foreign = New-IoTFEmulatorApiKey
            $emulator.Port
            $foreign.ApiKey
            [System.Net.NetworkCredential]::new('', $foreign.Token).Password
            """,
            scene.AuthorityFile)).OrFail().Output;
        scene.Port = (int)result[0];
        scene.ApiKey = (string)result[1];
        scene.ApiToken = (string)result[2];
        return scene;
    }

    /// <summary>The variables of a foreign device or gateway.</summary>
    public Dictionary<string, string> Device(string type, string id, string token = Service.Token) => new(Common)
    {
        ["WIOTP_IDENTITY_ORGID"] = "abc123",
        ["WIOTP_IDENTITY_TYPEID"] = type,
        ["WIOTP_IDENTITY_DEVICEID"] = id,
        ["WIOTP_AUTH_TOKEN"] = token,
    };

    /// <summary>The variables of the foreign application.</summary>
    public Dictionary<string, string> Application(string id) => new(Common)
    {
        ["WIOTP_IDENTITY_APPID"] = id,
        ["WIOTP_AUTH_KEY"] = ApiKey,
        ["WIOTP_AUTH_TOKEN"] = ApiToken,
    };

    /// <summary>The variables of a foreign member of a scalable application.</summary>
    public Dictionary<string, string> Member(string id) => new(Application(id)) { ["WIOTP_OPTIONS_MQTT_SHAREDSUBSCRIPTION"] = "true" };

    private string ApiToken { get; set; } = "";

    private Dictionary<string, string> Common => new()
    {
        ["WIOTP_OPTIONS_DOMAIN"] = "localhost",
        ["WIOTP_OPTIONS_MQTT_PORT"] = Port.ToString(CultureInfo.InvariantCulture),
        ["NODE_EXTRA_CA_CERTS"] = AuthorityFile,
    };

    public void Dispose()
    {
        Engine.Dispose();
        folder.Dispose();
    }
}
