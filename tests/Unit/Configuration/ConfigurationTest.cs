using System.Text;
using IoTF.Client.Sessions;
using IoTF.PowerShell.Commands;

namespace IoTF.Tests.Unit.Configuration;

/// <summary>The real cmdlets with an environment of their own and files in a folder of their own, up to the point where they would connect.</summary>
public abstract class ConfigurationTest : IDisposable
{
    private protected const string Key = "a-abc123-k1x2y3z4w5";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("iotf-configuration-");

    private protected RecordedRuntime Said { get; } = new();

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected static (string Name, string Value)[] Device(params (string Name, string Value)[] others) =>
    [
        ("IDENTITY_ORGID", "abc123"), ("IDENTITY_TYPEID", "pump"), ("IDENTITY_DEVICEID", "p-001"), ("AUTH_TOKEN", "t"), .. others,
    ];

    private protected static (string Name, string Value)[] Application(params (string Name, string Value)[] others) =>
        [("AUTH_KEY", Key), ("AUTH_TOKEN", "t"), .. others];

    private protected string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private protected SessionOptions Prepare(ConnectIoTFCommandBase command, params (string Name, string Value)[] variables)
    {
        command.CommandRuntime = Said;
        command.Variables = variables.ToDictionary(variable => "WIOTP_" + variable.Name, variable => variable.Value);
        return command.Prepare();
    }

    private protected SessionOptions PrepareDevice(params (string Name, string Value)[] variables) => Prepare(new ConnectIoTFDeviceCommand(), variables);

    private protected SessionOptions PrepareApplication(params (string Name, string Value)[] variables) =>
        Prepare(new ConnectIoTFApplicationCommand(), variables);

    private protected SessionOptions PrepareDeviceFromFile(string name, string text, params (string Name, string Value)[] variables) =>
        Prepare(new ConnectIoTFDeviceCommand { ConfigurationFile = Write(name, text) }, variables);

    private protected static string Secret(SessionOptions options) => Encoding.UTF8.GetString(options.Credential!.RevealSecret());
}
