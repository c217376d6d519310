using IoTF.Client.Connecting;
using IoTF.Mqtt;
using IoTF.Mqtt.Links;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Client.Sessions;

/// <summary>Tells a service of MQTT 5 why its connection is closed: it broke the protocol (MQTT-5.0 §4.13).</summary>
internal static class ProtocolErrors
{
    /// <summary>How long the network may take to carry it.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>Sends DISCONNECT with the reason.</summary>
    /// <param name="connection">The connection, which is closed afterward.</param>
    /// <param name="version">The version it speaks; older ones know no reasons.</param>
    /// <param name="reason">The reason code; null when there is nothing to tell.</param>
    /// <param name="clock">Counts the limit.</param>
    public static async Task TellAsync(AcceptedConnection connection, MqttVersion version, byte? reason, TimeProvider clock)
    {
        if (version != MqttVersion.V5 || reason is not { } code)
        {
            return;
        }

        connection.Link.SendLast(new MqttDisconnectPacket { ReasonCode = (MqttDisconnectReasonCode)code });
        await connection.Link.FlushAsync(CancellationToken.None).WaitAsync(Limit, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
