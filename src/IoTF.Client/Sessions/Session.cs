using IoTF.Client.Faults;
using IoTF.Client.Receiving;
using IoTF.Client.Sending;
using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;
using IoTF.Mqtt.Topics;
using IoTF.Protocol.Identities;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Client.Sessions;

/// <summary>One identity's session with a service. Safe to use from any thread.</summary>
public sealed partial class Session : IAsyncDisposable
{
    private readonly Notices _notices;
    private readonly ReceivingNotices _receivingNotices;
    private readonly Mailroom _mailroom;
    private readonly Supervisor _supervisor;
    private readonly TimeProvider _clock;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _subscribing = new(1);
    private readonly object _gate = new();
    private Task<IReadOnlyList<PendingMessage>>? _life;

    /// <summary>A session that is not connected yet.</summary>
    /// <param name="options">Who connects where, and how.</param>
    /// <param name="clock">The clock; null for the system's.</param>
    public Session(SessionOptions options, TimeProvider? clock = null)
        : this(options, clock ?? TimeProvider.System, NetworkWatch.OfSystem, clock is null ? ReconnectGate.OfProcess : null, Random.Shared.NextDouble)
    {
    }

    /// <summary>A session in surroundings that are not those of the process.</summary>
    internal Session(SessionOptions options, TimeProvider clock, NetworkWatch network, ReconnectGate? gate, Func<double> chance)
    {
        Options = options;
        _clock = clock;
        _notices = new Notices(_clock);
        _receivingNotices = new ReceivingNotices(_notices, _clock);
        _mailroom = new Mailroom(_receivingNotices, _clock);
        Exchange = new Exchange(options, _clock, _mailroom, _receivingNotices);
        _mailroom.Exchange = Exchange;
        _supervisor = new Supervisor(this, _clock, network, gate, chance);
        foreach (var request in options.Subscriptions)
        {
            _mailroom.Add(new Subscription(request, _clock));
        }
    }

    /// <summary>Who connects where, and how.</summary>
    public SessionOptions Options { get; }

    /// <summary>Where the session stands.</summary>
    public SessionState State { get; private set; } = SessionState.Connecting;

    /// <summary>Why the session ended, or last lost its connection; null when it never has.</summary>
    public Fault? Fault { get; private set; }

    /// <summary>How often the connection was lost and made again.</summary>
    public int Reconnects { get; private set; }

    /// <summary>How many tries to make the lost connection again there were since it was last open, the one that is waited for or under way included; 0 while it is.</summary>
    public int Attempts { get; private set; }

    /// <summary>When it was opened, UTC; null before.</summary>
    public DateTimeOffset? OpenedAt { get; private set; }

    /// <summary>How long the service keeps the session when the client is away, as it said (MQTT 5); null when that is not known.</summary>
    public TimeSpan? SessionExpiry { get; private set; }

    /// <summary>What it has done so far.</summary>
    public SessionCounters Counters => Exchange.Counters;

    /// <summary>The clock behind the timestamps of messages.</summary>
    public TimeProvider Clock => _clock;

    internal Exchange Exchange { get; }

    /// <summary>Connects and subscribes.</summary>
    /// <exception cref="FaultException">It failed; the session is over.</exception>
    /// <exception cref="OperationCanceledException">The token fired; the session is over.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        _ = Live();
        try
        {
            await _opened.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await CloseAsync(TimeSpan.Zero).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Delivers what is in flight within a limit, sends DISCONNECT and closes. Closing a closed session does nothing more.</summary>
    /// <returns>
    /// The messages that were not confirmed, oldest first; those of batches that are still followed are left to their batches.
    /// </returns>
    public async Task<IReadOnlyList<PendingMessage>> CloseAsync(TimeSpan drainLimit)
    {
        lock (_gate)
        {
            if (State is SessionState.Connecting or SessionState.Open or SessionState.Reconnecting)
            {
                State = SessionState.Closing;
            }
        }

        Exchange.Refuse(SessionFaults.Closed(Options));
        _supervisor.Close(drainLimit);
        return await Live().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await CloseAsync(TimeSpan.Zero).ConfigureAwait(false);

    /// <summary>Notes that somebody who works in the background failed over a message of this session.</summary>
    /// <param name="message">What is told, for how often it happened since it was told last.</param>
    public void NoteFailure(Func<long, string> message) => _notices.Count(NoticeTopic.Failure, NoticeLevel.Warning, 1, message);

    /// <summary>What happened in the background since the last call.</summary>
    /// <param name="isLast">Whether the caller will not ask soon again: then what is told in intervals is told now.</param>
    public IReadOnlyList<Notice> TakeNotices(bool isLast = true)
    {
        _receivingNotices.TellOfDropped(isLast);
        return _notices.Take();
    }

    /// <summary>
    /// Begins to receive what a filter selects: subscribes it, with the QoS that messages were sent with, unless that was done before.
    /// An application's other subscriptions of the same kind from which nobody receives are ended, so that what nobody takes does not fill
    /// the window; what waits in them and fits goes to this one. Those of devices and gateways are never ended: what they subscribe at connect
    /// serves all their receivers. Those of a scalable application are not either: what waits in them is its share, and nobody else's.
    /// </summary>
    /// <returns>The receiver; the caller calls <see cref="Receiver.Leave"/> when it has received what it wants.</returns>
    /// <exception cref="FaultException">The service refused it, or the connection ended.</exception>
    public Task<Receiver> ReceiveAsync(SubscriptionRequest request, CancellationToken cancellationToken) =>
        ReceiveAsync(request, mayShare: !Options.Identity.IsApplication, cancellationToken);

    /// <summary>
    /// As <see cref="ReceiveAsync(SubscriptionRequest, CancellationToken)"/>, for a receiver that takes a number of messages or receives for a
    /// time: a subscription that brings more than was asked for serves as well, so that scripts which ask for one thing after another miss
    /// nothing in between.
    /// </summary>
    /// <returns>The receiver.</returns>
    /// <exception cref="FaultException">The service refused it, or the connection ended.</exception>
    public Task<Receiver> ReceiveBrieflyAsync(SubscriptionRequest request, CancellationToken cancellationToken) =>
        ReceiveAsync(request, mayShare: true, cancellationToken);

    private async Task<Receiver> ReceiveAsync(SubscriptionRequest request, bool mayShare, CancellationToken cancellationToken)
    {
        await _subscribing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (mayShare && Find(request) is null && FindCovering(request) is { } wider)
            {
                return _mailroom.Enter(wider, request.Filter, SetsAside);
            }

            return Find(request) is { } existing
                ? await EnterAsync(existing, isNew: false, cancellationToken).ConfigureAwait(false)
                : await EnterAsync(new Subscription(request, _clock), isNew: true, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _subscribing.Release();
        }
    }

    /// <summary>
    /// Whether a message that a receiver passes over is acknowledged. The service would not give it to this client again, so not where it keeps
    /// messages for it or has others to give them to; and not a device's commands.
    /// </summary>
    private bool SetsAside => !Options.Persistent && Options.Identity.Role == ClientRole.Application;

    private async Task EndUnusedAsync(Subscription wanted, bool isNew, CancellationToken cancellationToken)
    {
        foreach (var other in _mailroom.Subscriptions.Where(other => other != wanted && other.Kind == wanted.Kind && !other.IsInUse).ToArray())
        {
            if (Options.Identity.Role == ClientRole.Application)
            {
                _notices.Add(NoticeLevel.Verbose, $"'{other.Filter}' was unsubscribed, because nothing receives from it and '{wanted.Filter}' is received now.");
                await UnsubscribeAsync(other, cancellationToken).ConfigureAwait(false);
            }
            else if (isNew && Options.Identity.Role == ClientRole.ScalableApplication)
            {
                _notices.Add(
                    NoticeLevel.Warning,
                    $"{Options.Identity.ClientId} still gets its share of '{other.Filter}', which nobody receives: receive it, or disconnect to leave it to the others.");
            }
        }
    }

    private Subscription? FindCovering(SubscriptionRequest request) =>
        _mailroom.Subscriptions.FirstOrDefault(one => one.Kind == request.Kind && TopicFilter.Covers(one.Filter, request.Filter));

    private Subscription? Find(SubscriptionRequest request) => _mailroom.Subscriptions.FirstOrDefault(one => one.Filter == request.Filter);

    private async Task<Receiver> EnterAsync(Subscription subscription, bool isNew, CancellationToken cancellationToken)
    {
        if (isNew)
        {
            // Before the SUBSCRIBE, because messages may arrive with its answer.
            _mailroom.Add(subscription);
        }

        var receiver = _mailroom.Enter(subscription, subscription.Filter, setsAside: false);
        try
        {
            if (isNew)
            {
                await SubscribeAsync(subscription, cancellationToken).ConfigureAwait(false);
            }

            await EndUnusedAsync(subscription, isNew, cancellationToken).ConfigureAwait(false);
            return receiver;
        }
        catch
        {
            receiver.Leave();
            throw;
        }
    }

    private async Task SubscribeAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        try
        {
            Check(await AskForAsync([subscription], cancellationToken).ConfigureAwait(false));
        }
        catch (FaultException exception) when (WillBeMadeAgain(exception.Fault))
        {
            // The connection was lost; the next one begins with all subscriptions.
        }
        catch (Exception exception)
        {
            _mailroom.Remove(subscription);
            if (exception is not FaultException { Fault.Id: FaultIds.SubscriptionRefused })
            {
                TakeBack(subscription.Filter);
            }

            throw;
        }
    }

    /// <summary>Ends a subscription that the service may still make, although nobody waits for its answer any more.</summary>
    private void TakeBack(string filter)
    {
        try
        {
            _ = Exchange.RequestAsync(id => new MqttUnsubscribePacket { PacketIdentifier = id, TopicFilters = [filter] });
        }
        catch (FaultException)
        {
            // The connection is gone, and the subscription with it.
        }
    }

    /// <summary>Ends a subscription. Messages that wait in it go to another subscription that selects them, or are done with.</summary>
    private async Task UnsubscribeAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        // Forgotten first: the service does as it is told even when nobody waits for its answer any more.
        _mailroom.Remove(subscription);
        try
        {
            await RequestAsync(
                id => new MqttUnsubscribePacket { PacketIdentifier = id, TopicFilters = [subscription.Filter] }, subscription.Filter, cancellationToken)
                .ConfigureAwait(false);
            _mailroom.Ended([subscription.Filter]);
        }
        catch (FaultException exception) when (WillBeMadeAgain(exception.Fault))
        {
            // The connection was lost; the next one ends what should not be there.
        }
    }

    private bool WillBeMadeAgain(Fault fault) =>
        Options.Reconnect is not null && !fault.IsPermanent
        && fault.Id is FaultIds.ConnectionLost or FaultIds.KeepAliveTimeout or FaultIds.ServerDisconnected or FaultIds.ProtocolError;

    /// <summary>Whether it was open once: from then on, a lost connection is made again.</summary>
    internal bool WasOpened => OpenedAt is not null;

    /// <summary>The service has accepted the client.</summary>
    /// <param name="expiry">How long it keeps the session; null when that is not known.</param>
    internal void Accepted(TimeSpan? expiry)
    {
        var isNew = expiry != SessionExpiry;
        SessionExpiry = expiry;
        if (isNew && expiry < Options.SessionExpiry)
        {
            _notices.Add(
                NoticeLevel.Warning,
                $"{Options.Endpoint} keeps the session of {Options.Identity.ClientId} for {expiry:c} after the connection ends, not for {Options.SessionExpiry:c}; what it has not delivered by then is lost.");
        }
    }

    /// <summary>The service has accepted the client and its subscriptions.</summary>
    internal void Opened()
    {
        lock (_gate)
        {
            if (State == SessionState.Reconnecting)
            {
                Reconnects++;
                _notices.Count(NoticeTopic.Connection, NoticeLevel.Warning, 1, TellReconnected);
            }

            Attempts = 0;
            Fault = WasOpened ? Fault : null;
            OpenedAt ??= _clock.GetUtcNow();
            if (State is SessionState.Connecting or SessionState.Reconnecting)
            {
                State = SessionState.Open;
                _opened.TrySetResult();
            }
        }
    }

    /// <summary>Somebody has begun to send: a wait for the next try ends.</summary>
    internal void Hurry() => _supervisor.Hurry();

    /// <summary>The connection is lost, and will be made again.</summary>
    internal void Lost(Fault fault, bool warns)
    {
        lock (_gate)
        {
            if (warns)
            {
                _notices.Add(NoticeLevel.Warning, $"{fault.Message} {fault.Advice} {Options.Identity.ClientId} keeps trying to connect.");
            }

            if (State == SessionState.Open)
            {
                State = SessionState.Reconnecting;
            }

            Fault = fault;
            Attempts++;
        }
    }

    /// <summary>The service forgot the session, and QoS 2 messages were sent again.</summary>
    internal void Repeated(int messages) => _notices.Count(
        NoticeTopic.Repetition,
        NoticeLevel.Warning,
        messages,
        count => $"{Options.Endpoint} did not keep the session of {Options.Identity.ClientId}: {count:N0} messages of QoS 2 were sent again and may arrive twice. A persistent session prevents that.");

    /// <summary>A sender ended before there was room for all of its messages.</summary>
    internal void LeftUnsent(int messages) => _notices.Count(
        NoticeTopic.Unsent,
        NoticeLevel.Warning,
        messages,
        count => $"{count:N0} messages of {Options.Identity.ClientId} were not sent: there was no room for them when their cmdlet ended.");

    private string TellReconnected(long times) =>
        $"{Options.Identity.ClientId} lost its connection{(times > 1 ? $" {times:N0} times" : "")} and is connected to {Options.Endpoint} again. {Fault?.Message}".TrimEnd();

    private Task<IReadOnlyList<PendingMessage>> Live()
    {
        lock (_gate)
        {
            return _life ??= Task.Run(LiveAsync, CancellationToken.None);
        }
    }

    private async Task<IReadOnlyList<PendingMessage>> LiveAsync()
    {
        var fault = await _supervisor.RunAsync().ConfigureAwait(false);
        lock (_gate)
        {
            if (State is SessionState.Open or SessionState.Reconnecting)
            {
                _notices.Add(NoticeLevel.Warning, fault.Message);
            }

            Fault = fault;
            State = fault.Id == FaultIds.SessionClosed ? SessionState.Closed : SessionState.Failed;
        }

        var unconfirmed = Exchange.End(fault);
        _mailroom.End(fault);
        _opened.TrySetException(new FaultException(fault));
        _ = _opened.Task.Exception;
        return unconfirmed;
    }

    private async Task<IReadOnlyList<byte>> RequestAsync(Func<ushort, MqttPacket> makePacket, string filter, CancellationToken cancellationToken)
    {
        try
        {
            return await Exchange.RequestAsync(makePacket).WaitAsync(Options.ConnectTimeout, _clock, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new FaultException(SessionFaults.SubscribeTimeout(Options, filter));
        }
    }
}
