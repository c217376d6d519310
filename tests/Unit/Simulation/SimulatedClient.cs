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

    /// <summary>A filter over which the service ends the connection.</summary>
    public const string BadFilter = "f";
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
    private readonly BrokenClient? _broken;
    private SendBatch _batch;
    private SimulatedConnection? _connection;
    private Link? _link;
    private long _connectedAt;

    /// <summary>What is subscribed on this connection before it is open.</summary>
    private Task _subscribing = Task.CompletedTask;
    private Task<Receiver>? _badReceiver;

    public SimulatedClient(int number, Ledger ledger, SessionOptions options, SimulatedClock clock, LinkOptions linkOptions, Random chance, BrokenClient? broken)
    {
        _number = number;
        _ledger = ledger;
        _clock = clock;
        _linkOptions = linkOptions;
        _broken = broken;
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

    /// <summary>Whether it has a connection on which everything is subscribed.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Why nothing more comes for the bad filter; null while it was not asked for, or is still hoped for.</summary>
    public Fault? EndOfBadFilter
    {
        get
        {
            try
            {
                _ = _badReceiver is { IsCompleted: true } receiver ? receiver.GetAwaiter().GetResult().Take(TimeSpan.Zero, CancellationToken.None) : null;
                return null;
            }
            catch (FaultException exception)
            {
                return exception.Fault;
            }
        }
    }

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

    /// <summary>Receives from the bad filter.</summary>
    public void ReceiveBadFilter() => _badReceiver ??= _session.ReceiveAsync(new SubscriptionRequest(BadFilter, MessageKind.Event), CancellationToken.None);

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
                End(IsAttached ? SessionFaults.ClosedByService(_session.Options) : null, endedByPeer: true);
                return;
            }

            if (!IsAttached)
            {
                if (!link.TryRead(out var answer))
                {
                    return;
                }

                var accepted = Handshake.Judge(answer, link, _session.Options);
                _session.Exchange.Attach(accepted, probes: _policy.HasSuspect || _session.HasSuspectedFilter);
                IsAttached = true;
                _connectedAt = _clock.GetTimestamp();

                // Before a session was open, a failure is told to who opens it: here the first connection is open at once.
                _subscribing = _session.WasOpened ? _session.SubscribeInitialAsync(accepted, CancellationToken.None) : Task.CompletedTask;
            }

            _session.Exchange.TakeArrived(link);
            Open(link);
        }
        catch (LinkException exception)
        {
            Violation.Unless(exception.Failure is LinkFailure.Broken or LinkFailure.Reset, $"{exception.Message}");
            End(LinkFaults.WhileOpen(exception, _session.Options.Endpoint, "simulated"), endedByPeer: exception.Failure == LinkFailure.Reset);
        }
        catch (FaultException exception)
        {
            End(exception.Fault, endedByPeer: true);
        }

        Note();
    }

    /// <summary>Gives the connection up, because it is silent.</summary>
    public void FindDead() => End(SessionFaults.Silent(_session.Options, TimeSpan.FromSeconds(90)), endedByPeer: false);

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
        try
        {
            while (_receiver.Take(TimeSpan.Zero, CancellationToken.None) is { } message)
            {
                _ledger.Handed(OwedBy(message), _number);
                _held.Add(message);
            }
        }
        catch (FaultException exception)
        {
            Violation.Unless(_ledger.MayBeBlamed, $"a harmless filter was given up: {exception.Message}");
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

    /// <summary>Lets what subscribes go on until it waits for the service again, and opens the session when that has ended.</summary>
    private void Open(Link link)
    {
        if (IsOpen)
        {
            return;
        }

        Await(() => _subscribing.IsCompleted || _session.Exchange.AwaitsAnswer);
        if (_subscribing.IsCompleted)
        {
            _subscribing.GetAwaiter().GetResult();
            IsOpen = true;
            _session.Opened();
            _session.Exchange.Probe(link);
        }
    }

    /// <summary>Waits for what threads of the pool do for the session: it depends on nothing but what has happened in the history.</summary>
    private static void Await(Func<bool> condition) =>
        Violation.Unless(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(60)), $"what subscribes does not go on");

    private OwedRecord OwedBy(ReceivedMessage message) => _ledger.Owed[int.Parse(Encoding.ASCII.GetString(message.Payload), provider: null)];

    private SendBatch NewBatch() => new(_session, TimeSpan.FromSeconds(60), wantsAll: true);

    /// <summary>What the supervisor does when a connection ends.</summary>
    private void End(Fault? fault, bool endedByPeer)
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
            var isOverFilter = endedByPeer && _broken is not { IgnoresFilters: true } && _session.EndedOverFilter();
            exchange.Detach(fault);
            Await(() => _subscribing.IsCompleted && _badReceiver is not { IsCompleted: false });
            _ = _subscribing.Exception;
            var ended = new EndedConnection(
                fault, _clock.GetElapsedTime(0), _clock.GetElapsedTime(_connectedAt), endedByPeer, exchange.OldestInFlight, exchange.HasAnswered, exchange.HasProbed, isOverFilter);
            decision = _policy.AfterLoss(_broken?.Believes(ended) ?? ended);
        }
        else
        {
            decision = _policy.AfterFailedConnect(fault);
        }

        _ = link.DisposeAsync();
        (_link, _connection, IsAttached, IsOpen) = (null, null, false, false);
        if (decision.Step == ReconnectStep.Stop)
        {
            Over = decision.Fault;
            exchange.End(Over!);
            Note();
            return;
        }

        _session.Lost(fault, decision.Warns);
        if (decision.Step == ReconnectStep.GiveUpOldest)
        {
            exchange.GiveUpOldest(message => SessionFaults.MessageClosesConnection(_session.Options, message.Topic));
        }

        Waits = decision.Delay;
        Note();
    }
}
