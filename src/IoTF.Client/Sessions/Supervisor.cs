using IoTF.Client.Connecting;
using IoTF.Client.Faults;
using IoTF.Mqtt.Links;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Client.Sessions;

/// <summary>The life of a session, in one loop that alone connects and disconnects: connect, subscribe, open, lost or closed.</summary>
internal sealed class Supervisor
{
    /// <summary>How long the service may take to close the connection after a DISCONNECT before it is closed from here.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly Session _session;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _hurry;
    private readonly TaskCompletionSource<TimeSpan> _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _accepted;

    public Supervisor(Session session, TimeProvider clock)
    {
        _session = session;
        _clock = clock;
        _hurry = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
    }

    private SessionOptions Options => _session.Options;

    private Exchange Exchange => _session.Exchange;

    /// <summary>
    /// Asks for the end: what is in flight is delivered within the limit, then DISCONNECT is sent. Asked again, it can only end earlier.
    /// A client that the service has not accepted yet has nothing to say, and goes at once.
    /// </summary>
    public void Close(TimeSpan drainLimit)
    {
        if (!_closing.TrySetResult(drainLimit))
        {
            _hurry.CancelAfter(drainLimit);
        }

        if (!_accepted)
        {
            _stop.Cancel();
        }
    }

    /// <summary>Runs until the session is over.</summary>
    /// <returns>Why it is over.</returns>
    public async Task<Fault> RunAsync()
    {
        try
        {
            return await ConnectAndServeAsync().ConfigureAwait(false);
        }
        catch (FaultException exception)
        {
            return exception.Fault;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return SessionFaults.Closed(Options);
        }
        catch (Exception exception)
        {
            // Whatever it was, it ends the session with a word: those who wait for it would wait for ever.
            return SessionFaults.Internal(Options, exception);
        }
    }

    private async Task<Fault> ConnectAndServeAsync()
    {
        var connection = await Handshake.ConnectAsync(Options, _clock, _stop.Token).ConfigureAwait(false);
        _accepted = true;
        Fault? end = null;
        try
        {
            Exchange.Attach(connection);
            end = await ServeAsync(connection).ConfigureAwait(false);
            return end;
        }
        catch (Exception exception)
        {
            end = (exception as FaultException)?.Fault ?? SessionFaults.Internal(Options, exception);
            throw;
        }
        finally
        {
            // Before the link is closed: what is given to a closed link is dropped, and would count as written.
            Exchange.Detach(end!);
            await connection.Link.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Serves one connection to its end.</summary>
    private async Task<Fault> ServeAsync(AcceptedConnection connection)
    {
        using var ended = new CancellationTokenSource();
        var reading = ReadAsync(connection.Link, ended.Token);
        var watching = KeepAliveWatch.WatchAsync(connection.Link, Options, connection.KeepAlive, _clock, ended.Token);
        var subscribing = _session.SubscribeInitialAsync(ended.Token);
        try
        {
            // In this order: a close that came first has refused the subscriptions, too.
            var first = await Task.WhenAny(_closing.Task, subscribing, reading, watching).ConfigureAwait(false);
            if (first == subscribing)
            {
                await subscribing.ConfigureAwait(false);
                _session.Opened();
                first = await Task.WhenAny(reading, watching, _closing.Task).ConfigureAwait(false);
            }

            if (first == _closing.Task)
            {
                return await SayGoodbyeAsync(connection.Link, await _closing.Task.ConfigureAwait(false), reading, watching).ConfigureAwait(false);
            }

            var fault = await (first == reading ? reading : watching).ConfigureAwait(false);
            return first == reading && !subscribing.IsCompleted && fault.Id == FaultIds.ConnectionLost
                ? SessionFaults.ClosedInsteadOfSubAck(Options, Options.Subscriptions[0].Filter)
                : fault;
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(reading, watching, subscribing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Reads until the connection ends.</summary>
    private async Task<Fault> ReadAsync(Link link, CancellationToken cancellationToken)
    {
        try
        {
            // The CONNACK may have brought more with it.
            do
            {
                Exchange.TakeArrived(link);
            }
            while (await link.FillAsync(cancellationToken).ConfigureAwait(false));

            return SessionFaults.ClosedByService(Options);
        }
        catch (LinkException exception)
        {
            return LinkFaults.WhileOpen(exception, Options.Endpoint, Options.Identity.ClientId);
        }
        catch (FaultException exception)
        {
            return exception.Fault;
        }
    }

    /// <summary>
    /// Delivers what is in flight, sends DISCONNECT and waits until the service has seen it, which it shows by closing. The connection may
    /// end before; then there is nothing left to wait for.
    /// </summary>
    private async Task<Fault> SayGoodbyeAsync(Link link, TimeSpan drainLimit, Task<Fault> reading, Task<Fault> watching)
    {
        var started = _clock.GetTimestamp();
        using (var lost = CancellationTokenSource.CreateLinkedTokenSource(_hurry.Token))
        {
            var draining = Task.Run(() => Exchange.Drain(drainLimit, lost.Token));
            var first = await Task.WhenAny(draining, reading, watching).ConfigureAwait(false);
            if (first != draining)
            {
                await lost.CancelAsync().ConfigureAwait(false);
                await ((Task)draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return await ((Task<Fault>)first).ConfigureAwait(false);
            }

            // Not thrown: who cannot wait so long any more has the service told goodbye now.
            await ((Task)draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        link.SendLast(new MqttDisconnectPacket { ReasonCode = MqttDisconnectReasonCode.NormalDisconnection });
        var left = drainLimit - _clock.GetElapsedTime(started);
        try
        {
            // QoS 0 may still wait for the network; it has what is left of the limit.
            await Task.WhenAny(link.FlushAsync(CancellationToken.None), reading)
                .WaitAsync(left > Farewell ? left : Farewell, _clock).ConfigureAwait(false);
            await reading.WaitAsync(Farewell, _clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The service does not close, or the network does not carry the farewell: leaving is all that is left.
        }

        return SessionFaults.Closed(Options);
    }
}
