using System.Reflection;
using System.Reflection.Emit;
using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Scripts;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>The module as a file layout and as a guest in other people's processes.</summary>
public sealed class ModuleLoadingTests
{
    [Fact]
    public async Task The_manifest_is_clean()
    {
        using var engine = new ScriptEngine();

        var result = (await engine.RunAsync("(Test-ModuleManifest $manifest).Name")).OrFail();

        Assert.Equal(["IoTF"], result.Output);
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public void Bin_holds_the_loader_and_the_root_module()
        => Assert.Equal(["IoTF.Loader.dll", "IoTF.PowerShell.dll"], Directory.EnumerateFiles(StagedModule.Assemblies, "*.dll").Select(Path.GetFileName).Order());

    [Fact]
    public async Task Every_cmdlet_of_the_manifest_is_there_and_nothing_else()
    {
        using var engine = new ScriptEngine();

        var result = await engine.RunAsync(
            """
            $said = (Test-ModuleManifest $manifest).ExportedCmdlets.Keys
            $there = (Get-Module IoTF).ExportedCommands.Keys
            foreach ($name in $said) { if ($name -notin $there) { "missing: $name" } }
            foreach ($name in $there) { if ($name -notin $said) { "not in the manifest: $name" } }
            """);

        Assert.Empty(result.OrFail().Output);
    }

    [Theory]
    [InlineData("5.2.0.1603")]
    [InlineData("99.0.0.0")]
    public async Task Another_MQTTnet_in_the_process_disturbs_nobody(string version)
    {
        using var folder = new TemporaryFolder();
        var foreign = WriteForeignMqttNet(folder, Version.Parse(version));
        await using var broker = await MosquittoBroker.StartAsync();
        await using var process = ShellProcess.Start(
            broker.PlainPort,
            """
            $session = Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 @service
            'hello' | Send-IoTFEvent status -QoS 2
            [Console]::WriteLine("sent: $($session.Acknowledged)")
            (Receive-IoTFCommand -Count 1).CommandId | ForEach-Object { [Console]::WriteLine("received: $_") }
            [Console]::WriteLine("foreign still answers: $([MQTTnet.Foreign]::new().GetType().Assembly.GetName().Version)")
            foreach ($assembly in [AppDomain]::CurrentDomain.GetAssemblies()) {
                if ($assembly.GetName().Name -eq 'MQTTnet') {
                    $context = [Runtime.Loader.AssemblyLoadContext]::GetLoadContext($assembly).Name
                    [Console]::WriteLine("MQTTnet in $context")
                }
            }
            """,
            before: $"$null = [Runtime.Loader.AssemblyLoadContext]::Default.LoadFromAssemblyPath('{foreign}')");
        await process.Program.WaitForLineAsync(line => line == "sent: 1");
        await MosquittoPublisher.PublishAsync(new MosquittoClientOptions(broker.PlainPort), "iot-2/cmd/reboot/fmt/json", "{}");

        await process.Program.WaitForSuccessAsync();

        Assert.Empty(process.Program.Errors.Snapshot());
        Assert.Equal(
            ["MQTTnet in Default", "MQTTnet in IoTF", $"foreign still answers: {version}", "received: reboot", "sent: 1"],
            process.Program.Output.Snapshot().Order(StringComparer.Ordinal));
    }

    /// <summary>An assembly that has MQTTnet's name and nothing of what it can do: whoever takes it for the real one fails.</summary>
    private static string WriteForeignMqttNet(TemporaryFolder folder, Version version)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName("MQTTnet") { Version = version }, typeof(object).Assembly);
        assembly.DefineDynamicModule("MQTTnet").DefineType("MQTTnet.Foreign", TypeAttributes.Public).CreateType();
        var path = folder.PathOf("MQTTnet.dll");
        assembly.Save(path);
        return path;
    }
}
