using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using IoTF.Bench.Programs;
using IoTF.Tests;

namespace IoTF.Bench.Reports;

/// <summary>On what was measured, without a word on where it lies.</summary>
internal static class MachineFacts
{
    public static void Print()
    {
        Console.WriteLine(
            $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSArchitecture}, {RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.FrameworkDescription}, "
            + $"{FirstLine(Pwsh.Program, Pwsh.Assembly, "-Version")}, MQTTnet {VersionOf(typeof(MQTTnet.MqttClientFactory))}, {FirstLine(Tools.Mosquitto, "-h")}.");
        if (typeof(MachineFacts).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration != "Release")
        {
            Console.WriteLine("This is a Debug build: its figures say nothing. Run it with -c Release.");
        }
    }

    private static string VersionOf(Type type)
    {
        var version = type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "?";
        return version.Split('+', ' ')[0];
    }

    private static string FirstLine(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var line = process.StandardOutput.ReadLine() ?? "?";
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return line;
    }
}
