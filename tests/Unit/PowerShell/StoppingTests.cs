using System.Management.Automation;
using System.Management.Automation.Runspaces;
using IoTF.PowerShell.Commands;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

public sealed class StoppingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("Wait-Forever")]
    [InlineData("try { Wait-Forever } finally { $ended = $true }")]
    [InlineData("1..3 | Wait-Forever -ErrorAction SilentlyContinue")]
    public async Task A_stopped_pipeline_ends_a_waiting_cmdlet_without_an_error(string script)
    {
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var runspace = OpenRunspace(waiting);
        using var shell = System.Management.Automation.PowerShell.Create(runspace);
        shell.AddScript(script);

        var running = shell.InvokeAsync();
        await waiting.Task.WaitAsync(Patience);
        await shell.StopAsync(callback: null, state: null).WaitAsync(Patience);

        await Assert.ThrowsAsync<PipelineStoppedException>(() => running.WaitAsync(Patience));
        Assert.Empty(shell.Streams.Error);
    }

    [Fact]
    public void A_cancellation_that_is_not_Ctrl_C_is_not_mistaken_for_it()
    {
        using var runspace = OpenRunspace(new TaskCompletionSource());
        using var shell = System.Management.Automation.PowerShell.Create(runspace);
        shell.AddScript("Wait-Forever -GiveUp");
        shell.Invoke();
        Assert.IsAssignableFrom<OperationCanceledException>(Assert.Single(shell.Streams.Error).Exception);
    }

    private static Runspace OpenRunspace(TaskCompletionSource waiting)
    {
        var state = InitialSessionState.CreateDefault2();
        state.Commands.Add(new SessionStateCmdletEntry("Wait-Forever", typeof(WaitForeverCommand), helpFileName: null));
        state.Variables.Add(new SessionStateVariableEntry("waiting", waiting, description: null));
        var runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();
        return runspace;
    }

    [Cmdlet(VerbsLifecycle.Wait, "Forever")]
    public sealed class WaitForeverCommand : IoTFCommandBase
    {
        [Parameter(ValueFromPipeline = true)]
        public object? InputObject { get; set; }

        [Parameter]
        public SwitchParameter GiveUp { get; set; }

        private protected override void Process()
        {
            if (GiveUp)
            {
                Await(Task.FromCanceled(new CancellationToken(canceled: true)));
            }

            ((TaskCompletionSource)GetVariableValue("waiting")).TrySetResult();
            Await(Task.Delay(Timeout.InfiniteTimeSpan, StopToken));
        }
    }
}
