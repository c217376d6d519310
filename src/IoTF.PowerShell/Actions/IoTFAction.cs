using System.Management.Automation;
using IoTF.PowerShell.Sessions;

namespace IoTF.PowerShell.Actions;

/// <summary>An action that is run over messages. <c>Get-EventSubscriber</c> and <c>Get-Job</c> show it by its source identifier.</summary>
public sealed class IoTFAction
{
    internal IoTFAction(string sourceIdentifier, IoTFSession session, string filter, ScriptBlock action, ActionPump pump)
    {
        SourceIdentifier = sourceIdentifier;
        Session = session;
        Filter = filter;
        Action = action;
        Pump = pump;
    }

    /// <summary>Its name in the event queue of the runspace.</summary>
    public string SourceIdentifier { get; }

    /// <summary>The session that the messages come from.</summary>
    public IoTFSession Session { get; }

    /// <summary>The topic filter that selects them.</summary>
    public string Filter { get; }

    /// <summary>What is run.</summary>
    public ScriptBlock Action { get; }

    /// <summary><c>Active</c>, or <c>Ended</c> when it was unregistered or its session is over.</summary>
    public string State => Pump.IsActive ? "Active" : "Ended";

    /// <summary>Messages that it has run over, those that it failed over included.</summary>
    public long Received => Pump.Received;

    /// <summary>Messages that it failed over.</summary>
    public long Failed => Pump.Failed;

    /// <summary>The error that it failed with last; null when it never has.</summary>
    public ErrorRecord? LastError => Pump.LastError;

    /// <summary>The job that the engine keeps for it: what it emits, and the errors that it writes.</summary>
    public PSEventJob Job => Pump.Job;

    internal ActionPump Pump { get; }

    /// <summary>Name and filter.</summary>
    public override string ToString() => $"{SourceIdentifier} ({Filter})";
}
