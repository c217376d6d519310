using System.Management.Automation.Runspaces;

namespace IoTF.Shell.Engine;

/// <summary>What a new runspace starts with.</summary>
public sealed record EngineOptions
{
    /// <summary>The current location, or null for that of the process.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Modules (names or paths) that are imported before anything runs.</summary>
    public IReadOnlyList<string> Modules { get; init; } = [];

    /// <summary>Variables that are set before anything runs, by name.</summary>
    public IReadOnlyDictionary<string, object?> Variables { get; init; } = new Dictionary<string, object?>();

    /// <summary>Adds to the initial state, as cmdlets and aliases of a test's own; null for nothing.</summary>
    public Action<InitialSessionState>? Configure { get; init; }
}
