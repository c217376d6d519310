using System.Text;
using IoTF.Client.Connecting;
using IoTF.Client.Faults;
using IoTF.Client.Receiving;
using IoTF.Client.Sending;
using IoTF.Client.Sessions;
using IoTF.Mqtt.Links;
using IoTF.Protocol.Topics;

namespace IoTF.Tests.Unit.Simulation;

/// <summary>
/// One process with a session: the real one with its exchange, windows, mailroom, links and reconnect policy. Only the loop and the tasks
/// of the supervisor are replaced, by calls that the history makes.
/// </summary>
internal sealed class SimulatedClient
{
    public const string Inbound = "d";
    private static readonly SubscriptionRequest Request = new(Inbound, MessageKind.Event);

    private readonly Ledger _ledger;
    private readonly SimulatedClock _clock;
    private readonly LinkOptions _linkOptions;
    private readonly Session _session;
    private readonly ReconnectPolicy _policy;
    private readonly Receiver _receiver;
    private readonly List<ReceivedMessage> _held = [];
    private readonly List<Task> _requests = [];
    private readonly int _number;
    private SendBatch _batch;
    private SimulatedConnection? _connection;
    private Link? _link;
    private long _connectedAt;

    public SimulatedClient(int number, Ledger ledger, SessionOptions options, SimulatedClock clock, LinkOptions linkOptions, Random chance)
    {
        _number = number;
        _ledger = ledger;
        _clock = clock;
        _linkOptions = linkOptions;
        _session = new Session(options with { Subscriptions = [Request] }, clock);
        _policy = new ReconnectPolicy(options, options.Reconnect, chance.NextDouble);
        _batch = NewBatch();
        _receiver = _session.ReceiveAsync(Request, CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>How long it waits before it connects; null while it is connected or connecting.</summary>
    public TimeSpan? Waits { get; private set; } = TimeSpan.Zero;

    /// <summary>Why its session is over; null while it is not.</summary>
    public Fault? Over { get; private set; }

    public bool IsAttached { get; private set; }

    public bool IsIdle => !_batch.HasUnwritten && _session.Counters.Pending == 0 && _held.Count == 0 && _session.Counters.Waiting == 0 && _requests.TrueForAll(one => one.IsCompleted);

    public override string ToString() =>
        $"attached {IsAttached}, link {_link is not null}, readable {_connection?.Down.IsReadable}, waits {Waits}, held {_held.Count}, {_session.Counters}";

    public SessionCounters Counters => _session.Counters;

    public static byte[] PayloadOf(int number) => Encoding.ASCII.GetBytes($"{number}");

    public void Connect(SimulatedConnection connection)
    {
        Waits = null;
        _connection = connection;
        _link = new Link(connection.Client, _linkOptions with { Version = _session.Options.Version });
        Handshake.SendConnect(_link, _session.Options);
    }

    /// <summary>Sends a message if there is room for it.</summary>
    public bool TrySend(SentRecord sent)
    {
        var message = new PendingMessage("t", PayloadOf(sent.Number), sent.QualityOfService, sent) { Batch = _batch };
        return _session.Exchange.TryPublish(message, out _);
    }

    public void RequestSubscription() => _requests.Add(_session.Exchange.RequestAsync(id => new MQTTnet.Packets.MqttSubscribePacket
    {
        PacketIdentifier = id,
        TopicFilters = [new MQTTnet.Packets.MqttTopicFilter { Topic = "x" }],
    }));

    /// <summary>Reads what has arrived, and learns by it that the connection has ended.</summary>
    public void Read()
    {
        if (_connection is not { Down.IsReadable: true } || _link is not { } link)
        {
            return;
        }

        try
        {
            if (!link.FillAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult())
            {
                End(IsAttached ? SessionFaults.ClosedByService(_session.Options) : null, closedByService: true);
                return;
            }

            if (!IsAttached)
            {
                if (!link.TryRead(out var answer))
                {
                    return;
                }

                _session.Exchange.Attach(Handshake.Judge(answer, link, _session.Options), _policy.HasSuspect);
                IsAttached = true;
                _connectedAt = _clock.GetTimestamp();
                _session.Opened();
            }

            _session.Exchange.TakeArrived(link);
        }
        catch (LinkException exception)
        {
            Violation.Unless(exception.Failure == LinkFailure.Broken, $"{exception.Message}");
            End(LinkFaults.WhileOpen(exception, _session.Options.Endpoint, "simulated"), closedByService: false);
        }
        catch (FaultException exception)
        {
            End(exception.Fault, closedByService: true);
        }

        Note();
    }

    /// <summary>Gives the connection up, because it is silent.</summary>
    public void FindDead() => End(SessionFaults.Silent(_session.Options, TimeSpan.FromSeconds(90)), closedByService: false);

    /// <summary>The senders do not wait any longer for what is under way. It stays under way.</summary>
    public void LosePatience()
    {
        _session.Exchange.AwaitAcknowledgements(_batch, TimeSpan.Zero, since: null, CancellationToken.None);
        Note();
        _batch.GiveUpUnwritten(SessionFaults.NotConnected(_session.Options));
        Note();
        _batch.Dispose();
        _batch = NewBatch();
    }

    /// <summary>Takes what has arrived out of the inbox.</summary>
    public void Take()
    {
        while (_receiver.Take(TimeSpan.Zero, CancellationToken.None) is { } message)
        {
            _ledger.Handed(OwedBy(message), _number);
            _held.Add(message);
        }
    }

    public void ConsumeOne(Random chance)
    {
        if (_held.Count > 0)
        {
            var message = _held[chance.Next(_held.Count)];
            _held.Remove(message);
            OwedBy(message).IsConsumed = true;
            message.Consume();
        }
    }

    /// <summary>The process is killed.</summary>
    public void Die() => _ = _link?.DisposeAsync();

    /// <summary>What the senders are told.</summary>
    public void Note()
    {
        if (IsAttached && _link is { WriteFault: null } link)
        {
            _batch.ConfirmUpTo(link.BytesSent);
        }

        while (_batch.TryTakeReport(out var message))
        {
            _ledger.Settled((SentRecord)message.Input!, message);
        }
    }

    private OwedRecord OwedBy(ReceivedMessage message) => _ledger.Owed[int.Parse(Encoding.ASCII.GetString(message.Payload), provider: null)];

    private SendBatch NewBatch() => new(_session, TimeSpan.FromSeconds(60), wantsAll: true);

    /// <summary>What the supervisor does when a connection ends.</summary>
    private void End(Fault? fault, bool closedByService)
    {
        if (_link is not { } link)
        {
            return;
        }

        var exchange = _session.Exchange;
        fault ??= SessionFaults.NotConnected(_session.Options);
        ReconnectDecision decision;
        if (IsAttached)
        {
            exchange.Detach(fault);
            decision = _policy.AfterLoss(new EndedConnection(
                fault, _clock.GetElapsedTime(_connectedAt), closedByService, exchange.HasProgressed, exchange.OldestInFlight, exchange.HasAnswered));
        }
        else
        {
            decision = _policy.AfterFailedConnect(fault);
        }

        _ = link.DisposeAsync();
        (_link, _connection, IsAttached) = (null, null, false);
        if (decision.Step == ReconnectStep.Stop)
        {
            Over = decision.Fault;
            exchange.End(Over!);
            Note();
            return;
        }

        _session.Lost(fault);
        if (decision.Step == ReconnectStep.GiveUpOldest)
        {
            exchange.GiveUpOldest(message => SessionFaults.MessageClosesConnection(_session.Options, message.Topic));
        }

        Waits = decision.Delay;
        Note();
    }
}
