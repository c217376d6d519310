using System.Diagnostics;
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
/// <para>
/// It looks for events rarely, too: five times a second during <c>Wait-Event</c>, three times at a prompt. So when it has run an action it is not let
/// go at once: while messages wait, the action goes on with them for as long as the script had before, half of the time at most.
/// </para>
/// </remarks>
internal sealed class ActionPump
{
    /// <summary>The longest that the action goes on, so that a prompt does not falter.</summary>
    private static readonly TimeSpan LongestStay = TimeSpan.FromMilliseconds(50);

    /// <summary>How long the next message may take from the inbox to the action: two changes of thread.</summary>
    private static readonly TimeSpan Passage = TimeSpan.FromMilliseconds(2);

    private const string RunVariable = "IoTFRun";

    /// <summary>What the engine runs for each event.</summary>
    private const string Script = $"${RunVariable}.Invoke($Event)";

    /// <summary>How many actions this thread is running, one called by another included.</summary>
    [ThreadStatic]
    private static int s_running;

    /// <summary>When the last action has let this thread go.</summary>
    [ThreadStatic]
    private static long s_leftAt;

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

    /// <summary>What the event in the queue of the engine has in it: the first message of a stay.</summary>
    private EventArgs? _queued;

    /// <summary>Whether the thread of the pipeline takes the next message without an event.</summary>
    private bool _isStaying;

    /// <summary>The message that it is to take.</summary>
    private ActionRun? _handedOver;
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
        module.SessionState.PSVariable.Set(new PSVariable(RunVariable, new Func<PSEventArgs, List<object?>?>(Run), ScopedItemOptions.ReadOnly));
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
        bool isAwaited;
        lock (_gate)
        {
            if (!IsActive)
            {
                return false;
            }

            (_current, _received) = (run, message);
            isAwaited = _isStaying;
            if (isAwaited)
            {
                _handedOver = run;
                Monitor.PulseAll(_gate);
            }
            else
            {
                _queued = made;
            }
        }

        if (!isAwaited)
        {
            _events.GenerateEvent(_subscriber.SourceIdentifier, _session, [_session, made], _messageData);
        }

        return run.AwaitEnd(_stop.Token);
    }

    /// <summary>Runs the action of the user; called by <see cref="Script"/> on the thread of the pipeline.</summary>
    /// <returns>What it emits.</returns>
    private List<object?>? Run(PSEventArgs occurrence)
    {
        ActionRun? run;
        lock (_gate)
        {
            run = _current;
            if (run is null || !ReferenceEquals(_queued, occurrence.SourceEventArgs))
            {
                // An event of this name that somebody else has made.
                return null;
            }
        }

        var began = Stopwatch.GetTimestamp();
        var stay = Stopwatch.GetElapsedTime(s_leftAt, began);
        stay = stay < LongestStay ? stay : LongestStay;
        List<object?> output = [];
        s_running++;
        try
        {
            while (run is not null)
            {
                if (!run.TryBegin())
                {
                    UnsubscribeNow();
                    break;
                }

                RunOver(run, occurrence, output);
                if (Stopwatch.GetElapsedTime(began) < stay)
                {
                    Stay();
                }

                End(run);
                run = AwaitNext();
            }
        }
        finally
        {
            s_running--;
            s_leftAt = Stopwatch.GetTimestamp();
        }

        return output;
    }

    private void RunOver(ActionRun run, PSEventArgs occurrence, List<object?> output)
    {
        object?[] arguments = [_session, run.Message];
        if (!ReferenceEquals(run.Message, occurrence.SourceEventArgs))
        {
            // What the engine sets for an event of its own.
            var variables = _subscriber.Action.Module.SessionState.PSVariable;
            variables.Set("event", EventOf(run.Message, arguments, occurrence));
            variables.Set("eventArgs", run.Message);
        }

        try
        {
            output.AddRange(_script.Invoke(arguments));
        }
        catch (PipelineStoppedException)
        {
            run.Interrupt();
            throw;
        }
        catch (FlowControlException)
        {
            // exit, and break or continue without a loop: the action is done with this message.
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    /// <summary>From now on the next message is handed over, without an event.</summary>
    private void Stay()
    {
        lock (_gate)
        {
            _isStaying = IsActive;
        }
    }

    /// <summary>Waits for the message that is handed over.</summary>
    /// <returns>Null when there is none for now: the next one comes by an event.</returns>
    private ActionRun? AwaitNext()
    {
        lock (_gate)
        {
            if (_isStaying && _handedOver is null)
            {
                Monitor.Wait(_gate, Passage);
            }

            var next = _handedOver;
            (_isStaying, _handedOver) = (false, null);
            return next;
        }
    }

    /// <summary><c>$Event</c> for a message that has no event of its own: the engine makes none without queuing it.</summary>
    private static PSObject EventOf(EventArgs message, object?[] arguments, PSEventArgs occurrence)
    {
        var made = new PSObject();
        foreach (var property in PSObject.AsPSObject(occurrence).Properties)
        {
            made.Properties.Add(new PSNoteProperty(property.Name, property.Name switch
            {
                nameof(PSEventArgs.SourceEventArgs) => message,
                nameof(PSEventArgs.SourceArgs) => arguments,
                nameof(PSEventArgs.TimeGenerated) => DateTime.Now,
                _ => property.Value,
            }));
        }

        made.TypeNames.Insert(0, typeof(PSEventArgs).FullName!);
        return made;
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
