using System.Runtime.CompilerServices;
using IoTF.PowerShell.Sessions;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

public sealed class SessionOpeningTests
{
    [Fact]
    public void A_failure_nobody_asks_for_is_no_unobserved_exception()
    {
        var failure = new InvalidOperationException("nobody asks for this one");
        var unobserved = new List<Exception>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs args)
        {
            lock (unobserved)
            {
                unobserved.AddRange(args.Exception.InnerExceptions.Where(exception => exception == failure));
            }
        }

        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            FailAndForget(failure);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        Assert.Empty(unobserved);
    }

    // A method of its own, so that no local keeps the task alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FailAndForget(Exception failure) => Assert.True(SessionOpening.Failed(failure, target: null).HasFailed);
}
