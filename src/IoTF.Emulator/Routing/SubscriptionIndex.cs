using IoTF.Emulator.Sessions;

namespace IoTF.Emulator.Routing;

/// <summary>
/// Who is subscribed to what in one organisation: a tree whose levels are those of the internal topic, so device type and device id are two
/// of its branchings. A look-up visits what can match and nothing else; its cost does not grow with devices that are not concerned.
/// </summary>
internal sealed class SubscriptionIndex
{
    private readonly Node _root = new();
    private int _version;

    /// <summary>Changes with every change of the index: what was matched before it is out of date.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Makes what was matched before out of date: who may see a topic has changed.</summary>
    public void Invalidate()
    {
        lock (_root)
        {
            Volatile.Write(ref _version, _version + 1);
        }
    }

    public void Set(string filter, Session session, Grant grant)
    {
        lock (_root)
        {
            var node = _root;
            foreach (var level in filter.Split('/'))
            {
                node = node.GetOrAdd(level);
            }

            (node.Subscribers ??= [])[session] = grant;
            Volatile.Write(ref _version, _version + 1);
        }
    }

    public void Remove(string filter, Session session)
    {
        lock (_root)
        {
            Remove(filter.Split('/'), session);
            Volatile.Write(ref _version, _version + 1);
        }
    }

    /// <summary>Collects the sessions a topic is for, each once.</summary>
    public void Match(string topic, Dictionary<Session, Grant> found)
    {
        var levels = topic.Split('/');
        lock (_root)
        {
            Match(_root, levels, depth: 0, found);
        }
    }

    private static void Match(Node node, string[] levels, int depth, Dictionary<Session, Grant> found)
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
    private void Remove(string[] levels, Session session)
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

        path[^1].Subscribers?.Remove(session);
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

        public Dictionary<Session, Grant>? Subscribers { get; set; }

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

        public void Collect(Dictionary<Session, Grant> found)
        {
            if (Subscribers is null)
            {
                return;
            }

            foreach (var (session, grant) in Subscribers)
            {
                found[session] = found.TryGetValue(session, out var earlier) ? earlier.Combine(grant) : grant;
            }
        }
    }
}
