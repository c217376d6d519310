using System.Net.Security;
using System.Net.Sockets;

namespace IoTF.Mqtt.Transport;

/// <summary>Says on a stream that nothing more is written, while what still arrives is read.</summary>
internal static class HalfClose
{
    /// <summary>Ends the writing of a TCP or TLS stream; of others, where closing says it, nothing is done.</summary>
    public static async Task EndWritingAsync(Stream stream)
    {
        try
        {
            switch (stream)
            {
                case SslStream tls:
                    await tls.ShutdownAsync().ConfigureAwait(false);
                    break;
                case NetworkStream tcp:
                    tcp.Socket.Shutdown(SocketShutdown.Send);
                    break;
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The other end was faster: there is nobody left to tell.
        }
    }
}
