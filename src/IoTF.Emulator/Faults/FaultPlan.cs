using System.Diagnostics.CodeAnalysis;
using System.IO.Enumeration;

namespace IoTF.Emulator.Faults;

/// <summary>The faults that were asked for. From any thread.</summary>
internal sealed class FaultPlan
{
    private readonly object _gate = new();
    private volatile Entry[] _entries = [];

    /// <summary>Whether nothing is to go wrong, as usual.</summary>
    public bool IsEmpty => _entries.Length == 0;

    /// <summary>What is still to go wrong, with the counts that are left.</summary>
    public IReadOnlyList<EmulatorFault> Left
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries.Where(static entry => entry.Left != 0).Select(static entry => entry.Fault with { Count = entry.Left })];
            }
        }
    }

    /// <summary>Adds a fault; one of the same kind for the same ClientIds is replaced.</summary>
    public void Set(EmulatorFault fault)
    {
        lock (_gate)
        {
            Remove(entry => entry.Fault.Kind == fault.Kind && entry.Fault.ClientId == fault.ClientId);
            _entries = [.. _entries, new Entry(fault)];
        }
    }

    /// <summary>Takes faults back; what stalls goes on.</summary>
    /// <param name="clientId">Those that were set for these ClientIds; null for all.</param>
    public void Clear(string? clientId)
    {
        lock (_gate)
        {
            Remove(entry => clientId is null || entry.Fault.ClientId == clientId);
        }
    }

    /// <summary>Whether a fault happens to a client now; that counts.</summary>
    /// <param name="kind">What would go wrong.</param>
    /// <param name="clientId">The client.</param>
    /// <param name="fault">The fault.</param>
    public bool Happens(EmulatorFaultKind kind, string clientId, [NotNullWhen(true)] out EmulatorFault? fault)
    {
        fault = Take(kind, clientId)?.Fault;
        return fault is not null;
    }

    /// <summary>Whether a client is stalled now; that counts.</summary>
    /// <param name="clientId">The client.</param>
    /// <param name="cleared">When it goes on.</param>
    public bool Stalls(string clientId, [NotNullWhen(true)] out Task? cleared)
    {
        cleared = Take(EmulatorFaultKind.Stall, clientId)?.Cleared.Task;
        return cleared is not null;
    }

    private Entry? Take(EmulatorFaultKind kind, string clientId)
    {
        if (!Array.Exists(_entries, entry => entry.Fault.Kind == kind))
        {
            return null;
        }

        lock (_gate)
        {
            var entry = Array.Find(_entries, entry => entry.Fault.Kind == kind && entry.Left != 0 && entry.IsFor(clientId));
            if (entry is { Left: > 0 } && --entry.Left == 0 && kind != EmulatorFaultKind.Stall)
            {
                // Clients that were stalled wait for it to be cleared; of the others nothing is left.
                _entries = [.. _entries.Where(other => other != entry)];
            }

            return entry;
        }
    }

    private void Remove(Predicate<Entry> unwanted)
    {
        foreach (var entry in Array.FindAll(_entries, unwanted))
        {
            entry.Cleared.TrySetResult();
        }

        _entries = Array.FindAll(_entries, entry => !unwanted(entry));
    }

    private sealed class Entry(EmulatorFault fault)
    {
        public EmulatorFault Fault { get; } = fault;

        /// <summary>How often it still happens; null without an end.</summary>
        public int? Left { get; set; } = fault.Count;

        public TaskCompletionSource Cleared { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsFor(string clientId) => FileSystemName.MatchesSimpleExpression(Fault.ClientId, clientId, ignoreCase: false);
    }
}
