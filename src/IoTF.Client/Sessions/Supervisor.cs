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

    public Supervisor(Session session, TimeProvider clock)
    {
        _session = session;
        _clock = clock;
        _hurry = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
    }

    private SessionOptions Options => _session.Options;

    private Exchange Exchange => _session.Exchange;

    /// <summary>Asks for the end: what is in flight is delivered within the limit, then DISCONNECT is sent. Asked again, it can only end earlier.</summary>
    public void Close(TimeSpan drainLimit)
    {
        if (!_closing.TrySetResult(drainLimit))
        {
            _hurry.CancelAfter(drainLimit);
        }

        if (_session.State == SessionState.Connecting)
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
    }

    private async Task<Fault> ConnectAndServeAsync()
    {
        var connection = await Handshake.ConnectAsync(Options, _clock, _stop.Token).ConfigureAwait(false);
        var link = connection.Link;
        Exchange.Attach(connection);
        Fault end = SessionFaults.Closed(Options);
        try
        {
            end = await ServeAsync(connection).ConfigureAwait(false);
            return end;
        }
        catch (FaultException exception)
        {
            end = exception.Fault;
            throw;
        }
        finally
        {
            await link.DisposeAsync().ConfigureAwait(false);
            Exchange.Detach(end);
        }
    }

    /// <summary>Serves one connection to its end.</summary>
    private async Task<Fault> ServeAsync(AcceptedConnection connection)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var reading = ReadAsync(connection.Link, ended.Token);
        var watching = KeepAliveWatch.WatchAsync(connection.Link, Options, connection.KeepAlive, _clock, ended.Token);
        try
        {
            var subscribing = _session.SubscribeInitialAsync(ended.Token);
            await Task.WhenAny(subscribing, reading).ConfigureAwait(false);
            if (reading.IsCompleted)
            {
                return await reading.ConfigureAwait(false);
            }

            await subscribing.ConfigureAwait(false);
            _session.Opened();
            var first = await Task.WhenAny(reading, watching, _closing.Task).ConfigureAwait(false);
            if (first == _closing.Task)
            {
                await SayGoodbyeAsync(connection.Link, await _closing.Task.ConfigureAwait(false), reading).ConfigureAwait(false);
                return SessionFaults.Closed(Options);
            }

            return await (first == reading ? reading : watching).ConfigureAwait(false);
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(reading, watching).ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
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

    /// <summary>Delivers what is in flight, sends DISCONNECT and waits until the service has seen it, which it shows by closing.</summary>
    private async Task SayGoodbyeAsync(Link link, TimeSpan drainLimit, Task reading)
    {
        var draining = Task.Run(() => Exchange.Drain(drainLimit, _hurry.Token));
        if (await Task.WhenAny(draining, reading).ConfigureAwait(false) == reading)
        {
            // The connection is lost: nothing will be acknowledged any more.
            await _hurry.CancelAsync().ConfigureAwait(false);
        }

        try
        {
            await draining.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Somebody cannot wait so long any more, or need not: the service is told goodbye now.
        }

        link.Send(new MqttDisconnectPacket { ReasonCode = MqttDisconnectReasonCode.NormalDisconnection });
        try
        {
            await Task.WhenAll(link.FlushAsync(CancellationToken.None), reading).WaitAsync(Farewell, _clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The service does not close, or the network does not carry the farewell: leaving is all that is left.
        }
    }
}
