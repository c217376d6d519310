using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Scripts;
using Xunit;

namespace IoTF.Tests.Interop.Loading;

/// <summary>A process can load one copy of the module. Every other one is refused in one sentence, before it changes anything.</summary>
public sealed class SecondCopyTests
{
    /// <summary>Imports <c>$copy</c> and says what became of it.</summary>
    private const string ImportCopy =
        """
        function Import-Copy {
            $global:Error.Clear()
            try { Import-Module $copy } catch { }
            foreach ($fault in $global:Error) { [Console]::WriteLine("$($fault.FullyQualifiedErrorId): $fault") }
            [Console]::WriteLine("$($global:Error.Count) errors, loaded: $((Get-Module IoTF).ModuleBase)")
        }
        """;

    [Fact]
    public async Task The_same_files_elsewhere_are_refused()
    {
        using var copy = new ModuleCopy();

        var lines = await RunAsync(copy, "Import-Copy");

        Assert.Equal([Refusal(copy, "0.1.0"), $"1 errors, loaded: {StagedModule.Root}"], lines);
    }

    [Fact]
    public async Task Another_version_is_refused_though_its_loader_is_another()
    {
        using var copy = new ModuleCopy();
        copy.EditManifest("'0.1.0'", "'0.2.0'");
        copy.ChangeLoader();

        var lines = await RunAsync(copy, "Import-Copy");

        Assert.Equal([Refusal(copy, "0.2.0"), $"1 errors, loaded: {StagedModule.Root}"], lines);
    }

    [Fact]
    public async Task It_is_refused_after_the_first_was_removed_and_the_first_can_come_back()
    {
        using var copy = new ModuleCopy();

        var lines = await RunAsync(
            copy,
            $$"""
            Remove-Module IoTF
            Import-Copy
            Import-Module '{{StagedModule.Manifest}}'
            $null = Start-IoTFEmulator -Port 0
            [Console]::WriteLine("types: $(([psobject](New-IoTFEmulatorDevice pump p1)).psstandardmembers.SerializationMethod)")
            """);

        Assert.Equal([Refusal(copy, "0.1.0"), "1 errors, loaded: ", "types: SpecificProperties"], lines);
    }

    [Fact]
    public async Task It_is_refused_in_another_runspace()
    {
        using var copy = new ModuleCopy();

        var lines = await RunAsync(
            copy,
            """
            $other = [powershell]::Create([initialsessionstate]::CreateDefault2())
            $null = $other.AddScript('param($path) Import-Module $path').AddArgument($copy)
            $null = $other.Invoke()
            foreach ($fault in $other.Streams.Error) { [Console]::WriteLine("$($fault.FullyQualifiedErrorId): $fault") }
            $other.Dispose()
            """);

        Assert.Equal([Refusal(copy, "0.1.0")], lines);
    }

    [Fact]
    public async Task A_cmdlet_that_would_load_it_says_so()
    {
        using var copy = new ModuleCopy();
        using var modules = new TemporaryFolder();
        Directory.Move(copy.Folder, modules.PathOf("IoTF"));

        var lines = await RunAsync(
            copy,
            $$"""
            Remove-Module IoTF
            $env:PSModulePath = '{{modules.FullName}}' + [System.IO.Path]::PathSeparator + $env:PSModulePath
            try { Get-IoTFSession } catch { [Console]::WriteLine("$_") }
            """);

        Assert.Contains($"this process has loaded IoTF 0.1.0 from {StagedModule.Root}", lines[0], StringComparison.Ordinal);
    }

    private static string Refusal(ModuleCopy copy, string version) =>
        $"OtherCopyLoaded,Microsoft.PowerShell.Commands.ImportModuleCommand: IoTF {version} in {copy.Folder} was not imported: this process has loaded " +
        $"IoTF 0.1.0 from {StagedModule.Root}, and a process can load one copy only. To use the one in {copy.Folder}, start a new PowerShell. " +
        $"To use the loaded one here, type: Import-Module '{StagedModule.Manifest}'";

    private static async Task<IReadOnlyList<string>> RunAsync(ModuleCopy copy, string script)
    {
        await using var process = ShellProcess.Start(port: 1, $"$copy = '{copy.Manifest}'\n{ImportCopy}\n{script}");
        await process.Program.WaitForSuccessAsync();
        Assert.Empty(process.Program.Errors.Snapshot());
        return process.Program.Output.Snapshot();
    }
}
