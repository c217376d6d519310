using System.Diagnostics;
using IoTF.Client.Faults;
using IoTF.Client.Sending;
using IoTF.Mqtt;
using IoTF.Mqtt.Links;

namespace IoTF.Client.Sessions;

/// <content>What is sent: into the window, over the link, until it is known what became of it.</content>
internal sealed partial class Exchange
{
    /// <summary>How long the answer to a single message is looked out for before the thread sleeps: a round trip in a local network.</summary>
    private static readonly TimeSpan LookOut = TimeSpan.FromMicroseconds(200);

    /// <summary>Sends a message, waiting for room. What becomes of it is told to its batch.</summary>
    /// <param name="message">The message.</param>
    /// <param name="patience">How long the service may send nothing.</param>
    /// <param name="since">The timestamp from which that counts, unless a sign came later; by default now.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="writesIt">Whether this thread writes it, rather than have one of the pool woken.</param>
    public void Publish(PendingMessage message, TimeSpan patience, long? since, CancellationToken cancellationToken, bool writesIt = false)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // Once for all connections that it takes: each new one would bring new patience otherwise.
        since ??= _clock.GetTimestamp();
        while (!(writesIt ? TryWrite(message, out var crowded) : TryPublish(message, out crowded)))
        {
            if (crowded is not null)
            {
                if (!_wait.ForNetwork(crowded, crowded.WaitForRoomAsync, patience, cancellationToken, message.Batch!.Meanwhile, since))
                {
                    SettleUnsent(message, NotAcknowledged("was not sent: the connection accepted no data", patience));
                    return;
                }
            }
            else if (!AwaitRoom(message, patience, since, cancellationToken))
            {
                SettleUnsent(message, NotAcknowledged(WhyThereIsNoRoom, patience));
                return;
            }
        }
    }

    /// <summary>Waits until the QoS 0 messages of a batch have been given to the network, over as many connections as it takes, or gives them up.</summary>
    public void ConfirmWritten(SendBatch batch, TimeSpan patience, long? since, CancellationToken cancellationToken)
    {
        since ??= _clock.GetTimestamp();
        while (true)
        {
            Link? link;
            lock (Gate)
            {
                if (!batch.HasUnwritten)
                {
                    return;
                }

                link = LinkTakesMessages ? _link : null;
            }

            // On this thread, which has nothing else to do.
            link?.WriteQueued();
            if (link is not null && ConfirmSent(link, batch))
            {
                return;
            }

            var inTime = link is null
                ? _wait.Until(() => !batch.HasUnwritten || LinkTakesMessages, patience, cancellationToken, meanwhile: batch.Meanwhile, since: since)
                : _wait.ForNetwork(link, link.FlushAsync, patience, cancellationToken, batch.Meanwhile, since);
            lock (Gate)
            {
                if ((link is null || !ConfirmSent(link, batch)) && !inTime)
                {
                    batch.GiveUpUnwritten(NotAcknowledged("was not sent: the connection accepted no data", patience));
                }
            }
        }
    }

    /// <summary>Waits until it is known of every message of a batch what became of it, or gives up those that are left.</summary>
    public void AwaitAcknowledgements(SendBatch batch, TimeSpan patience, long? since, CancellationToken cancellationToken)
    {
        if (batch.Outstanding > 0)
        {
            Volatile.Read(ref _link)?.WriteQueued();
            AwaitBriefly(batch);
        }

        var inTime = _wait.Until(() => batch.Outstanding == 0, patience, cancellationToken, meanwhile: batch.Meanwhile, since: since);
        if (inTime)
        {
            return;
        }

        lock (Gate)
        {
            foreach (var message in _outbound.InFlight.Cast<PendingMessage>().Where(message => message.Batch == batch).ToArray())
            {
                // It stays in flight: its packet id is not free before the service says so.
                Settle(message, NotAcknowledged("was not acknowledged", patience));
            }

            _verdicts?.GiveUp(batch);
        }
    }

    /// <summary>Waits until everything in flight is settled, and the service has read what has no answer of its own: that takes a PINGREQ.</summary>
    /// <returns>False when the time is over.</returns>
    public bool Drain(TimeSpan limit, CancellationToken cancellationToken)
    {
        var started = _clock.GetTimestamp();
        if (!_wait.Until(() => _outbound.Count == 0, limit, cancellationToken, countsFromSigns: false))
        {
            return false;
        }

        lock (Gate)
        {
            if (_link is { } link && _pings.MustAsk)
            {
                Ping(link);
            }
        }

        return _wait.Until(() => !_pings.HasUnproven, limit, cancellationToken, countsFromSigns: false, since: started);
    }

    /// <summary>Says what became of a message. The caller holds the gate.</summary>
    public void Settle(PendingMessage message, Fault? fault)
    {
        if (message.IsSettled)
        {
            return;
        }

        message.IsSettled = true;
        message.Fault = fault;
        if (!message.IsAnswered)
        {
            message.SettledAt = _clock.GetTimestamp();
        }

        message.Batch!.Settled(message);
        _verdicts?.Settled(message);
    }

    /// <summary>
    /// The service has answered a message, or the network has taken it where no answer is due. It is settled with that, except for a gateway,
    /// which may be told otherwise. The caller holds the gate.
    /// </summary>
    public void Conclude(PendingMessage message, Fault? verdict)
    {
        if (_verdicts is null || _link is null || message.IsSettled)
        {
            Settle(message, message.Verdict ?? verdict);
            return;
        }

        (message.IsAnswered, message.SettledAt) = (true, _clock.GetTimestamp());
        message.Verdict ??= verdict;
        _verdicts.Answered(message);
    }

    /// <summary>Sends a message, or settles it when none is taken any more.</summary>
    /// <returns>False when there is no room; <paramref name="crowded"/> is the link when the network is what lacks it.</returns>
    internal bool TryPublish(PendingMessage message, out Link? crowded)
    {
        crowded = null;
        lock (Gate)
        {
            if ((_refusal ?? Unsendable(message)) is { } fault)
            {
                SettleUnsent(message, fault);
                return true;
            }

            if (!LinkTakesMessages || _link is not { } link || !_outbound.HasRoom(message.QualityOfService))
            {
                return false;
            }

            if (!link.HasRoom)
            {
                crowded = link;
                return false;
            }

            PublishNow(message, link);
            return true;
        }
    }

    /// <summary>As <see cref="TryPublish"/>, and writes the message on this thread.</summary>
    private bool TryWrite(PendingMessage message, out Link? crowded)
    {
        // A connection that is made at this moment writes by itself.
        var link = Volatile.Read(ref _link);
        link?.Cork();
        try
        {
            return TryPublish(message, out crowded);
        }
        finally
        {
            link?.Uncork();
        }
    }

    /// <summary>Confirms those of a batch's QoS 0 messages that the network has taken by now.</summary>
    /// <returns>Whether that is all of them.</returns>
    private bool ConfirmSent(Link link, SendBatch batch)
    {
        lock (Gate)
        {
            // Of a link that failed meanwhile it is looked at when it is taken away how far it came.
            if (ReferenceEquals(link, _link) && link.WriteFault is null)
            {
                batch.ConfirmUpTo(link.BytesSent);
                AskForVerdicts(link);
            }

            return !batch.HasUnwritten;
        }
    }

    /// <summary>Looks out for the answer to a single message, which is often there sooner than a thread that sleeps is woken.</summary>
    private static void AwaitBriefly(SendBatch batch)
    {
        var started = Stopwatch.GetTimestamp();
        while (batch.Outstanding == 1 && Stopwatch.GetElapsedTime(started) < LookOut)
        {
            Thread.Yield();
        }
    }

    /// <summary>Why the service does not take a message, by what it said when it accepted the connection (MQTT-5.0 §3.2.2.3).</summary>
    private Fault? Unsendable(PendingMessage message)
    {
        if (message.QualityOfService > _maximumQualityOfService)
        {
            return SessionFaults.QualityTooHigh(_options, message.Topic, message.QualityOfService, _maximumQualityOfService);
        }

        return _maximumPacketSize is { } limit && PublishSize.InVersion5(message) is var size && size > limit
            ? SessionFaults.TooLarge(_options, message.Topic, size, limit)
            : null;
    }

    private void SettleUnsent(PendingMessage message, Fault fault)
    {
        lock (Gate)
        {
            message.Batch!.Add(message);
            Settle(message, fault);
        }
    }

    private string WhyThereIsNoRoom => _link is null
        ? "was not sent: its session did not reconnect in time"
        : "was not sent: earlier messages are not acknowledged";

    private bool AwaitRoom(PendingMessage message, TimeSpan patience, long? since, CancellationToken cancellationToken) => _wait.Until(
        () => _refusal is not null || (LinkTakesMessages && _outbound.HasAmpleRoom(message.QualityOfService)),
        patience,
        cancellationToken,
        meanwhile: message.Batch!.Meanwhile,
        since: since);

    private void PublishNow(PendingMessage message, Link link)
    {
        var batch = message.Batch!;
        batch.Add(message);
        message.SentAt = _clock.GetTimestamp();
        _verdicts?.Sent(message);
        _outbound.Publish(message, link);
        _sent++;
        if (message.QualityOfService == QualityOfService.AtMostOnce)
        {
            batch.Queued(message, SendBatch.PositionOn(link), link.BytesSent);
            _pings.SentUnanswered();
            AskForVerdicts(link);
        }

        message.LastPacketId = message.PacketId;
    }

    private void AskForVerdicts(Link link)
    {
        if (_verdicts is { MustAsk: true } && ReferenceEquals(link, _link))
        {
            Ping(link);
        }
    }

    private Fault NotAcknowledged(string what, TimeSpan patience) => new(
        FaultIds.AcknowledgeTimeout,
        FaultCategory.Timeout,
        $"A message of {_options.Identity.ClientId} {what}: {_options.Endpoint} sent nothing for {patience.TotalSeconds:0.###} s.",
        "Resend it if duplicates are acceptable; -TimeoutSec sets the limit, -MaxInFlight the number of messages in flight.");
}
