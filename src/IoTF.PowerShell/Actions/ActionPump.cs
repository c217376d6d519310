using System.Management.Automation;
using IoTF.Client.Faults;
using IoTF.Client.Receiving;
using IoTF.PowerShell.Selections;
using IoTF.PowerShell.Sessions;

namespace IoTF.PowerShell.Actions;

/// <summary>
/// Carries messages from a receiver into the event queue of the engine, one at a time: the next is taken when the action has run over the one
/// before, and that is acknowledged then. So a slow action makes messages wait where they are bounded, at the service and in the inbox.
/// </summary>
/// <remarks>
/// The engine runs actions on the thread of the pipeline, between two statements of a script or when there is none. It drops a subscriber
/// whose action throws, and says nothing to the source of an event when its action has run. Therefore its action is <see cref="Script"/>, which
/// calls <see cref="Run"/>, which runs the action of the user in the same module, where the engine has put <c>$Event</c> and the others.
/// </remarks>
internal sealed class ActionPump
{
    private const string RunVariable = "IoTFRun";

    /// <summary>What the engine runs for each event.</summary>
    private const string Script = $"${RunVariable}.Invoke($Event)";

    /// <summary>How many actions this thread is running, one called by another included.</summary>
    [ThreadStatic]
    private static int s_running;

    private readonly IoTFSession _session;
    private readonly Selection _selection;
    private readonly Receiver _receiver;
    private readonly PSEventManager _events;
    private readonly PSEventSubscriber _subscriber;
    private readonly ScriptBlock _script;
    private readonly PSObject? _messageData;
    private readonly CancellationTokenSource _stop = new();
    private readonly object _gate = new();
    private ActionRun? _current;
    private ReceivedMessage? _received;
    private Action _ended = static () => { };
    private bool _isLeaving;
    private long _acted;
    private long _failed;

    /// <summary>Subscribes to the engine's queue. Nothing is carried before <see cref="Start"/>.</summary>
    public ActionPump(
        IoTFSession session, Selection selection, Receiver receiver, PSEventManager events, string sourceIdentifier, ScriptBlock script, PSObject? messageData)
    {
        _session = session;
        _selection = selection;
        _receiver = receiver;
        _events = events;
        _messageData = messageData;
        _subscriber = events.SubscribeEvent(
            source: null, eventName: null, sourceIdentifier, messageData, ScriptBlock.Create(Script), supportEvent: false, forwardEvent: false);
        var module = _subscriber.Action.Module;
        module.SessionState.PSVariable.Set(new PSVariable(RunVariable, new Func<PSEventArgs, object?>(Run), ScopedItemOptions.ReadOnly));
        _script = module.NewBoundScriptBlock(script);
        _subscriber.Action.StateChanged += OnJobStateChanged;
    }

    /// <summary>Whether it carries messages. One that does not may have to wait for its last event before it is no subscriber any more.</summary>
    public bool IsActive => !_stop.IsCancellationRequested;

    /// <summary>Messages that the action has run over.</summary>
    public long Received => Interlocked.Read(ref _acted);

    /// <summary>Messages that the action failed over.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>The last error that the action failed with.</summary>
    public ErrorRecord? LastError { get; private set; }

    /// <summary>The engine's job.</summary>
    public PSEventJob Job => _subscriber.Action;

    /// <summary>Begins to carry messages.</summary>
    /// <param name="ended">Called when it is no subscriber any more, whatever the reason; on any thread, perhaps more than once.</param>
    public void Start(Action ended)
    {
        _ended = ended;
        new Thread(Work) { IsBackground = true, Name = $"IoTF {_subscriber.SourceIdentifier}" }.Start();
    }

    /// <summary>Ends it. A message that the action has not begun with goes back; one that it works on is finished.</summary>
    /// <remarks>
    /// To unsubscribe while an event is queued, the engine would first run the action over it, and wait forever when this thread is running another
    /// action. So the event that is queued is left to come: it finds that nobody wants it, and unsubscribes.
    /// </remarks>
    public void Unsubscribe()
    {
        lock (_gate)
        {
            if (_isLeaving)
            {
                return;
            }

            _isLeaving = true;
        }

        Stop();
        if (Current?.TryGiveUp() != true)
        {
            UnsubscribeNow();
        }
    }

    /// <summary>
    /// Takes it out of the engine's queue although its last event is still to come, so that its name is free; not while this thread is running an
    /// action. Call it on the thread of the pipeline.
    /// </summary>
    public void Release()
    {
        if (s_running == 0)
        {
            UnsubscribeNow();
        }
    }

    /// <summary>Acknowledges the message that the action works on: it ends the session itself, and afterward it would be too late.</summary>
    public void AcknowledgeCurrent()
    {
        lock (_gate)
        {
            if (_current?.IsRunning == true)
            {
                _received?.Consume();
            }
        }
    }

    /// <summary>Ends it from any thread, soon.</summary>
    public void Stop() => _stop.Cancel();

    private ActionRun? Current
    {
        get
        {
            lock (_gate)
            {
                return _current;
            }
        }
    }

    private void UnsubscribeNow()
    {
        _events.UnsubscribeEvent(_subscriber);
        _ended();
    }

    private void OnJobStateChanged(object? sender, JobStateEventArgs change)
    {
        // Whoever ended it: Unregister-Event, Stop-Job, the end of the runspace.
        if (change.JobStateInfo.State is JobState.Stopped or JobState.Failed or JobState.Completed)
        {
            Stop();
            _ended();
        }
    }

    private void Work()
    {
        try
        {
            var receiver = _session.Session.Options.Identity;
            while (true)
            {
                var message = _receiver.Take(Timeout.InfiniteTimeSpan, _stop.Token)!;
                if (_selection.MakeObject(receiver, message) is { } made && !ActOn(made, message))
                {
                    _receiver.PutBack(message);
                    return;
                }

                message.Consume();
            }
        }
        catch (Exception exception) when (exception is FaultException or OperationCanceledException)
        {
            // The session is over, which is told by itself, or nobody wants this any more.
        }
        catch (Exception exception)
        {
            // Never expected. It must not end the process, nor stay secret.
            _session.Session.NoteFailure(_ => $"'{_subscriber.SourceIdentifier}' has ended: {exception.Message}");
        }
        finally
        {
            _receiver.Leave();
            Unsubscribe();
        }
    }

    /// <summary>Has the action run over a message, and waits for its end.</summary>
    /// <returns>False when it did not run, and will not.</returns>
    private bool ActOn(EventArgs made, ReceivedMessage message)
    {
        var run = new ActionRun(made);
        lock (_gate)
        {
            if (!IsActive)
            {
                return false;
            }

            (_current, _received) = (run, message);
        }

        _events.GenerateEvent(_subscriber.SourceIdentifier, _session, [_session, made], _messageData);
        return run.AwaitEnd(_stop.Token);
    }

    /// <summary>Runs the action of the user; called by <see cref="Script"/> on the thread of the pipeline.</summary>
    private object? Run(PSEventArgs occurrence)
    {
        if (Current is not { } run || !ReferenceEquals(run.Message, occurrence.SourceEventArgs))
        {
            // An event of this name that somebody else has made.
            return null;
        }

        if (!run.TryBegin())
        {
            UnsubscribeNow();
            return null;
        }

        s_running++;
        try
        {
            var output = _script.Invoke(occurrence.SourceArgs);
            End(run);
            return output;
        }
        catch (PipelineStoppedException)
        {
            run.Interrupt();
            throw;
        }
        catch (FlowControlException)
        {
            // exit, and break or continue without a loop: the action is done with this message.
            End(run);
            return null;
        }
        catch (Exception exception)
        {
            Fail(exception);
            End(run);
            return null;
        }
        finally
        {
            s_running--;
        }
    }

    private void End(ActionRun run)
    {
        // Before anybody can see that it has run: whoever disconnects the session then has it acknowledged.
        lock (_gate)
        {
            _received?.Consume();
        }

        Interlocked.Increment(ref _acted);
        run.End();
    }

    private void Fail(Exception exception)
    {
        Interlocked.Increment(ref _failed);
        var record = (exception as IContainsErrorRecord)?.ErrorRecord ?? new ErrorRecord(exception, "ActionFailed", ErrorCategory.NotSpecified, Current?.Message);
        LastError = record;
        _session.Session.NoteFailure(times =>
            $"The action '{_subscriber.SourceIdentifier}' failed{(times > 1 ? $" for {times:N0} messages, the last error is" : " for a message")}: {record.Exception.Message}");
    }
}
