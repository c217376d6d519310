using IoTF.Tests;

namespace IoTF.Bench.Programs;

/// <summary>Where the programs and files are that the bench starts and reads.</summary>
internal static class Tools
{
    private static readonly string Suffix = OperatingSystem.IsWindows() ? ".exe" : "";

    /// <summary>This program, for peers that are libraries of .NET.</summary>
    public static string Bench { get; } = Path.Combine(AppContext.BaseDirectory, "IoTF.Bench" + Suffix);

    public static string EmptyModule { get; } = Path.Combine(AppContext.BaseDirectory, "IoTF.Bench.EmptyModule.psd1");

    public static string Mosquitto { get; } = File.Exists("/usr/sbin/mosquitto") ? "/usr/sbin/mosquitto" : "mosquitto";

    /// <summary>Debian's Python, which has Debian's Paho.</summary>
    public static string Python { get; } = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    /// <summary>The module of this checkout.</summary>
    public static string Module { get; } = Path.Combine(Pwsh.Checkout, "IoTF.psd1");

    public static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Scripts", name);

    public static string PahoScript { get; } = Path.Combine(AppContext.BaseDirectory, "Peers", "paho_send.py");

    /// <summary>Starts a script of the bench in a process of its own.</summary>
    public static ChildProgram StartScript(string name, params IEnumerable<string> parameters) =>
        ChildProgram.Start(Pwsh.Program, Pwsh.File(Script(name), parameters));
}
