using IoTF.Client.Connecting;
using IoTF.Client.Faults;
using IoTF.Client.Receiving;
using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Client.Sessions;

/// <content>
/// What is subscribed with each connection. The service may refuse a filter with a code, or end the connection over it; then only those who
/// receive from it end, and the session goes on.
/// </content>
public sealed partial class Session
{
    /// <summary>After so many connections in a row that the service ended in place of answering a filter that was asked for alone, it is the filter.</summary>
    private const int SameFilterLimit = 3;

    /// <summary>Those that the service was asked for and has not answered on this connection.</summary>
    private readonly List<Subscription> _asked = [];

    /// <summary>Whether each filter is asked for alone, because the service ended a connection over several.</summary>
    private bool _asksOneByOne;

    /// <summary>1 when it has been told that messages come with a lower QoS than they are sent with.</summary>
    private int _toldOfLowerQuality;

    /// <summary>The filter that the service was asked for first and has not answered; null when there is none.</summary>
    internal string? UnansweredFilter
    {
        get
        {
            lock (_asked)
            {
                return _asked is [var first, ..] ? first.Filter : null;
            }
        }
    }

    /// <summary>
    /// Whether a connection ended in place of an answer to a filter. It is asked for again before any message is sent: the service may close over a
    /// message that is sent with it.
    /// </summary>
    internal bool HasSuspectedFilter => _mailroom.Subscriptions.Any(static subscription => subscription.Strikes > 0);

    /// <summary>Subscribes what is wanted and the service does not have, and ends what it has and nobody wants any more.</summary>
    internal async Task SubscribeInitialAsync(AcceptedConnection connection, CancellationToken cancellationToken)
    {
        if (!connection.SessionPresent)
        {
            _mailroom.Forgotten();
        }
        else if (Options.Version == MqttVersion.V31)
        {
            // It does not tell whether it kept the session.
            foreach (var subscription in _mailroom.Subscriptions)
            {
                subscription.Forgotten();
            }
        }

        if (WasOpened)
        {
            await SubscribeAgainAsync(cancellationToken).ConfigureAwait(false);
        }
        else if (_mailroom.Subscriptions is { Count: > 0 } wanted)
        {
            Check(await AskForAsync(wanted, cancellationToken).ConfigureAwait(false));
        }

        if (Options.Persistent && WasOpened && _mailroom.LeftOver is { Count: > 0 } leftOver)
        {
            await RequestAsync(
                id => new MqttUnsubscribePacket { PacketIdentifier = id, TopicFilters = [.. leftOver] }, leftOver[0], cancellationToken).ConfigureAwait(false);
            _mailroom.Ended(leftOver);
        }
    }

    /// <summary>The other end has ended the connection.</summary>
    /// <returns>Whether it did so in place of answering a single filter: then that is suspected, and given up when it has happened too often.</returns>
    internal bool EndedOverFilter()
    {
        Subscription suspect;
        lock (_asked)
        {
            _asksOneByOne |= _asked.Count > 1;
            if (_asked.Count != 1)
            {
                return false;
            }

            suspect = _asked[0];
        }

        if (WasOpened && ++suspect.Strikes >= SameFilterLimit)
        {
            _mailroom.Refuse(suspect, SessionFaults.SubscriptionClosesConnection(Options, suspect.Filter));
        }

        return true;
    }

    /// <summary>Those that were granted before together; new ones, and all when one of several is suspected, alone.</summary>
    private async Task SubscribeAgainAsync(CancellationToken cancellationToken)
    {
        Subscription[] missing = [.. _mailroom.Subscriptions.Where(subscription => !subscription.IsThere)];
        var together = missing.Where(subscription => subscription is { WasGranted: true, Strikes: 0 } && !_asksOneByOne).ToArray();
        foreach (var group in together.Length > 0 ? [together, .. Alone(missing.Except(together))] : Alone(missing))
        {
            if (group is [{ Strikes: > 0 }])
            {
                // The service may end every connection: then it is not the filter.
                await ProveAsync(group[0].Filter, cancellationToken).ConfigureAwait(false);
            }

            foreach (var (subscription, refusal) in await AskForAsync(group, cancellationToken).ConfigureAwait(false))
            {
                if (refusal is not null)
                {
                    _mailroom.Refuse(subscription, refusal);
                }
            }
        }

        _asksOneByOne = false;

        static Subscription[][] Alone(IEnumerable<Subscription> subscriptions) => [.. subscriptions.Select(static one => new[] { one })];
    }

    private async Task ProveAsync(string filter, CancellationToken cancellationToken)
    {
        try
        {
            await Exchange.ProveAsync().WaitAsync(Options.ConnectTimeout, _clock, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new FaultException(SessionFaults.SubscribeTimeout(Options, filter));
        }
    }

    /// <summary>Asks for subscriptions.</summary>
    /// <returns>Each with why it is refused; null when it is granted.</returns>
    /// <exception cref="FaultException">There is no connection, or no answer.</exception>
    private async Task<IReadOnlyList<(Subscription Subscription, Fault? Refusal)>> AskForAsync(
        IReadOnlyList<Subscription> subscriptions, CancellationToken cancellationToken)
    {
        lock (_asked)
        {
            _asked.AddRange(subscriptions);
        }

        IReadOnlyList<byte> codes;
        try
        {
            codes = await RequestAsync(id => SubscribePacket(id, subscriptions), subscriptions[0].Filter, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_asked)
            {
                _asked.RemoveAll(subscriptions.Contains);
            }
        }

        if (codes.Count != subscriptions.Count)
        {
            throw new FaultException(SessionFaults.WrongSubAck(Options, subscriptions.Count, codes.Count));
        }

        return [.. subscriptions.Select((subscription, i) => (subscription, Judge(subscription, codes[i])))];
    }

    private static void Check(IReadOnlyList<(Subscription Subscription, Fault? Refusal)> answers)
    {
        foreach (var (_, refusal) in answers)
        {
            if (refusal is not null)
            {
                throw new FaultException(refusal);
            }
        }
    }

    private Fault? Judge(Subscription subscription, byte code)
    {
        if (ReasonCode.IsFailure(code))
        {
            return SessionFaults.SubscriptionRefused(Options, subscription.Filter, code);
        }

        subscription.Granted();
        TellOfLowerQuality(subscription.Filter, (QualityOfService)code);
        return null;
    }

    /// <summary>Tells once that messages come with a lower QoS than they are sent with.</summary>
    private void TellOfLowerQuality(string filter, QualityOfService granted)
    {
        if (granted < QualityOfService.ExactlyOnce && Interlocked.Exchange(ref _toldOfLowerQuality, 1) == 0)
        {
            _notices.Add(
                NoticeLevel.Warning,
                $"{Options.Endpoint} delivers messages for '{filter}' to {Options.Identity.ClientId} with QoS {(int)granted} at most: {(granted == QualityOfService.AtMostOnce ? "messages in flight are lost when the connection is lost" : "they may arrive twice")}.");
        }
    }

    private static MqttSubscribePacket SubscribePacket(ushort packetId, IReadOnlyList<Subscription> subscriptions) => new()
    {
        PacketIdentifier = packetId,
        TopicFilters =
        [
            .. subscriptions.Select(static subscription => new MqttTopicFilter
            {
                Topic = subscription.Filter,
                QualityOfServiceLevel = MqttQualityOfServiceLevel.ExactlyOnce,
            }),
        ],
    };
}
