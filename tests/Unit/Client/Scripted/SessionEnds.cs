using IoTF.Client.Sessions;
using MQTTnet.Packets;

namespace IoTF.Tests.Unit.Client.Scripted;

/// <summary>Ends of sessions on both sides.</summary>
internal static class SessionEnds
{
    /// <summary>Disconnects a session; its server closes when it has seen the DISCONNECT.</summary>
    public static async Task DisposeAsyncWith(this Session session, ScriptedPeer peer)
    {
        var ending = session.DisposeAsync().AsTask();
        while (await peer.ReceiveAsync() is not (null or MqttDisconnectPacket))
        {
        }

        await peer.CloseAsync();
        await ending.WaitAsync(Deadline.Limit);
    }
}
