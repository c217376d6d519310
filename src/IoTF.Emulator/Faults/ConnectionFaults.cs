using IoTF.Emulator.Connections;
using MQTTnet.Packets;

namespace IoTF.Emulator.Faults;

/// <summary>What goes wrong on demand on one connection, once its client was let in.</summary>
internal sealed class ConnectionFaults(EmulatorService service, Connection connection)
{
    private ReadingPace? _pace;

    /// <summary>A fault that was asked for may close the connection now.</summary>
    public void MeetClosing()
    {
        if (connection.Identity is not { ClientId: var clientId } || connection.IsClosing)
        {
            return;
        }

        if (service.Faults.Happens(EmulatorFaultKind.Drop, clientId, out _))
        {
            connection.Drop();
        }
        else if (service.Faults.Happens(EmulatorFaultKind.Close, clientId, out var close))
        {
            connection.Close(FaultyAnswers.Close(close.Code));
        }
    }

    /// <summary>How late an acknowledgement is; zero as usual.</summary>
    public TimeSpan AcknowledgementDelay() =>
        !service.Faults.IsEmpty && service.Faults.Happens(EmulatorFaultKind.DelayAcknowledgements, connection.Identity!.ClientId, out var late)
            ? late.Delay
            : TimeSpan.Zero;

    /// <summary>Handles a packet, after what goes wrong before it and before what goes wrong after it. Belongs to the reader.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="handler">What handles it as usual.</param>
    /// <param name="closing">Ends when the connection is being closed.</param>
    /// <returns>When the next packet may be taken.</returns>
    public async Task HandleAsync(MqttPacket packet, PacketHandler handler, Task closing)
    {
        MeetClosing();
        var identity = connection.Identity!;
        if (!connection.IsClosing && service.Faults.Stalls(identity.ClientId, out var cleared))
        {
            await Task.WhenAny(cleared, closing).ConfigureAwait(false);
        }

        if (connection.IsClosing)
        {
            return;
        }

        await handler.Handle(packet).ConfigureAwait(false);
        if (packet is MqttPublishPacket publish && service.Faults.Happens(EmulatorFaultKind.SlowReading, identity.ClientId, out _))
        {
            _pace ??= new ReadingPace(identity.Role, service.Options.Clock);
            await Task.Delay(_pace.Count(publish.Payload.Length), service.Options.Clock).ConfigureAwait(false);
        }
    }
}
