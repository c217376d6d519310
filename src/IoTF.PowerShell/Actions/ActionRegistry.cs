using System.Management.Automation;
using IoTF.PowerShell.Loading;
using IoTF.PowerShell.Sessions;

namespace IoTF.PowerShell.Actions;

/// <summary>The actions of one runspace. They end with it.</summary>
internal sealed class ActionRegistry : IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly List<IoTFAction> _actions = [];
    private int _named;

    /// <summary>The actions of the runspace that runs the calling cmdlet.</summary>
    public static ActionRegistry Current => RunspaceScope.Current.Get(EndOrder.Actions, static () => new ActionRegistry());

    /// <summary>Those that have not ended, in the order of registering.</summary>
    public IReadOnlyList<IoTFAction> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _actions.Where(static action => action.Pump.IsActive)];
            }
        }
    }

    /// <summary>Adds an action and lets it begin.</summary>
    public void Start(IoTFAction action)
    {
        lock (_gate)
        {
            _actions.Add(action);
        }

        action.Pump.Start(() => Remove(action));
    }

    /// <summary>Lets go of a name whose action has ended, though its last event is still to come. Call it on the thread of the pipeline.</summary>
    public void Release(string name)
    {
        IoTFAction[] leaving;
        lock (_gate)
        {
            leaving = [.. _actions.Where(action => !action.Pump.IsActive && action.SourceIdentifier.Equals(name, StringComparison.OrdinalIgnoreCase))];
        }

        foreach (var action in leaving)
        {
            action.Pump.Release();
        }
    }

    /// <summary>A name that no subscriber has.</summary>
    public string MakeName(PSEventManager events)
    {
        while (true)
        {
            var name = $"IoTFAction{++_named}";
            if (!events.GetEventSubscribers(name).Any())
            {
                return name;
            }
        }
    }

    /// <summary>Ends the actions on messages of a session. Call it on the thread of the pipeline.</summary>
    public void End(IoTFSession session)
    {
        foreach (var action in All.Where(action => action.Session == session))
        {
            action.Pump.AcknowledgeCurrent();
            action.Pump.Unsubscribe();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (var action in All)
        {
            action.Pump.Stop();
        }

        return default;
    }

    private void Remove(IoTFAction action)
    {
        lock (_gate)
        {
            _actions.Remove(action);
        }
    }
}
