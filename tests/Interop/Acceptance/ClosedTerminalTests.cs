using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Scripts;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>A terminal window that is closed while PowerShell waits at its prompt.</summary>
public sealed class ClosedTerminalTests
{
    private const string ClientId = "d:abc123:pump:p1", Prompt = "iot-2/evt/prompt/fmt/text", Will = "iot-2/evt/lost/fmt/json";

    [Fact]
    public async Task Its_sessions_are_disconnected_and_no_last_will_is_sent()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        var client = new MosquittoClientOptions(broker.PlainPort);
        await using var subscriber = await MosquittoSubscriber.StartAsync(client, new MosquittoSubscription(Prompt, Will));
        using var folder = new TemporaryFolder();
        var profile = folder.Write(
            "profile.ps1",
            $$"""
            Import-Module '{{StagedModule.Manifest}}'
            $token = [securestring]::new()
            foreach ($character in 'secret'.ToCharArray()) { $token.AppendChar($character) }
            $session = Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 -Token $token -HostName 127.0.0.1 -Port {{broker.PlainPort}} -Insecure -WarningAction SilentlyContinue -WillEvent lost
            function prompt { 'idle' | Send-IoTFEvent prompt -Format text; 'PS> ' }
            """);
        var socket = Path.Combine(folder.FullName, "tmux");
        await RunningProgram.RunAsync(
            DebianProgram.Tmux, "-S", socket, "-f", "/dev/null", "new-session", "-d", "-s", "window", Pwsh.Program, Pwsh.Assembly, "-NoLogo", "-NoProfile", "-NoExit", "-File", profile);
        await subscriber.WaitForMessageAsync(message => message.Topic == Prompt);

        await RunningProgram.RunAsync(DebianProgram.Tmux, "-S", socket, "kill-session", "-t", "window");

        await broker.WaitForDisconnectAsync(ClientId);
        await MosquittoPublisher.PublishAsync(client, Prompt, "end", 1);
        await subscriber.WaitForMessageAsync(message => message.Text == "end");
        Assert.DoesNotContain(subscriber.Messages, message => message.Topic == Will);
    }
}
