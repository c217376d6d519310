using IoTF.Emulator.Admission;
using IoTF.Emulator.Faults;
using IoTF.Emulator.Refusals;
using IoTF.Mqtt.Links;
using IoTF.Protocol.Rules;
using MQTTnet.Packets;

namespace IoTF.Emulator.Connections;

/// <summary>The way of a client in: handshake and CONNECT, and the judgment on it.</summary>
/// <param name="service">The local service.</param>
/// <param name="connection">The connection; whoever is not let in has been answered, and it is being closed.</param>
/// <param name="doorway">Its socket.</param>
/// <param name="closing">Ends when the connection is being closed by somebody else.</param>
internal sealed class Arrival(EmulatorService service, Connection connection, Doorway doorway, Task closing)
{
    /// <summary>Secures the connection and reads the first packet, both within one deadline.</summary>
    /// <returns>The CONNECT; null when there was none.</returns>
    /// <exception cref="LinkException">The connection broke, or what came was not MQTT.</exception>
    public async Task<MqttConnectPacket?> ReadConnectAsync()
    {
        using var deadline = new CancellationTokenSource(service.Options.ConnectDeadline, service.Options.Clock);
        try
        {
            var link = await doorway.OpenAsync(service.TlsOptions, service.LinkOptions, deadline.Token).ConfigureAwait(false);
            if (connection.IsClosing)
            {
                return null;
            }

            var first = await link.ReadAsync(deadline.Token).ConfigureAwait(false);
            if (first is null or MqttConnectPacket)
            {
                return (MqttConnectPacket?)first;
            }

            connection.Close(CloseReason.InvalidData, "The first packet is not a CONNECT.");
        }
        catch (OperationCanceledException)
        {
            connection.Close(CloseReason.NothingReceived);
        }
        catch (NotAdmittedException exception)
        {
            connection.Close(exception.Reason, exception.Message);
        }
        catch (Exception exception) when (exception is not LinkException && doorway.Link is null)
        {
            connection.Close(CloseReason.TlsFailed, $"{CloseReason.TlsFailed.Words} {exception.InnerException?.Message ?? exception.Message}");
        }

        return null;
    }

    /// <summary>Judges the CONNECT.</summary>
    /// <returns>The client and what was agreed with it; null when it is not let in.</returns>
    /// <exception cref="LinkException">The connection broke while the answer to a failed login was delayed.</exception>
    public async Task<AdmittedClient?> JudgeAsync(MqttConnectPacket connect)
    {
        if (service.Faults.Happens(EmulatorFaultKind.RefuseConnect, connect.ClientId ?? "", out var fault))
        {
            connection.Refuse(FaultyAnswers.Refusal(fault.Code), connect);
            return null;
        }

        var client = service.ConnectRules.Judge(connect, connection.Link.Version!.Value, doorway.Secure, doorway.ServerName, out var refused);
        if (refused is not null)
        {
            await RefuseAsync(refused, connect).ConfigureAwait(false);
            return null;
        }

        if (connect.WillFlag && client!.Will is null)
        {
            service.Refusals.Add(
                client.Identity.ClientId,
                doorway.RemoteAddress,
                CloseReason.NotAuthorized.Code,
                $"{CloseReason.NotAuthorized.Words} The last will for {Quotation.Of(connect.WillTopic)} is dropped.");
        }

        return client;
    }

    /// <summary>Refuses a client, a failed login later than that when there were too many of them.</summary>
    private async Task RefuseAsync(ConnectRefused refused, MqttConnectPacket connect)
    {
        var delay = refused.IsFailedLogin ? service.LoginThrottle.CountFailure(refused.Identity!, connect.Username) : TimeSpan.Zero;
        var interrupted = await FailedLogin.WaitAsync(delay, connection.Link, closing, service.Options.Clock).ConfigureAwait(false);
        if (interrupted is null)
        {
            connection.Refuse(refused, connect);
        }
        else if (interrupted == CloseReason.ClosedByClient)
        {
            connection.Goodbye(interrupted);
        }
        else
        {
            connection.Close(interrupted);
        }
    }
}
