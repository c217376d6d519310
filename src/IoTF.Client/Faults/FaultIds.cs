namespace IoTF.Client.Faults;

/// <summary>The ids of faults. They are an interface: scripts compare them, so an id never changes its meaning.</summary>
public static class FaultIds
{
    /// <summary>The host name has no address.</summary>
    public const string NameNotResolved = nameof(NameNotResolved);

    /// <summary>Nothing listens on the port.</summary>
    public const string ConnectionRefused = nameof(ConnectionRefused);

    /// <summary>No route to the host.</summary>
    public const string HostUnreachable = nameof(HostUnreachable);

    /// <summary>No answer within the time limit of connecting.</summary>
    public const string ConnectTimeout = nameof(ConnectTimeout);

    /// <summary>The proxy has no address, does not listen, or is none.</summary>
    public const string ProxyUnreachable = nameof(ProxyUnreachable);

    /// <summary>The proxy demands a user name and a password, or others than those it was given.</summary>
    public const string ProxyAuthenticationRequired = nameof(ProxyAuthenticationRequired);

    /// <summary>The proxy does not allow the connection.</summary>
    public const string ProxyRefused = nameof(ProxyRefused);

    /// <summary>The proxy tried, and could not connect to the host.</summary>
    public const string ProxyCouldNotConnect = nameof(ProxyCouldNotConnect);

    /// <summary>The server does not make the connection a WebSocket.</summary>
    public const string WebSocketRefused = nameof(WebSocketRefused);

    /// <summary>The server's certificate was issued by an unknown authority.</summary>
    public const string CertificateUntrusted = nameof(CertificateUntrusted);

    /// <summary>The server's certificate is for another name.</summary>
    public const string CertificateNameMismatch = nameof(CertificateNameMismatch);

    /// <summary>The server's certificate is out of its dates.</summary>
    public const string CertificateExpired = nameof(CertificateExpired);

    /// <summary>The server's certificate was revoked.</summary>
    public const string CertificateRevoked = nameof(CertificateRevoked);

    /// <summary>Whether the server's certificate was revoked could not be found out.</summary>
    public const string RevocationUnknown = nameof(RevocationUnknown);

    /// <summary>The server does not accept the client's certificate.</summary>
    public const string ClientCertificateRefused = nameof(ClientCertificateRefused);

    /// <summary>The server's certificate is wrong otherwise.</summary>
    public const string CertificateInvalid = nameof(CertificateInvalid);

    /// <summary>No version of TLS in common.</summary>
    public const string TlsVersionRefused = nameof(TlsVersionRefused);

    /// <summary>The port does not speak TLS: it answered with something else, or not at all.</summary>
    public const string NotTls = nameof(NotTls);

    /// <summary>The TLS handshake failed otherwise.</summary>
    public const string TlsFailed = nameof(TlsFailed);

    /// <summary>The port does not speak MQTT.</summary>
    public const string NotMqtt = nameof(NotMqtt);

    /// <summary>The service closed the connection instead of answering the CONNECT.</summary>
    public const string ClosedBeforeConnAck = nameof(ClosedBeforeConnAck);

    /// <summary>The network broke the connection, or the service closed it without a word.</summary>
    public const string ConnectionLost = nameof(ConnectionLost);

    /// <summary>Nothing was received for one and a half times the keep-alive.</summary>
    public const string KeepAliveTimeout = nameof(KeepAliveTimeout);

    /// <summary>The service ended the session with an MQTT 5 DISCONNECT.</summary>
    public const string ServerDisconnected = nameof(ServerDisconnected);

    /// <summary>The service broke the rules of MQTT.</summary>
    public const string ProtocolError = nameof(ProtocolError);

    /// <summary>Something went wrong in the session itself; never expected.</summary>
    public const string InternalError = nameof(InternalError);

    /// <summary>The session was disconnected here.</summary>
    public const string SessionClosed = nameof(SessionClosed);

    /// <summary>A message was not acknowledged within the time limit.</summary>
    public const string AcknowledgeTimeout = nameof(AcknowledgeTimeout);

    /// <summary>The service refused a message.</summary>
    public const string MessageRefused = nameof(MessageRefused);

    /// <summary>The service refused a subscription.</summary>
    public const string SubscriptionRefused = nameof(SubscriptionRefused);

    /// <summary>A subscription was not answered within the time limit.</summary>
    public const string SubscribeTimeout = nameof(SubscribeTimeout);

    /// <summary>The service closes the connection over a message.</summary>
    public const string MessageClosesConnection = nameof(MessageClosesConnection);

    /// <summary>The service disconnects the client again and again.</summary>
    public const string RepeatedlyDisconnected = nameof(RepeatedlyDisconnected);
}
