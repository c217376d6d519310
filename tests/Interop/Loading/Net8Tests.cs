using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Scripts;
using Xunit;

namespace IoTF.Tests.Interop.Loading;

/// <summary>
/// The staged module on .NET 8, the runtime of PowerShell 7.4, which NuGet does not have: its assemblies are found, all types of the root
/// assembly load, and scene A runs. What PowerShell itself does (binding, the pipeline, the views) is shown on 7.6 only.
/// </summary>
public sealed class Net8Tests
{
    private static readonly DebianProgram Host = new(OperatingSystem.IsWindows() ? "IoTF.Tests.Net8Host.exe" : "IoTF.Tests.Net8Host", "dotnet-sdk-10.0")
    {
        Folders = [Said("Net8HostFolder")],
    };

    [Fact]
    public async Task The_loader_finds_what_the_cmdlets_need_and_a_device_and_an_application_talk()
    {
        var lines = await RunAsync(exitCode: 0);

        Assert.Equal("runtime: 8", lines[0]);
        Assert.StartsWith("cmdlets: ", lines[1], StringComparison.Ordinal);
        Assert.Equal(
            ["signatures: resolved", """event: {"temperature":21.5}, command: {"delay":3}, in IoTF"""],
            lines.Skip(2));
        Assert.Equal(File.ReadLines(StagedModule.Manifest).Count(line => line.Contains("-IoTF", StringComparison.Ordinal)), int.Parse(lines[1]["cmdlets: ".Length..], System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Without_the_loader_they_are_missing() =>
        Assert.Contains("missing: IoTF.", (await RunAsync(exitCode: 1, "--without-loader"))[^1], StringComparison.Ordinal);

    private static async Task<IReadOnlyList<string>> RunAsync(int exitCode, params string[] arguments)
    {
        await using var program = RunningProgram.Start(Host, [StagedModule.Assemblies, .. arguments]);
        program.CloseInput();
        Assert.Equal(exitCode, await program.WaitForExitAsync());
        Assert.Empty(program.Errors.Snapshot());
        return program.Output.Snapshot();
    }

    private static string Said(string name) => Windows.NuGetPackage.Said(name);
}
