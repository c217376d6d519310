using System.Net.Sockets;
using System.Net.WebSockets;

namespace IoTF.Mqtt.Links;

/// <summary>Why a connection could not be made, or ended.</summary>
public enum LinkFailure
{
    /// <summary>The host name has no address.</summary>
    NameNotResolved,

    /// <summary>The host answered that nothing listens on the port.</summary>
    Refused,

    /// <summary>No route to the host, or the network is down.</summary>
    Unreachable,

    /// <summary>The proxy has no address, does not listen, or is none.</summary>
    ProxyUnreachable,

    /// <summary>The proxy demands a user name and a password, or others than those it was given.</summary>
    ProxyAuthenticationRequired,

    /// <summary>The proxy does not allow the connection.</summary>
    ProxyRefused,

    /// <summary>The proxy tried, and could not connect to the host.</summary>
    ProxyCouldNotConnect,

    /// <summary>The server does not make the connection a WebSocket.</summary>
    WebSocketRefused,

    /// <summary>The certificate was not issued by an authority that is trusted.</summary>
    CertificateUntrusted,

    /// <summary>The certificate is for other host names.</summary>
    CertificateNameMismatch,

    /// <summary>The certificate is not valid any more, or not yet.</summary>
    CertificateExpired,

    /// <summary>The certificate was revoked.</summary>
    CertificateRevoked,

    /// <summary>Whether the certificate was revoked could not be found out, although that was asked for.</summary>
    RevocationUnknown,

    /// <summary>The certificate is wrong in another way, or there is none.</summary>
    CertificateInvalid,

    /// <summary>The server does not accept the certificate that identifies the client.</summary>
    ClientCertificateRefused,

    /// <summary>The two ends have no version of TLS in common.</summary>
    TlsVersionRefused,

    /// <summary>What listens on the port does not speak TLS.</summary>
    NotTls,

    /// <summary>The other end closed the connection without a word when it was asked for TLS, as plain-text servers do.</summary>
    TlsUnanswered,

    /// <summary>The TLS handshake failed for another reason.</summary>
    TlsFailed,

    /// <summary>The other end closed the connection.</summary>
    ClosedByPeer,

    /// <summary>The other end ended the connection in the middle of it: a TCP reset, or a WebSocket without its close frame.</summary>
    Reset,

    /// <summary>The network broke the connection.</summary>
    Broken,

    /// <summary>What arrived is not MQTT.</summary>
    Malformed,

    /// <summary>The other end announced a packet that is larger than what is accepted.</summary>
    PacketTooLarge,

    /// <summary>The other end speaks a version of MQTT that is not supported.</summary>
    ProtocolVersion,
}

/// <summary>A certificate that a client would have to trust before a chain holds.</summary>
/// <param name="Subject">Whose it is.</param>
/// <param name="Fingerprint">Its SHA-256 hash; null when the server did not send it.</param>
/// <param name="HasNamesake">Whether a certificate of the same name is trusted that did not issue the chain.</param>
public sealed record MissingAuthority(string Subject, string? Fingerprint, bool HasNamesake);

/// <summary>A connection could not be made, or ended.</summary>
public sealed class LinkException : IOException
{
    /// <summary>An exception for one failure.</summary>
    /// <param name="failure">What happened.</param>
    /// <param name="message">What happened, in words: a sentence without advice.</param>
    /// <param name="innerException">The exception it was recognized by.</param>
    public LinkException(LinkFailure failure, string message, Exception? innerException = null)
        : base(message, innerException) => Failure = failure;

    /// <summary>What happened.</summary>
    public LinkFailure Failure { get; }

    /// <summary>With which reason code of MQTT 5 the other end is told; null when there is nothing to tell it, or no way (MQTT-5.0 §4.13).</summary>
    public byte? DisconnectReason => Failure switch
    {
        LinkFailure.Malformed => Breach,
        LinkFailure.PacketTooLarge => Delivery.ReasonCode.PacketTooLarge,
        _ => null,
    };

    /// <summary>For <see cref="LinkFailure.Malformed"/>: a reason code that says more than that a packet is malformed.</summary>
    public byte Breach { get; init; } = Delivery.ReasonCode.MalformedPacket;

    /// <summary>For <see cref="LinkFailure.CertificateUntrusted"/>: what would have to be trusted; null when that is not known.</summary>
    public MissingAuthority? Missing { get; init; }

    /// <summary>The end of a connection that was in use, from what its stream throws. Who ended it tells a service that refuses from a bad network.</summary>
    /// <param name="exception">What the stream threw.</param>
    /// <param name="during">The end of the sentence: what was being done.</param>
    internal static LinkException Ended(Exception exception, string during) => IsReset(exception)
        ? new LinkException(LinkFailure.Reset, $"The other end reset the connection{during}.", exception)
        : new LinkException(LinkFailure.Broken, $"The network broke the connection{during}.", exception);

    private static bool IsReset(Exception exception)
    {
        var isAbrupt = false;
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case SocketException socket:
                    return socket.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown;
                case WebSocketException { WebSocketErrorCode: WebSocketError.ConnectionClosedPrematurely }:
                    isAbrupt = true;
                    break;
            }
        }

        return isAbrupt;
    }
}
