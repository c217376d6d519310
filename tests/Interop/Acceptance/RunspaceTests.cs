using System.Globalization;
using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Scripts;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>The pool belongs to the runspace, and whatever ends it says goodbye to the service.</summary>
public sealed class RunspaceTests : IAsyncLifetime
{
    private MosquittoBroker broker = null!;

    public async Task InitializeAsync() => broker = await MosquittoBroker.StartAsync();

    public async Task DisposeAsync() => await broker.DisposeAsync();

    [Fact]
    public async Task Two_runspaces_see_their_own_pools()
    {
        using var engine = Open();
        await OpenOtherAsync(engine);
        (await engine.RunAsync(Connect("p1"))).OrFail();
        (await engine.RunAsync(InOther($"{Connect("p2")}; {Connect("p3")}"))).OrFail();

        Assert.Equal(["d:abc123:pump:p1"], (await engine.RunAsync("(Get-IoTFSession).ClientId")).OrFail().Output);
        Assert.Equal(["d:abc123:pump:p2", "d:abc123:pump:p3"], (await engine.RunAsync(InOther("(Get-IoTFSession).ClientId"))).OrFail().Output);

        (await engine.RunAsync("Get-IoTFSession | Disconnect-IoTFSession")).OrFail();
        await broker.WaitForDisconnectAsync("d:abc123:pump:p1");
        Assert.Equal(["Open", "Open"], (await engine.RunAsync(InOther("(Get-IoTFSession).State"))).OrFail().Output);
    }

    [Fact]
    public async Task A_session_crosses_into_parallel_runspaces_and_survives_them()
    {
        await using var subscriber = await MosquittoSubscriber.StartAsync(new MosquittoClientOptions(broker.PlainPort), new MosquittoSubscription("iot-2/evt/+/fmt/+"));
        using var engine = Open();

        var result = await engine.RunAsync(
            $$"""
            {{Connect("p1")}}
            1..20 | ForEach-Object -ThrottleLimit 4 -Parallel {
                Import-Module $using:manifest
                $_ | Send-IoTFEvent tick -Session $using:session
                @(Get-IoTFSession).Count
            }
            'last' | Send-IoTFEvent tick
            $session.State
            """);

        Assert.Equal([.. Enumerable.Repeat<object>(0, 20), "Open"], result.OrFail().Output);
        var messages = await subscriber.WaitForMessagesAsync(21);
        Assert.Equal(
            Enumerable.Range(1, 20),
            messages.Take(20).Select(message => int.Parse(message.Text, CultureInfo.InvariantCulture)).Order());
        Assert.Equal("last", messages[20].Text);
    }

    [Fact]
    public async Task A_runspace_that_closes_disconnects_its_sessions()
    {
        using var engine = Open();
        await OpenOtherAsync(engine);
        (await engine.RunAsync(InOther($"{Connect("p1")}; {Connect("p2")}"))).OrFail();

        (await engine.RunAsync("$other.Dispose()")).OrFail();

        await GoodbyeAsync("p1");
        await GoodbyeAsync("p2");
    }

    [Fact]
    public async Task Removing_the_module_disconnects_its_sessions_in_that_runspace_only()
    {
        using var engine = Open();
        await OpenOtherAsync(engine);
        (await engine.RunAsync(Connect("p1"))).OrFail();
        (await engine.RunAsync(InOther(Connect("p2")))).OrFail();

        (await engine.RunAsync("Remove-Module IoTF")).OrFail();

        await GoodbyeAsync("p1");
        Assert.Equal(["Open"], (await engine.RunAsync(InOther("'still here' | Send-IoTFEvent status; (Get-IoTFSession).State"))).OrFail().Output);
    }

    [Fact]
    public async Task Importing_the_module_again_by_force_disconnects_and_then_connects_as_before()
    {
        await using var subscriber = await MosquittoSubscriber.StartAsync(new MosquittoClientOptions(broker.PlainPort), new MosquittoSubscription("iot-2/evt/+/fmt/+"));
        using var engine = Open();
        (await engine.RunAsync($"{Connect("p1")}; 'before' | Send-IoTFEvent status")).OrFail();

        (await engine.RunAsync("Import-Module $manifest -Force")).OrFail();
        await GoodbyeAsync("p1");
        var again = await engine.RunAsync($"$session.State; @(Get-IoTFSession).Count; {Connect("p1")}; 'after' | Send-IoTFEvent status; $session.State");

        Assert.Equal(["Closed", 0, "Open"], again.OrFail().Output);
        Assert.Equal(["before", "after"], (await subscriber.WaitForMessagesAsync(2)).Select(message => message.Text));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("exit 3", 3)]
    [InlineData("[Environment]::Exit(4)", 4)]
    [InlineData("throw 'no luck'", 1)]
    public async Task A_process_that_ends_disconnects_its_sessions(string end, int exitCode)
    {
        await using var process = ShellProcess.Start(broker.PlainPort, $"{Connect("p1")}; {end}");

        Assert.Equal(exitCode, await process.Program.WaitForExitAsync());

        await GoodbyeAsync("p1");
    }

    private static string Connect(string deviceId) => $"$session = Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId {deviceId} @service";

    /// <summary>Opens one more runspace in the engine's process, with the module and <c>$service</c>.</summary>
    private static async Task OpenOtherAsync(ScriptEngine engine) => (await engine.RunAsync(
        $$"""
        $other = [runspacefactory]::CreateRunspace()
        $other.Open()
        $other.SessionStateProxy.SetVariable('service', $service)
        $other.SessionStateProxy.SetVariable('manifest', $manifest)
        {{InOther("Import-Module $manifest")}}
        """)).OrFail();

    private static string InOther(string script) =>
        $$"""
        $shell = [powershell]::Create($other).AddScript({ {{script}} }, $false)
        $shell.Invoke()
        $shell.Streams.Error | Write-Error
        """;

    private ScriptEngine Open() => new(new Service(broker.PlainPort));

    private Task GoodbyeAsync(string deviceId) => broker.WaitForDisconnectAsync($"d:abc123:pump:{deviceId}");
}
