using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Completion;

/// <summary>
/// The names that the sessions of one runspace have sent and received, for completion. Of each kind the first thousand are kept, so a fleet
/// costs no more than that. Any thread may note.
/// </summary>
internal sealed class SeenNames
{
    private const int Capacity = 1000;

    private readonly object _gate = new();
    private readonly HashSet<string> _eventIds = [];
    private readonly HashSet<string> _commandIds = [];
    private readonly HashSet<string> _formats = [];
    private readonly HashSet<(string Type, string Id)> _devices = [];

    /// <summary>What was noted last: messages often resemble the one before.</summary>
    private (MessageKind Kind, string? Type, string? Id, string? Name, string? Format) _last;

    /// <summary>The ids of events.</summary>
    public IReadOnlyList<string> EventIds => Copy(_eventIds);

    /// <summary>The ids of commands.</summary>
    public IReadOnlyList<string> CommandIds => Copy(_commandIds);

    /// <summary>The format words.</summary>
    public IReadOnlyList<string> Formats => Copy(_formats);

    /// <summary>The devices.</summary>
    public IReadOnlyList<(string Type, string Id)> Devices => Copy(_devices);

    /// <summary>Remembers what a message names.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="deviceType">The type of its device; null when it names none, here as in what follows.</param>
    /// <param name="deviceId">The id of its device.</param>
    /// <param name="name">The event or command id.</param>
    /// <param name="format">The format word.</param>
    public void Note(MessageKind kind, string? deviceType, string? deviceId, string? name = null, string? format = null)
    {
        lock (_gate)
        {
            var noted = (kind, deviceType, deviceId, name, format);
            if (noted == _last)
            {
                return;
            }

            _last = noted;
            if (kind is MessageKind.Event or MessageKind.Command)
            {
                Add(kind == MessageKind.Event ? _eventIds : _commandIds, name);
                Add(_formats, format);
            }

            if (deviceType is not null && deviceId is not null && _devices.Count < Capacity)
            {
                _devices.Add((deviceType, deviceId));
            }
        }
    }

    private static void Add(HashSet<string> names, string? name)
    {
        if (name is { Length: > 0 } && names.Count < Capacity)
        {
            names.Add(name);
        }
    }

    private IReadOnlyList<T> Copy<T>(HashSet<T> names)
    {
        lock (_gate)
        {
            return [.. names];
        }
    }
}
