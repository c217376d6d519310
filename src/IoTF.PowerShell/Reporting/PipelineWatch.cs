using System.Management.Automation;
using System.Runtime.ExceptionServices;

namespace IoTF.PowerShell.Reporting;

/// <summary>
/// Finds out why the pipeline ended while a cmdlet wrote an object into it. The engine throws the same
/// <see cref="PipelineStoppedException"/> into the cmdlet when a command behind it wants no more (<c>Select-Object -First</c>), when one has
/// failed, and at Ctrl+C; only the second is about the object. What it was shows in what was thrown on this thread before: a
/// <see cref="FlowControlException"/> when nothing more is wanted.
/// </summary>
internal sealed class PipelineWatch : IDisposable
{
    /// <summary>The last exception on this thread that was not thrown merely to unwind the pipeline.</summary>
    [ThreadStatic]
    private static Exception? s_last;

    /// <summary>How many writes of watched cmdlets this thread is in: what is written to may run another one.</summary>
    [ThreadStatic]
    private static int s_writes;

    /// <summary>Begins to watch.</summary>
    public PipelineWatch() => AppDomain.CurrentDomain.FirstChanceException += Note;

    /// <summary>Writes an object.</summary>
    /// <param name="cmdlet">The cmdlet that writes.</param>
    /// <param name="written">What it writes.</param>
    /// <param name="wantsNoMore">Whether what ended the pipeline was that nothing more is wanted: then the object was taken.</param>
    public void Write(Cmdlet cmdlet, object written, out bool wantsNoMore)
    {
        wantsNoMore = false;
        s_last = null;
        s_writes++;
        try
        {
            cmdlet.WriteObject(written);
        }
        catch (FlowControlException)
        {
            wantsNoMore = true;
            throw;
        }
        catch (PipelineStoppedException)
        {
            wantsNoMore = !cmdlet.Stopping && s_last is FlowControlException;
            throw;
        }
        finally
        {
            s_writes--;
            s_last = null;
        }
    }

    /// <summary>Watches no longer.</summary>
    public void Dispose() => AppDomain.CurrentDomain.FirstChanceException -= Note;

    private static void Note(object? sender, FirstChanceExceptionEventArgs thrown)
    {
        if (s_writes > 0 && thrown.Exception is not PipelineStoppedException)
        {
            s_last = thrown.Exception;
        }
    }
}
