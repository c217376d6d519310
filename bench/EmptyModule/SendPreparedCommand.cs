using System.Management.Automation;
using System.Net;
using System.Net.Sockets;

namespace IoTF.Bench.EmptyModule;

/// <summary>
/// The same, except that it gives bytes that were made before to a socket: what a call costs that sends a message at once and does nothing else.
/// </summary>
[Cmdlet(VerbsCommunications.Send, "Prepared")]
public sealed class SendPreparedCommand : SendCommandBase
{
    private static Socket? s_socket;
    private static byte[] s_packet = [];

    /// <summary>Connects, for all calls that follow.</summary>
    /// <param name="port">The port of the broker on this machine.</param>
    /// <param name="connect">The packet that opens the session.</param>
    /// <param name="packet">The packet that each call sends.</param>
    public static void Connect(int port, byte[] connect, byte[] packet)
    {
        s_socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        s_socket.Connect(IPAddress.Loopback, port);
        s_socket.Send(connect);
        s_socket.Receive(new byte[16]);
        s_packet = packet;
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => s_socket!.Send(s_packet);
}
