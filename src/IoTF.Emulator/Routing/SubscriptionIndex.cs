using IoTF.Emulator.Sessions;

namespace IoTF.Emulator.Routing;

/// <summary>
/// Who is subscribed to what in one organization: a tree whose levels are those of the internal topic, so device type and device id are two
/// of its branchings. A look-up visits what can match and nothing else; its cost does not grow with devices that are not concerned.
/// </summary>
internal sealed class SubscriptionIndex
{
    /// <summary>The first levels of an internal topic, up to the device id: what most filters are concrete in.</summary>
    private const int BranchLevels = 6;
    private const int Branches = 1024;

    private readonly Node _root = new();
    private readonly int[] _branchVersions = new int[Branches];
    private int _wildVersion;

    /// <summary>The state of the index as far as it concerns a topic.</summary>
    public IndexState StateFor(string topic)
    {
        var branch = BranchOf(topic);
        return new IndexState(branch, Volatile.Read(ref _branchVersions[branch]), Volatile.Read(ref _wildVersion));
    }

    /// <summary>Makes what was matched before out of date: who may see a topic has changed.</summary>
    public void Invalidate()
    {
        lock (_root)
        {
            Volatile.Write(ref _wildVersion, _wildVersion + 1);
        }
    }

    /// <summary>Whether what was matched in a state is still right: a device that comes or goes does not concern the topics of others.</summary>
    public bool IsCurrent(IndexState state) =>
        Volatile.Read(ref _wildVersion) == state.WildVersion && Volatile.Read(ref _branchVersions[state.Branch]) == state.BranchVersion;

    public void Set(string filter, IReceiver receiver, Grant grant)
    {
        lock (_root)
        {
            var node = _root;
            foreach (var level in filter.Split('/'))
            {
                node = node.GetOrAdd(level);
            }

            (node.Subscribers ??= [])[receiver] = grant;
            Changed(filter);
        }
    }

    public void Remove(string filter, IReceiver receiver)
    {
        lock (_root)
        {
            Remove(filter.Split('/'), receiver);
            Changed(filter);
        }
    }

    /// <summary>Collects the receivers a topic is for, each once.</summary>
    public void Match(string topic, Dictionary<IReceiver, Grant> found)
    {
        var levels = topic.Split('/');
        lock (_root)
        {
            Match(_root, levels, depth: 0, found);
        }
    }

    private void Changed(string filter)
    {
        if (BranchName(filter).IndexOfAny('+', '#') >= 0)
        {
            Volatile.Write(ref _wildVersion, _wildVersion + 1);
        }
        else
        {
            var branch = BranchOf(filter);
            Volatile.Write(ref _branchVersions[branch], _branchVersions[branch] + 1);
        }
    }

    private static int BranchOf(string topic) => (int)((uint)string.GetHashCode(BranchName(topic)) % Branches);

    private static ReadOnlySpan<char> BranchName(string topic)
    {
        var end = -1;
        for (var level = 0; level < BranchLevels; level++)
        {
            end = topic.IndexOf('/', end + 1);
            if (end < 0)
            {
                return topic;
            }
        }

        return topic.AsSpan(0, end);
    }

    private static void Match(Node node, string[] levels, int depth, Dictionary<IReceiver, Grant> found)
    {
        // '#' stands for what follows and for the level it hangs on (MQTT-3.1.1 §4.7.1.2).
        node.Rest?.Collect(found);
        if (depth == levels.Length)
        {
            node.Collect(found);
            return;
        }

        if (node.Named is { } named && named.TryGetValue(levels[depth], out var next))
        {
            Match(next, levels, depth + 1, found);
        }

        if (node.Any is { } any)
        {
            Match(any, levels, depth + 1, found);
        }
    }

    /// <summary>Not by recursion: how many levels a filter has is up to the client, and 30,000 of them fit into a SUBSCRIBE.</summary>
    private void Remove(string[] levels, IReceiver receiver)
    {
        var path = new Node[levels.Length + 1];
        path[0] = _root;
        for (var depth = 0; depth < levels.Length; depth++)
        {
            if (path[depth].Find(levels[depth]) is not { } next)
            {
                return;
            }

            path[depth + 1] = next;
        }

        path[^1].Subscribers?.Remove(receiver);
        for (var depth = levels.Length; depth > 0 && path[depth].IsEmpty; depth--)
        {
            path[depth - 1].Prune(levels[depth - 1]);
        }
    }

    private sealed class Node
    {
        public Dictionary<string, Node>? Named { get; private set; }

        public Node? Any { get; private set; }

        public Node? Rest { get; private set; }

        public Dictionary<IReceiver, Grant>? Subscribers { get; set; }

        public bool IsEmpty => Named is not { Count: > 0 } && Any is null && Rest is null && Subscribers is not { Count: > 0 };

        public Node? Find(string level) => level switch
        {
            "+" => Any,
            "#" => Rest,
            _ => Named?.GetValueOrDefault(level),
        };

        public Node GetOrAdd(string level)
        {
            if (Find(level) is { } known)
            {
                return known;
            }

            var added = new Node();
            switch (level)
            {
                case "+":
                    Any = added;
                    break;
                case "#":
                    Rest = added;
                    break;
                default:
                    (Named ??= new Dictionary<string, Node>(StringComparer.Ordinal)).Add(level, added);
                    break;
            }

            return added;
        }

        public void Prune(string level)
        {
            switch (level)
            {
                case "+":
                    Any = null;
                    break;
                case "#":
                    Rest = null;
                    break;
                default:
                    Named!.Remove(level);
                    break;
            }
        }

        public void Collect(Dictionary<IReceiver, Grant> found)
        {
            if (Subscribers is null)
            {
                return;
            }

            foreach (var (receiver, grant) in Subscribers)
            {
                found[receiver] = found.TryGetValue(receiver, out var earlier) ? earlier.Combine(grant) : grant;
            }
        }
    }
}
