using System.Management.Automation;

namespace IoTF.PowerShell.Commands;

/// <summary>What all cmdlets of the module have: a Ctrl+C that is remembered, and one way to wait.</summary>
public abstract class IoTFCmdlet : PSCmdlet
{
    // Never disposed of: it has neither a timer nor a wait handle, and Ctrl+C may come while the cmdlet ends.
    private readonly CancellationTokenSource _stop = new();

    private protected IoTFCmdlet()
    {
    }

    /// <summary>Fires once the user has pressed Ctrl+C or the pipeline was stopped for another reason.</summary>
    private protected CancellationToken StopToken => _stop.Token;

    /// <summary>Remembers that the pipeline is to stop; runs on another thread than the pipeline's and does nothing else.</summary>
    protected sealed override void StopProcessing() => _stop.Cancel();

    /// <summary>Runs an operation to its end on the pipeline thread.</summary>
    /// <param name="operation">Gets <see cref="StopToken"/>; what it throws comes out as it is.</param>
    /// <exception cref="PipelineStoppedException">The pipeline is stopping: nothing is left to be said to anybody.</exception>
    private protected T Await<T>(Func<CancellationToken, Task<T>> operation)
    {
        try
        {
            return operation(StopToken).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <inheritdoc cref="Await{T}"/>
    private protected void Await(Func<CancellationToken, Task> operation) => _ = Await(async token =>
    {
        await operation(token).ConfigureAwait(false);
        return true;
    });
}
