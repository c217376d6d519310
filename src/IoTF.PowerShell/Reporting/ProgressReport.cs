using System.Management.Automation;

namespace IoTF.PowerShell.Reporting;

/// <summary>
/// The progress of a cmdlet that works for longer than a second, told at most five times a second. Whether to tell is asked for each message,
/// so that costs next to nothing. <c>$ProgressPreference</c> decides in the engine whether anything is shown.
/// </summary>
/// <param name="write">Writes a record; called on the thread that calls <see cref="Tell"/>.</param>
/// <param name="activity">What is going on.</param>
/// <param name="milliseconds">The clock: milliseconds since some moment.</param>
internal sealed class ProgressReport(Action<ProgressRecord> write, string activity, Func<long> milliseconds)
{
    /// <summary>The shortest time between two reports.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Work that is done sooner is not reported.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static int s_activities;

    private readonly int _id = Interlocked.Increment(ref s_activities);
    private readonly long _started = milliseconds();
    private long _next = milliseconds() + (long)Patience.TotalMilliseconds;
    private bool _told;

    /// <summary>A report by the clock of this machine.</summary>
    public ProgressReport(Cmdlet cmdlet, string activity)
        : this(cmdlet.WriteProgress, activity, static () => Environment.TickCount64)
    {
    }

    /// <summary>Whether it is time to tell.</summary>
    public bool IsDue => milliseconds() >= _next;

    /// <summary>Tells how far it is; does nothing before it is time to.</summary>
    /// <param name="count">How many messages so far.</param>
    /// <param name="done">What was done with them: "sent".</param>
    /// <param name="open">What is not finished: "7 not acknowledged".</param>
    public void Tell(long count, string done, string open)
    {
        var now = milliseconds();
        if (now < _next)
        {
            return;
        }

        _next = now + (long)Pause.TotalMilliseconds;
        _told = true;
        var perSecond = count * 1000.0 / Math.Max(1, now - _started);
        write(new ProgressRecord(_id, activity, $"{count:N0} {done}, {perSecond:N0} a second, {open}"));
    }

    /// <summary>It is over; what was shown goes away.</summary>
    public void End()
    {
        if (_told)
        {
            _told = false;
            write(new ProgressRecord(_id, activity, "Done") { RecordType = ProgressRecordType.Completed });
        }
    }
}
