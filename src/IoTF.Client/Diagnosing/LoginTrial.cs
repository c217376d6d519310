using System.Text;
using IoTF.Client.Connecting;
using IoTF.Client.Faults;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Mqtt.Links;
using IoTF.Mqtt.Transport;
using IoTF.Protocol.Connecting;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Client.Diagnosing;

/// <summary>
/// Logs in, subscribes and sends, and leaves nothing behind. A clean session would end one that the service keeps for the identity, with the messages in
/// it; so a kept session is asked for, used only as far as that does not change it, and taken back when it was not there before. MQTT 3.1 does not tell
/// whether it was; there it is left, empty when it is new.
/// </summary>
internal sealed class LoginTrial(SessionOptions options, string? eventId, TimeProvider clock) : IAsyncDisposable
{
    private const ushort SubscribeId = 1;
    private const ushort PublishId = 2;
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(5);

    private Link? _link;
    private bool _sessionWasThere;
    private bool _leavesSession;

    /// <summary>CONNECT and CONNACK.</summary>
    /// <param name="stream">Leads to the service; it is owned from now on.</param>
    /// <param name="cancellationToken">Ends the try.</param>
    public async Task<StepOutcome> LogInAsync(Stream stream, CancellationToken cancellationToken)
    {
        var mayKeep = !options.Identity.IsQuickstart && options.Identity is not { Role: ClientRole.ScalableApplication, InstanceId: null };
        try
        {
            var accepted = await Handshake.LogInAsync(stream, options with { Persistent = mayKeep }, clock, Handshake.TargetOf(options), cancellationToken).ConfigureAwait(false);
            _link = accepted.Link;
            _sessionWasThere = mayKeep && accepted.SessionPresent;
            _leavesSession = mayKeep && !accepted.SessionPresent;
        }
        catch (FaultException exception) when (mayKeep && exception.Fault.Id == ConnectRefusalId.NotAuthorized)
        {
            // Where no sessions are kept, that alone is a reason to refuse (protocol.md §3.3), and a clean session ends none.
            _link = (await Handshake.ConnectAsync(options with { Persistent = false }, clock, cancellationToken).ConfigureAwait(false)).Link;
            if (options.Persistent)
            {
                return StepOutcome.Warning($"The service accepts {options.Identity.ClientId}, but keeps no session for it.", "Connect without -Persistent.");
            }
        }

        return StepOutcome.Passed($"The service accepts {options.Identity.ClientId}.");
    }

    /// <summary>Subscribes to a topic of the role.</summary>
    public async Task<StepOutcome> SubscribeAsync(CancellationToken cancellationToken)
    {
        if (_sessionWasThere)
        {
            return StepOutcome.Skipped(options.Version == MqttVersion.V31
                ? $"MQTT 3.1 does not tell whether the service keeps a session of {options.Identity.ClientId}, which a subscription would change."
                : $"The service keeps a session of {options.Identity.ClientId}, which a subscription would change.");
        }

        if (FilterOf(options.Identity) is not { } filter)
        {
            return StepOutcome.Skipped("A device of quickstart may not subscribe.");
        }

        _link!.Send(new MqttSubscribePacket
        {
            PacketIdentifier = SubscribeId,
            TopicFilters = [new MqttTopicFilter { Topic = filter, QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce }],
        });
        var answer = await ReadAsync<MqttSubAckPacket>(packet => packet.PacketIdentifier == SubscribeId, cancellationToken).ConfigureAwait(false)
            ?? throw new FaultException(SessionFaults.ClosedInsteadOfSubAck(options, filter));
        var code = answer.ReasonCodes is [var only] ? (byte)only : throw new FaultException(SessionFaults.WrongSubAck(options, 1, answer.ReasonCodes.Count));
        return code < 0x80 ? StepOutcome.Passed($"'{filter}' is granted.") : throw new FaultException(SessionFaults.SubscriptionRefused(options, filter, code));
    }

    /// <summary>Sends an event, when its id was given.</summary>
    public async Task<StepOutcome> PublishAsync(CancellationToken cancellationToken)
    {
        var identity = options.Identity;
        if (!identity.IsDeviceOrGateway)
        {
            return StepOutcome.Skipped("An application has no topic of its own; it sends for devices and to devices.");
        }

        if (eventId is null)
        {
            return StepOutcome.Skipped("Applications would receive the event; -EventId sends one.");
        }

        var topic = identity.Role == ClientRole.Device
            ? DeviceTopics.Event(eventId, Formats.Json)
            : LongTopics.Event(identity.DeviceType, identity.DeviceId, eventId, Formats.Json);
        _link!.Publish(topic, Encoding.UTF8.GetBytes("{}"), QualityOfService.AtLeastOnce, PublishId, retain: false, duplicate: false);
        var answer = await ReadAsync<MqttPubAckPacket>(packet => packet.PacketIdentifier == PublishId, cancellationToken).ConfigureAwait(false)
            ?? throw new FaultException(SessionFaults.MessageClosesConnection(options, topic));
        return (byte)answer.ReasonCode < 0x80
            ? StepOutcome.Passed($"An empty event to '{topic}' is acknowledged.")
            : throw new FaultException(SessionFaults.MessageRefused(options, topic, (byte)answer.ReasonCode, answer.ReasonString));
    }

    /// <summary>Sends DISCONNECT, and removes a session that only this test has made.</summary>
    public async Task<StepOutcome> FinishAsync(CancellationToken cancellationToken)
    {
        await SayGoodbyeAsync(cancellationToken).ConfigureAwait(false);
        if (!_leavesSession)
        {
            return StepOutcome.Passed("Disconnected cleanly; nothing was left on the service.");
        }

        _leavesSession = false;
        try
        {
            _link = (await Handshake.ConnectAsync(options with { Persistent = false }, clock, cancellationToken).ConfigureAwait(false)).Link;
            await SayGoodbyeAsync(cancellationToken).ConfigureAwait(false);
            return StepOutcome.Passed("Disconnected cleanly; nothing was left on the service.");
        }
        catch (FaultException exception)
        {
            return StepOutcome.Warning(
                $"The service may keep an empty session of {options.Identity.ClientId}, because the session could not be removed: {exception.Message}",
                "Connect and disconnect once without -Persistent.");
        }
    }

    /// <summary>Leaves nothing behind either when the diagnosis is given up.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_link is null && !_leavesSession)
        {
            return;
        }

        using var limit = new CancellationTokenSource(GoodbyeLimit, clock);
        try
        {
            await FinishAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The service does not answer any more; there is nothing left to try.
        }
    }

    private static string? FilterOf(ClientIdentity identity) => identity.Role switch
    {
        ClientRole.Device => identity.IsQuickstart ? null : DeviceTopics.AllCommands,
        ClientRole.Gateway => LongTopics.CommandFilter(identity.DeviceType, identity.DeviceId, commandId: null, format: null),
        _ => LongTopics.ApplicationStatusFilter(identity.ApplicationId),
    };

    private async Task SayGoodbyeAsync(CancellationToken cancellationToken)
    {
        if (_link is not { } link)
        {
            return;
        }

        _link = null;
        await using (link.ConfigureAwait(false))
        {
            link.SendLast(new MqttDisconnectPacket());
            await link.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for an answer. Messages that arrive before it are neither looked at nor acknowledged: they are for the one who is tested.</summary>
    /// <returns>Null when the connection was closed instead.</returns>
    private async Task<TPacket?> ReadAsync<TPacket>(Func<TPacket, bool> isAnswer, CancellationToken cancellationToken)
        where TPacket : MqttPacket
    {
        while (true)
        {
            var packet = await _link!.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (packet is null)
            {
                return null;
            }

            if (packet is TPacket answer && isAnswer(answer))
            {
                return answer;
            }

            if (packet is MqttDisconnectPacket disconnect)
            {
                throw new FaultException(SessionFaults.ServerDisconnected(options, (byte)disconnect.ReasonCode, disconnect.ReasonString, disconnect.ServerReference));
            }
        }
    }
}
