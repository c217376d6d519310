using IoTF.Client.Connecting;
using IoTF.Client.Faults;
using IoTF.Mqtt.Delivery;
using IoTF.Mqtt.Links;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Client.Sessions;

/// <summary>The life of a session, in one loop that alone connects and disconnects: connect, resume, subscribe, open, lost or closed, decide, wait, again.</summary>
internal sealed class Supervisor
{
    /// <summary>How long the service may take to close the connection after a DISCONNECT before it is closed from here.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly Session _session;
    private readonly TimeProvider _clock;
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ReconnectPolicy _policy;

    /// <summary>The same, before the session was open for the first time: there it is no matter of <see cref="SessionOptions.Reconnect"/>.</summary>
    private readonly ReconnectPolicy _opening;
    private readonly ReconnectOptions _times;
    private readonly ReconnectWait _wait;
    private readonly long _startedAt;
    private readonly object _gate = new();

    /// <summary>Fires when there is no more time for connecting or delivering: the limit of closing is over, or there is nothing to deliver.</summary>
    private readonly CancellationTokenSource _stop;

    /// <summary>When the limit of closing is over, as a timestamp; null before closing.</summary>
    private long? _closeBy;

    /// <summary>Whether the last connection ended over a filter that was asked for alone.</summary>
    private bool _isOverFilter;

    /// <summary>Whether the service has accepted the connection that there is now.</summary>
    private volatile bool _accepted;

    public Supervisor(Session session, TimeProvider clock, NetworkWatch network, ReconnectGate? gate, Func<double> chance)
    {
        _session = session;
        _clock = clock;
        _startedAt = clock.GetTimestamp();
        _stop = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        _policy = new ReconnectPolicy(session.Options, session.Options.Reconnect, chance);
        _times = session.Options.Reconnect ?? ReconnectOptions.Default;
        _opening = new ReconnectPolicy(session.Options, _times, chance);
        _wait = new ReconnectWait(clock, network, gate, _closing.Task);
    }

    private SessionOptions Options => _session.Options;

    private Exchange Exchange => _session.Exchange;

    /// <summary>
    /// Asks for the end: what is in flight is delivered within the limit, then DISCONNECT is sent. Asked again, it can only end earlier.
    /// Without a connection, and when it is lost meanwhile, the limit holds for making another, too, if there is something to deliver;
    /// otherwise there is nothing to say.
    /// </summary>
    public void Close(TimeSpan drainLimit)
    {
        lock (_gate)
        {
            var closeBy = _clock.GetTimestamp() + (long)(drainLimit.TotalSeconds * _clock.TimestampFrequency);
            if (_closeBy is null || closeBy < _closeBy)
            {
                _closeBy = closeBy;
                if (drainLimit > TimeSpan.Zero)
                {
                    _stop.CancelAfter(drainLimit);
                }
            }
        }

        _closing.TrySetResult();
        if (drainLimit <= TimeSpan.Zero || (!_accepted && !HasMoreToDeliver))
        {
            _stop.Cancel();
        }
    }

    /// <summary>There is a reason to connect now rather than when the wait is over.</summary>
    public void Hurry() => _wait.Hurry();

    /// <summary>Whether a session that is being closed still has a reason to connect again.</summary>
    private bool HasMoreToDeliver => _session.WasOpened && Exchange.OldestInFlight is not null;

    /// <summary>What is left of the limit of closing.</summary>
    private TimeSpan LeftOfLimit
    {
        get
        {
            lock (_gate)
            {
                var left = _clock.GetElapsedTime(_clock.GetTimestamp(), _closeBy!.Value);
                return left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Runs until the session is over.</summary>
    /// <returns>Why it is over.</returns>
    public async Task<Fault> RunAsync()
    {
        try
        {
            while (true)
            {
                var decision = await ConnectAndServeAsync().ConfigureAwait(false);
                if (decision.Step == ReconnectStep.Stop)
                {
                    return decision.Fault!;
                }

                if (decision.Step == ReconnectStep.GiveUpOldest)
                {
                    Exchange.GiveUpOldest(message => SessionFaults.MessageClosesConnection(Options, message.Topic));
                }

                await _wait.RunAsync(decision.Delay, atLeast: _times.FirstDelay, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return SessionFaults.Closed(Options);
        }
        catch (Exception exception)
        {
            // Whatever it was, it ends the session with a word: those who wait for it would wait forever.
            return SessionFaults.Internal(Options, exception);
        }
        finally
        {
            // A timer that is still set would keep the session in memory until it fires.
            _stop.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Makes one connection and serves it to its end.</summary>
    private async Task<ReconnectDecision> ConnectAndServeAsync()
    {
        AcceptedConnection connection;
        try
        {
            connection = await Handshake.ConnectAsync(Options, _clock, _stop.Token).ConfigureAwait(false);
        }
        catch (FaultException exception)
        {
            return _session.WasOpened ? Announced(_policy.AfterFailedConnect(exception.Fault), exception.Fault) : BeforeOpening(exception.Fault);
        }

        var connectedAt = _clock.GetTimestamp();
        var (fault, endedByPeer) = await AttachAndServeAsync(connection).ConfigureAwait(false);
        var isLost = fault.Id != FaultIds.SessionClosed;
        if (!_session.WasOpened && isLost && !_closing.Task.IsCompleted)
        {
            return BeforeOpening(fault);
        }

        if (!_session.WasOpened || (_closing.Task.IsCompleted && !(isLost && HasMoreToDeliver && !_stop.IsCancellationRequested)))
        {
            return Stop(fault);
        }

        var ended = new EndedConnection(
            fault, _clock.GetElapsedTime(0), _clock.GetElapsedTime(connectedAt), endedByPeer, Exchange.OldestInFlight, Exchange.HasAnswered, Exchange.HasProbed, _isOverFilter);
        return Announced(_policy.AfterLoss(ended), fault);
    }

    /// <summary>What to do when the session could not be opened: that is an answer to who opens it, unless he has time.</summary>
    private ReconnectDecision BeforeOpening(Fault fault)
    {
        var left = Options.RetryConnect - _clock.GetElapsedTime(_startedAt);
        if (fault.IsPermanent || left <= TimeSpan.Zero)
        {
            return Stop(fault);
        }

        _session.Lost(fault, warns: false);
        var decision = _opening.AfterFailedConnect(fault);
        return decision.Delay > left ? decision with { Delay = left } : decision;
    }

    private static ReconnectDecision Stop(Fault fault) => new(ReconnectStep.Stop, TimeSpan.Zero, fault);

    private ReconnectDecision Announced(ReconnectDecision decision, Fault fault)
    {
        if (decision.Step != ReconnectStep.Stop)
        {
            _session.Lost(fault, decision.Warns);
        }

        return decision;
    }

    private async Task<(Fault Fault, bool EndedByPeer)> AttachAndServeAsync(AcceptedConnection connection)
    {
        Fault fault = SessionFaults.Closed(Options);
        var endedByPeer = false;
        _isOverFilter = false;
        try
        {
            _accepted = true;
            _session.Accepted(connection.SessionExpiry);
            var repeated = Exchange.Attach(connection, probes: _policy.HasSuspect || _session.HasSuspectedFilter);
            if (repeated > 0)
            {
                _session.Repeated(repeated);
            }

            (fault, endedByPeer) = await ServeAsync(connection).ConfigureAwait(false);
        }
        catch (FaultException exception)
        {
            fault = exception.Fault;
            await ProtocolErrors.TellAsync(connection, Options.Version, exception.Fault.Id == FaultIds.ProtocolError ? ReasonCode.ProtocolError : null, _clock).ConfigureAwait(false);
            await LeaveAsync(connection.Link).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            fault = SessionFaults.Internal(Options, exception);
            await LeaveAsync(connection.Link).ConfigureAwait(false);
        }

        // Before the link is closed: what is given to a closed link is dropped, and would count as written.
        _accepted = false;
        Exchange.Detach(fault);
        await connection.Link.DisposeAsync().ConfigureAwait(false);
        return (fault, endedByPeer);
    }

    /// <summary>The connection is given up here: without a DISCONNECT the service would send the last will.</summary>
    private async Task LeaveAsync(Link link)
    {
        link.SendLast(new MqttDisconnectPacket { ReasonCode = MqttDisconnectReasonCode.NormalDisconnection });
        await link.FlushAsync(CancellationToken.None).WaitAsync(Farewell, _clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Serves one connection to its end.</summary>
    private async Task<(Fault Fault, bool EndedByPeer)> ServeAsync(AcceptedConnection connection)
    {
        using var ended = new CancellationTokenSource();
        var reading = ReadAsync(connection, ended.Token);
        var watching = KeepAliveWatch.WatchAsync(connection.Link, Options, connection.KeepAlive, Exchange.Ping, _clock, ended.Token);
        var subscribing = _session.SubscribeInitialAsync(connection, ended.Token);
        try
        {
            // In this order: a close that came first has refused the subscriptions, too.
            var first = await Task.WhenAny(_closing.Task, subscribing, reading, watching).ConfigureAwait(false);
            if (first == subscribing)
            {
                first = await SubscribedAsync(connection.Link, subscribing).ConfigureAwait(false)
                    ? await Task.WhenAny(reading, watching, _closing.Task).ConfigureAwait(false)
                    : _closing.Task;
            }

            if (first == _closing.Task)
            {
                return await SayGoodbyeAsync(connection.Link, reading, watching).ConfigureAwait(false);
            }

            if (first != reading)
            {
                return (await watching.ConfigureAwait(false), false);
            }

            var (fault, endedByPeer) = await reading.ConfigureAwait(false);
            var filter = endedByPeer ? _session.UnansweredFilter : null;
            _isOverFilter = endedByPeer && _session.EndedOverFilter();
            return filter is not null && fault.Code is null ? (SessionFaults.ClosedInsteadOfSubAck(Options, filter), true) : (fault, endedByPeer);
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(reading, watching, subscribing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>Whether the session is open; false when a close refused the subscriptions a moment before it is known here.</returns>
    private async Task<bool> SubscribedAsync(Link link, Task subscribing)
    {
        try
        {
            await subscribing.ConfigureAwait(false);
            _session.Opened();
            Exchange.Probe(link);
            return true;
        }
        catch (FaultException exception) when (exception.Fault.Id == FaultIds.SessionClosed)
        {
            await _closing.Task.ConfigureAwait(false);
            return false;
        }
    }

    /// <summary>Reads until the connection ends.</summary>
    private async Task<(Fault Fault, bool EndedByPeer)> ReadAsync(AcceptedConnection connection, CancellationToken cancellationToken)
    {
        var link = connection.Link;
        try
        {
            // The CONNACK may have brought more with it.
            do
            {
                Exchange.TakeArrived(link);
                await Exchange.WaitForRoomAsync(link, cancellationToken).ConfigureAwait(false);
            }
            while (await link.FillAsync(cancellationToken).ConfigureAwait(false));

            return (SessionFaults.ClosedByService(Options), true);
        }
        catch (LinkException exception)
        {
            await ProtocolErrors.TellAsync(connection, Options.Version, exception.DisconnectReason, _clock).ConfigureAwait(false);
            return (LinkFaults.WhileOpen(exception, Options.Endpoint, Options.Identity.ClientId), exception.Failure == LinkFailure.Reset);
        }
        catch (FaultException exception)
        {
            return (exception.Fault, true);
        }
    }

    /// <summary>
    /// Delivers what is in flight, sends DISCONNECT and waits until the service has seen it, which it shows by closing. The connection may
    /// end before; then there is nothing left to wait for.
    /// </summary>
    private async Task<(Fault Fault, bool EndedByPeer)> SayGoodbyeAsync(Link link, Task<(Fault Fault, bool EndedByPeer)> reading, Task<Fault> watching)
    {
        Exchange.Probe(link);
        using (var lost = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token))
        {
            var draining = Task.Run(() => Exchange.Drain(LeftOfLimit, lost.Token));
            var first = await Task.WhenAny(draining, reading, watching).ConfigureAwait(false);
            if (first != draining)
            {
                await lost.CancelAsync().ConfigureAwait(false);
                await ((Task)draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return first == reading ? await reading.ConfigureAwait(false) : (await watching.ConfigureAwait(false), false);
            }

            // Not thrown: when there is no more time, DISCONNECT is sent now.
            await ((Task)draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        link.SendLast(new MqttDisconnectPacket { ReasonCode = MqttDisconnectReasonCode.NormalDisconnection });
        var left = LeftOfLimit;
        try
        {
            // QoS 0 may still wait for the network; it has what is left of the limit.
            await link.EndSendingAsync().WaitAsync(left > Farewell ? left : Farewell, _clock).ConfigureAwait(false);
            await reading.WaitAsync(Farewell, _clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The service does not close, or the network does not carry DISCONNECT: the connection is closed anyway.
        }

        return (SessionFaults.Closed(Options), false);
    }
}
