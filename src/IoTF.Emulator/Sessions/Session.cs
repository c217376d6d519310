using IoTF.Emulator.Connections;
using IoTF.Emulator.Persistence;
using IoTF.Emulator.Refusals;
using IoTF.Emulator.Registry;
using IoTF.Emulator.Routing;
using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;
using IoTF.Mqtt.Links;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Limits;
using IoTF.Protocol.Topics;

namespace IoTF.Emulator.Sessions;

/// <summary>What the service keeps of one client: its subscriptions, what waits for it, and what is under way. It may outlive the connection.</summary>
internal sealed class Session : IReceiver
{
    private readonly object _gate = new();
    private readonly TimeProvider _clock;
    private readonly InboundWindow _inbound = new();
    private readonly Dictionary<string, (Grant Grant, SharedSubscription? Shared)> _subscriptions = new(StringComparer.Ordinal);
    private readonly SharedSubscriptions _shared;
    private readonly ChangeMark _changes;
    private Connection? _connection;
    private DeliverySink? _sink;
    private TimeSpan _expiry;
    private string? _resourceGroup;
    private long _subscriptionBytes;
    private bool _ended;

    /// <summary>A session without a connection.</summary>
    /// <param name="key">What it is found by: the ClientId, with a hidden suffix where several clients share one (protocol.md §2.4).</param>
    /// <param name="identity">Whose it is.</param>
    /// <param name="organization">The organization it belongs to.</param>
    /// <param name="options">The bounds of its queue.</param>
    /// <param name="traffic">Where its messages are counted.</param>
    /// <param name="shared">Where members of a scalable application share their subscriptions.</param>
    /// <param name="changes">Told when something changes that outlives the connection.</param>
    /// <param name="overflowing">Called when messages begin to be dropped because too many wait for the client.</param>
    public Session(
        string key,
        ClientIdentity identity,
        Organization organization,
        EmulatorOptions options,
        Traffic traffic,
        SharedSubscriptions shared,
        ChangeMark changes,
        Action overflowing)
    {
        Key = key;
        Identity = identity;
        Organization = organization;
        _clock = options.Clock;
        _shared = shared;
        _changes = changes;

        // The service has ten messages unacknowledged toward a device. For gateways and applications it names only what they may have
        // unacknowledged themselves (protocol.md §2.6), so that is what they get.
        Outbox = new Outbox(
            options,
            organization.Memory,
            traffic,
            identity.Role == ClientRole.Device ? ServiceLimits.InFlightToDevice : ServiceLimits.InFlight(identity.Role),
            identity.IsDeviceOrGateway ? options.CommandLifetime : options.EventLifetime,
            overflowing);
    }

    public string Key { get; }

    public ClientIdentity Identity { get; }

    public Organization Organization { get; }

    public Outbox Outbox { get; }

    /// <summary>The API key its client came with last; null for devices and gateways.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The devices its client may see; null for those of the whole organization (protocol.md §3.4).</summary>
    public string? ResourceGroup
    {
        get => Volatile.Read(ref _resourceGroup);
        set
        {
            if (Interlocked.Exchange(ref _resourceGroup, value) != value && SubscriptionCount > 0)
            {
                // It was looked up before who sees which topic.
                Organization.Subscriptions.Invalidate();
            }
        }
    }

    /// <summary>How long it outlives its connection: zero when it ends with it, <see cref="Timeout.InfiniteTimeSpan"/> for no end.</summary>
    public TimeSpan Expiry
    {
        get => _expiry;
        set
        {
            _expiry = value;
            Outbox.Changes = value == TimeSpan.Zero ? null : _changes;
            _changes.Set();
        }
    }

    /// <summary>When its connection ended, as a timestamp of the clock.</summary>
    public long DetachedAt { get; private set; }

    /// <summary>Whether its time has passed without its client.</summary>
    public bool HasExpired => Connection is null && Expiry != Timeout.InfiniteTimeSpan && _clock.GetElapsedTime(DetachedAt) >= Expiry;

    /// <summary>Who has it now; null while it waits for its client.</summary>
    public Connection? Connection => Volatile.Read(ref _connection);

    /// <summary>What it is subscribed to, by internal filters; a copy.</summary>
    public IReadOnlyList<(string InternalFilter, Grant Grant)> Subscriptions
    {
        get
        {
            lock (_gate)
            {
                return [.. _subscriptions.Select(static subscription => (subscription.Key, subscription.Value.Grant))];
            }
        }
    }

    public int SubscriptionCount
    {
        get
        {
            lock (_gate)
            {
                return _subscriptions.Count;
            }
        }
    }

    /// <summary>Gives the session to a connection, whose CONNACK has been queued.</summary>
    public void Attach(Connection connection)
    {
        lock (_gate)
        {
            _connection = connection;
            _sink = new DeliverySink(connection.Link, _clock);
            _inbound.Resume(sessionPresent: true);

            // MQTT 5 clients were told how much they may have unacknowledged; the older versions know no such limit.
            _inbound.Limit = connection.Link.Version == MqttVersion.V5 ? ServiceLimits.InFlight(Identity.Role) : ushort.MaxValue;
        }

        Outbox.Attach(connection.Link, connection.Client!.ReceiveMaximum, connection.Client.MaximumPacketSize);
    }

    /// <summary>Takes the session from a connection that ends.</summary>
    /// <returns>False when another connection has it already.</returns>
    public bool Detach(Connection connection)
    {
        lock (_gate)
        {
            if (_connection != connection)
            {
                return false;
            }

            _connection = null;
            _sink = null;
            DetachedAt = _clock.GetTimestamp();
        }

        Outbox.Detach(connection.Link);
        return true;
    }

    /// <summary>Forgets everything; the session is not used again. What it shared and did not acknowledge goes to the other members.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            foreach (var (filter, (_, shared)) in _subscriptions)
            {
                Forget(filter, shared);
            }

            _subscriptions.Clear();
            Charge(-_subscriptionBytes);
        }

        Outbox.GiveBack(Outbox.Close());
        _changes.Set();
    }

    /// <summary>
    /// Takes from the session what its client may not have: it may have come back with another key, role or resource group than it left with.
    /// </summary>
    /// <param name="client">The client that resumes the session.</param>
    /// <returns>The filters it lost, as it named them, and why.</returns>
    public IReadOnlyList<(string Filter, CloseReason Reason)> JudgeAgain(Principal client)
    {
        var lost = new List<(string, CloseReason)>();
        foreach (var (internalFilter, _) in Subscriptions)
        {
            var filter = TopicMap.FromInternal(Identity, internalFilter);
            if (client.JudgeSubscribe(filter, register: false) is { } reason)
            {
                Unsubscribe(internalFilter);
                lost.Add((filter, reason));
            }
        }

        Outbox.Withdraw(delivery => !client.MaySee(delivery.Topic));
        return lost;
    }

    bool IReceiver.Deliver(string topic, ReadOnlyMemory<byte> payload, QualityOfService qualityOfService, PublishProperties? properties, bool retain) =>
        Outbox.Deliver(topic, payload, qualityOfService, properties, retain);

    Task IReceiver.WaitForRoomAsync() => Outbox.WaitForRoomAsync();

    /// <inheritdoc/>
    public bool Sees(string topic) => ResourceGroup is not { } group || Organization.Shows(topic, Identity, group);

    /// <summary>Whether one more filter is within the role's limit (protocol.md §2.6), and within the memory that is left for it.</summary>
    public bool HasRoomFor(string internalFilter)
    {
        lock (_gate)
        {
            return _subscriptions.ContainsKey(internalFilter)
                || (_subscriptions.Count < ServiceLimits.Subscriptions(Identity.Role) && _subscriptionBytes + CostOf(internalFilter) <= Organization.Memory.Free);
        }
    }

    /// <summary>Subscribes to a filter, or changes what was granted for it.</summary>
    /// <returns>False when there was a subscription to it already.</returns>
    public bool Subscribe(string internalFilter, Grant grant)
    {
        lock (_gate)
        {
            var isNew = !_subscriptions.ContainsKey(internalFilter);
            if (_ended)
            {
                return isNew;
            }

            _changes.Set();
            var shared = _shared.Join(this, internalFilter, grant);
            _subscriptions[internalFilter] = (grant, shared);
            if (isNew)
            {
                Charge(CostOf(internalFilter));
            }

            if (shared is null)
            {
                Organization.Subscriptions.Set(internalFilter, this, grant);
            }

            return isNew;
        }
    }

    /// <summary>Ends a subscription.</summary>
    /// <returns>False when there was none.</returns>
    public bool Unsubscribe(string internalFilter)
    {
        lock (_gate)
        {
            if (!_subscriptions.Remove(internalFilter, out var subscription))
            {
                return false;
            }

            Forget(internalFilter, subscription.Shared);
            Charge(-CostOf(internalFilter));
        }

        _changes.Set();
        return true;
    }

    /// <summary>A PUBLISH of QoS 1 or 2 arrived over a connection.</summary>
    public InboundOutcome OnPublish(Connection connection, InboundMessage message)
    {
        lock (_gate)
        {
            return _connection == connection ? _inbound.OnPublish(message, _sink!) : InboundOutcome.Duplicate;
        }
    }

    /// <summary>A message that arrived over a connection is dealt with: it is acknowledged, now or when the client sends it again.</summary>
    public void Consumed(Connection connection, InboundMessage message, byte reasonCode)
    {
        if (connection.Faults.AcknowledgementDelay() is var delay && delay > TimeSpan.Zero)
        {
            _ = ConsumedLaterAsync(connection, message, reasonCode, delay);
        }
        else
        {
            ConsumedNow(connection, message, reasonCode);
        }
    }

    /// <summary>Forgets topic and payload of a message that was handed on and waits to be acknowledged.</summary>
    public void ReleaseContent(InboundMessage message)
    {
        lock (_gate)
        {
            message.ReleaseContent();
        }
    }

    /// <summary>A PUBREL arrived over a connection.</summary>
    public void OnPubRel(Connection connection, ushort packetId)
    {
        lock (_gate)
        {
            if (_connection == connection)
            {
                _inbound.OnPubRel(packetId, _sink!);
            }
        }
    }

    /// <summary>What a user sees of it.</summary>
    public EmulatorSession Snapshot()
    {
        var counts = Outbox.Counts;
        return new EmulatorSession
        {
            ClientId = Identity.ClientId,
            Role = Identity.Role,
            Connected = Connection is not null,
            Expiry = Expiry,
            Subscriptions = [.. Subscriptions.Select(subscription => TopicMap.FromInternal(Identity, subscription.InternalFilter))],
            InFlight = counts.InFlight,
            Queued = counts.Queued,
            Dropped = counts.Dropped,
        };
    }

    /// <summary>The session of a client that was away before a restart.</summary>
    /// <param name="away">For how long.</param>
    public void RestoreDetached(TimeSpan away) => DetachedAt = _clock.GetTimestamp() - (long)(away.TotalSeconds * _clock.TimestampFrequency);

    /// <summary>About how many bytes of memory a filter takes: here, and once more with a node for each level in the index.</summary>
    private static long CostOf(string internalFilter) => (4L * sizeof(char) * internalFilter.Length) + (200L * (internalFilter.AsSpan().Count('/') + 2));

    private void Charge(long bytes)
    {
        _subscriptionBytes += bytes;
        Organization.Memory.Add(bytes);
    }

    private void ConsumedNow(Connection connection, InboundMessage message, byte reasonCode)
    {
        lock (_gate)
        {
            _inbound.Consumed(message, _connection == connection ? _sink : null, reasonCode);
        }
    }

    private async Task ConsumedLaterAsync(Connection connection, InboundMessage message, byte reasonCode, TimeSpan delay)
    {
        await Task.Delay(delay, _clock).ConfigureAwait(false);
        ConsumedNow(connection, message, reasonCode);
    }

    private void Forget(string internalFilter, SharedSubscription? shared)
    {
        if (shared is null)
        {
            Organization.Subscriptions.Remove(internalFilter, this);
        }
        else
        {
            _shared.Leave(this, shared);
        }
    }
}
