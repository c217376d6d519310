using System.Net;
using System.Net.Sockets;

namespace IoTF.Tests.Interop.Servers;

/// <summary>
/// A port of 127.0.0.1, chosen by the system, held by a socket that is bound and never listens. Nobody else is given it; whoever connects is
/// refused, until a program that sets SO_REUSEADDR (Mosquitto does) listens there.
/// </summary>
public sealed class ReservedPort : IDisposable
{
    private readonly Socket holder = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ReservedPort()
    {
        // .NET's own ReuseAddress sets SO_REUSEPORT, too, which the other program would have to set as well.
        if (OperatingSystem.IsLinux())
        {
            const int socketLevel = 1, reuseAddress = 2;
            holder.SetRawSocketOption(socketLevel, reuseAddress, BitConverter.GetBytes(1));
        }

        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Number = ((IPEndPoint)holder.LocalEndPoint!).Port;
    }

    public int Number { get; }

    public void Dispose() => holder.Dispose();
}
