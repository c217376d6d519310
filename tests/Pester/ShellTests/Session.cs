using System.Management.Automation.Runspaces;
using IoTF.Shell.CommandLine;
using IoTF.Shell.Engine;
using IoTF.Shell.Hosting;
using IoTF.Shell.Scripting;

namespace IoTF.Tests.Pester.ShellTests;

/// <summary>A runspace with everything it writes, and a folder for its scripts.</summary>
internal sealed class Session : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("iotf-shell-");

    public Session(params string[] modules)
    {
        Host = new ShellHost(Ui);
        Runspace = PowerShellEngine.Open(Host, new EngineOptions { WorkingDirectory = _folder.FullName, Modules = modules });
        Runner = new ScriptRunner(Runspace, Host);
    }

    public CapturingUserInterface Ui { get; } = new();

    public ShellHost Host { get; }

    public Runspace Runspace { get; }

    public ScriptRunner Runner { get; }

    public string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    public int RunFile(string text, params string[] arguments) =>
        Runner.RunFile(Write("script.ps1", text), ScriptArguments.Parse(arguments));

    public void Dispose()
    {
        Runspace.Dispose();
        _folder.Delete(recursive: true);
    }
}
