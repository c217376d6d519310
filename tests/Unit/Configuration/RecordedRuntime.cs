using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace IoTF.Tests.Unit.Configuration;

/// <summary>Keeps what a cmdlet says outside of a pipeline.</summary>
internal sealed class RecordedRuntime : ICommandRuntime
{
    public List<string> Verbose { get; } = [];

    public List<string> Warnings { get; } = [];

    public PSHost? Host => null;

    public PSTransactionContext? CurrentPSTransaction => null;

    public void WriteVerbose(string text) => Verbose.Add(text);

    public void WriteWarning(string text) => Warnings.Add(text);

    public void WriteDebug(string text) => throw new NotSupportedException();

    public void WriteError(ErrorRecord errorRecord) => throw new NotSupportedException();

    public void WriteObject(object? sendToPipeline) => throw new NotSupportedException();

    public void WriteObject(object? sendToPipeline, bool enumerateCollection) => throw new NotSupportedException();

    public void WriteProgress(ProgressRecord progressRecord) => throw new NotSupportedException();

    public void WriteProgress(long sourceId, ProgressRecord progressRecord) => throw new NotSupportedException();

    public void WriteCommandDetail(string text) => throw new NotSupportedException();

    public bool ShouldProcess(string? target) => throw new NotSupportedException();

    public bool ShouldProcess(string? target, string? action) => throw new NotSupportedException();

    public bool ShouldProcess(string? verboseDescription, string? verboseWarning, string? caption) => throw new NotSupportedException();

    public bool ShouldProcess(string? verboseDescription, string? verboseWarning, string? caption, out ShouldProcessReason shouldProcessReason) =>
        throw new NotSupportedException();

    public bool ShouldContinue(string? query, string? caption) => throw new NotSupportedException();

    public bool ShouldContinue(string? query, string? caption, ref bool yesToAll, ref bool noToAll) => throw new NotSupportedException();

    public bool TransactionAvailable() => false;

    [DoesNotReturn]
    public void ThrowTerminatingError(ErrorRecord errorRecord) => throw new NotSupportedException();
}
