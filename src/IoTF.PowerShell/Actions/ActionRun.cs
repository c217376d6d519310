namespace IoTF.PowerShell.Actions;

/// <summary>
/// One message on its way through the event queue of the engine, from when it is queued to when the action has run over it. The engine itself
/// tells nobody when that is.
/// </summary>
/// <param name="message">The message, as the action gets it.</param>
internal sealed class ActionRun(EventArgs message)
{
    private readonly object _gate = new();
    private Stage _stage = Stage.Queued;

    private enum Stage
    {
        Queued,
        Running,
        Done,
        GivenUp,
    }

    /// <summary>The message, as the action gets it.</summary>
    public EventArgs Message { get; } = message;

    /// <summary>Whether the action is at work.</summary>
    public bool IsRunning
    {
        get
        {
            lock (_gate)
            {
                return _stage == Stage.Running;
            }
        }
    }

    /// <summary>The action begins to work.</summary>
    /// <returns>False when nobody wants it to any more.</returns>
    public bool TryBegin()
    {
        lock (_gate)
        {
            if (_stage != Stage.Queued)
            {
                return false;
            }

            _stage = Stage.Running;
            return true;
        }
    }

    /// <summary>The action has run.</summary>
    public void End() => Enter(Stage.Done);

    /// <summary>Ctrl+C came while the action ran. The engine queues the event again.</summary>
    public void Interrupt() => Enter(Stage.Queued);

    /// <summary>Gives it up, unless the action has begun.</summary>
    /// <returns>Whether it is given up: then its event is still to come.</returns>
    public bool TryGiveUp()
    {
        lock (_gate)
        {
            if (_stage == Stage.Queued)
            {
                Enter(Stage.GivenUp);
            }

            return _stage == Stage.GivenUp;
        }
    }

    /// <summary>Waits until the action has run.</summary>
    /// <param name="cancellationToken">Gives it up, unless the action is at work: then its end is waited for.</param>
    /// <returns>False when it was given up, here or by others, and the action will not run.</returns>
    public bool AwaitEnd(CancellationToken cancellationToken)
    {
        using var canceled = cancellationToken.UnsafeRegister(static run => ((ActionRun)run!).Wake(), this);
        lock (_gate)
        {
            while (_stage != Stage.Done)
            {
                if (_stage == Stage.GivenUp || (cancellationToken.IsCancellationRequested && TryGiveUp()))
                {
                    return false;
                }

                Monitor.Wait(_gate);
            }

            return true;
        }
    }

    private void Enter(Stage stage)
    {
        lock (_gate)
        {
            _stage = stage;
            Monitor.PulseAll(_gate);
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }
}
