using IoTF.Client.Sessions;
using IoTF.Mqtt.Links;
using IoTF.Mqtt.Transport;
using IoTF.Protocol.Endpoints;

namespace IoTF.Client.Faults;

/// <summary>Translates what happened to a link into faults.</summary>
internal static class LinkFaults
{
    /// <summary>A connection could not be made.</summary>
    public static Fault WhileConnecting(LinkException exception, SessionOptions options)
    {
        var (endpoint, clientId) = (options.Endpoint, options.Identity.ClientId);
        var (id, category, advice, permanent) = exception.Failure switch
        {
            LinkFailure.NameNotResolved => (FaultIds.NameNotResolved, FaultCategory.Connection,
                "Check the organization and -Domain or -HostName, and that this machine's DNS knows the name.", false),
            LinkFailure.Refused => (FaultIds.ConnectionRefused, FaultCategory.Connection,
                "Check -HostName and -Port: Maximo installations listen on 443, the service's own ports are 8883 (TLS) and 1883 (unencrypted).", false),
            LinkFailure.Unreachable => (FaultIds.HostUnreachable, FaultCategory.Connection,
                "Check the network between this machine and the host: routes, VPN, firewalls.", false),
            LinkFailure.ProxyUnreachable => (FaultIds.ProxyUnreachable, FaultCategory.Connection,
                "Check scheme, host and port of -Proxy, or of HTTPS_PROXY or ALL_PROXY in the environment; -NoProxy connects directly.", false),
            LinkFailure.ProxyAuthenticationRequired => (FaultIds.ProxyAuthenticationRequired, FaultCategory.Authentication,
                "Use -ProxyCredential with user name and password of the proxy, or -ProxyUseDefaultCredentials if the proxy knows the users of the domain.", true),
            LinkFailure.ProxyRefused => (FaultIds.ProxyRefused, FaultCategory.Connection,
                $"Ask the administrator of the proxy to allow connections to {endpoint} (CONNECT). Many proxies allow only port 443, on which the service listens, too: -Port 443.", false),
            LinkFailure.ProxyCouldNotConnect => (FaultIds.ProxyCouldNotConnect, FaultCategory.Connection,
                "Check -HostName and -Port, and whether the proxy's network reaches them; -NoProxy connects directly.", false),
            LinkFailure.WebSocketRefused => (FaultIds.WebSocketRefused, FaultCategory.Protocol,
                "Check -WebSocketPath, and that -Port is a port for MQTT over WebSocket; without -WebSocket, MQTT uses the connection itself.", false),
            LinkFailure.CertificateUntrusted => (FaultIds.CertificateUntrusted, FaultCategory.Security, WhomToTrust(exception.Missing), true),
            LinkFailure.CertificateNameMismatch => (FaultIds.CertificateNameMismatch, FaultCategory.Security,
                "Connect with one of the names in the certificate (-HostName). Through a tunnel or by an address, give the name with -TlsServerName.", true),
            LinkFailure.CertificateExpired => (FaultIds.CertificateExpired, FaultCategory.Security,
                "Renew the server's certificate; check the clock of this machine.", true),
            LinkFailure.CertificateRevoked => (FaultIds.CertificateRevoked, FaultCategory.Security,
                "Have the server's certificate replaced.", true),
            LinkFailure.RevocationUnknown => (FaultIds.RevocationUnknown, FaultCategory.Security,
                "Check that this machine reaches the addresses for revocation (CRL, OCSP) that the certificate names, or connect without -RevocationMode.", false),
            LinkFailure.ClientCertificateRefused => (FaultIds.ClientCertificateRefused, FaultCategory.Security,
                "Give -Certificate the file that holds the certificate, its key and those of its issuers (PEM, or PFX with -CertificatePassword); Get-PfxCertificate returns the first alone. Check that the server trusts the authority at their end.", true),
            LinkFailure.CertificateInvalid => (FaultIds.CertificateInvalid, FaultCategory.Security,
                "Ask the administrator of the service to correct the server's certificate.", true),
            LinkFailure.TlsVersionRefused => (FaultIds.TlsVersionRefused, FaultCategory.Security,
                "The service uses TLS 1.2; check that -HostName and -Port are the service's. If a server supports only TLS 1.3, use -TlsVersion 1.3.", true),
            LinkFailure.NotTls => (FaultIds.NotTls, FaultCategory.Security,
                "Check -Port: 8883 and 443 are the TLS ports. An unencrypted port requires -Insecure.", false),
            // It may be a TLS server that was just stopping, so trying again makes sense.
            LinkFailure.TlsUnanswered => (FaultIds.NotTls, FaultCategory.Security,
                "Check that -Port is a TLS port (8883 and 443 are; an unencrypted port requires -Insecure) and that -HostName or -TlsServerName is the name the server expects (SNI).", false),
            LinkFailure.TlsFailed => (FaultIds.TlsFailed, FaultCategory.Security,
                "Check that -Port is a TLS port, that -HostName or -TlsServerName is the name the server expects (SNI), and whether it requires a client certificate (-Certificate).", false),
            LinkFailure.Malformed or LinkFailure.PacketTooLarge or LinkFailure.ProtocolVersion => (FaultIds.NotMqtt, FaultCategory.Protocol,
                "Check -HostName and -Port: the program that answers there does not use MQTT.", false),
            _ => (FaultIds.ClosedBeforeConnAck, FaultCategory.Connection, ConnectAdvice.ClosedBeforeConnAck(endpoint.Secure), false),
        };

        // In TLS 1.3 the handshake is over when the server looks at the client's certificate.
        var withoutIssuer = id == FaultIds.ClosedBeforeConnAck && options.ClientCertificate is { } client ? TlsDemands.WithoutIssuer(client, options.ClientCertificateIssuers) : "";
        return new Fault(id, category, $"{clientId} could not connect to {endpoint}: {exception.Message}{withoutIssuer}", advice, IsPermanent: permanent);
    }

    /// <summary>What a file for <c>-CACertificate</c> would have to contain.</summary>
    private static string WhomToTrust(MissingAuthority? missing)
    {
        const string Caution = "Do not connect if you did not expect this.";
        return missing switch
        {
            null => $"If the installation has a certificate authority of its own, pass its certificate with -CACertificate. {Caution}",
            { HasNamesake: true } =>
                $"The certificate of '{missing.Subject}' that is trusted has another key than the one that issued the server's: get the current one from those who run the service and pass it with -CACertificate. {Caution}",
            { Fingerprint: { } fingerprint } =>
                $"If the installation has a certificate authority of its own, pass the certificate of '{missing.Subject}' (SHA-256 {fingerprint}) with -CACertificate: the server sent it, so compare it with what those who run the service say. {Caution}",
            _ => $"Get the certificate of '{missing.Subject}' from those who run the service and pass it with -CACertificate, or have the server send it. {Caution}",
        };
    }

    /// <summary>A connection that was open ended.</summary>
    public static Fault WhileOpen(LinkException exception, ServiceEndpoint endpoint, string clientId) => exception.Failure switch
    {
        LinkFailure.Malformed or LinkFailure.PacketTooLarge or LinkFailure.ProtocolVersion => new Fault(
            FaultIds.ProtocolError, FaultCategory.Protocol, $"The connection of {clientId} to {endpoint} was ended: {exception.Message}",
            "The service, or something between it and this machine, violated the MQTT protocol. Connect again; if it persists, ask the administrator of the service."),
        _ => new Fault(
            FaultIds.ConnectionLost, FaultCategory.Connection, $"{clientId} lost its connection to {endpoint}: {exception.Message}",
            "Connect again. If it happens again at once, the service may have closed it because of a topic or because another client uses the same identity."),
    };
}
