using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using IoTF.Mqtt.Links;

namespace IoTF.Mqtt.Transport;

/// <summary>The client's TLS handshake, with an answer to why it failed.</summary>
internal static class TlsHandshake
{
    private const byte AlertRecord = 21;
    private const byte HandshakeRecord = 22;
    private const byte ServerHello = 2;
    private const byte HandshakeFailureAlert = 40;
    private const byte ProtocolVersionAlert = 70;

    /// <summary>What servers say of a client certificate, or of none (RFC 5246 §7.2.2, RFC 8446 §6.2).</summary>
    private static readonly Dictionary<byte, string> CertificateAlerts = new()
    {
        [HandshakeFailureAlert] = "handshake failure",
        [42] = "bad certificate",
        [43] = "unsupported certificate",
        [44] = "certificate revoked",
        [45] = "certificate expired",
        [46] = "certificate unknown",
        [48] = "unknown CA",
        [49] = "access denied",
    };

    /// <summary>Secures a connected stream. SNI carries the name that the certificate has to have (protocol.md §1.2 needs it).</summary>
    public static async Task<Stream> AsClientAsync(
        Stream connected, string hostName, TlsDemands demands, TlsObservation? observation, CancellationToken cancellationToken)
    {
        var name = demands.ServerName ?? hostName;
        var observed = new HandshakeBytes(connected);
        var verdict = new CertificateVerdict(name, demands, observation);
        var tls = new SslStream(observed, leaveInnerStreamOpen: false);
        try
        {
            var options = new SslClientAuthenticationOptions
            {
                TargetHost = name,
                EnabledSslProtocols = demands.Protocols,
                CertificateChainPolicy = ServerChain.Policy(
                    demands.RevocationMode == X509RevocationMode.Online ? X509RevocationMode.NoCheck : demands.RevocationMode, demands.DownloadLimit),
                RemoteCertificateValidationCallback = verdict.Judge,
            };
            if (demands.ClientCertificate is { } clientCertificate)
            {
                options.ClientCertificateContext = SslStreamCertificateContext.Create(clientCertificate, demands.ClientCertificateIssuers, offline: true);
            }

            await tls.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
            observation?.Agreed(tls);
            await verdict.LookUpRevocationAsync(cancellationToken).ConfigureAwait(false);
            return tls;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Besides the usual ones: what the platform's cryptography throws at a certificate or a version that it cannot work with.
            await tls.DisposeAsync().ConfigureAwait(false);
            if (exception is LinkException)
            {
                throw;
            }

            cancellationToken.ThrowIfCancellationRequested();
            throw verdict.Refusal ?? Explain(observed, demands, exception);
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads the reason from what the server sent first: its words are the same on every platform, the exceptions are not.</summary>
    private static LinkException Explain(HandshakeBytes observed, TlsDemands demands, Exception exception)
    {
        var seen = observed.First;
        var offered = demands.Protocols == SslProtocols.Tls12 ? "TLS 1.2" : demands.Protocols.ToString();
        if (seen.IsEmpty)
        {
            return new LinkException(LinkFailure.TlsUnanswered, "The server closed the connection instead of answering the TLS handshake.", exception);
        }

        if (seen[0] is not (AlertRecord or HandshakeRecord))
        {
            return new LinkException(LinkFailure.NotTls, "The server answered the TLS handshake with something that is not TLS.", exception);
        }

        if (seen[0] == AlertRecord && seen.Length >= 7 && seen[6] == ProtocolVersionAlert)
        {
            return new LinkException(LinkFailure.TlsVersionRefused, $"The server does not support {offered}.", exception);
        }

        // A server that takes the client for one that speaks its old version, too, finds no cipher in common: the record around its alert
        // carries the version that it chose, at offset 1.
        if (seen[0] == AlertRecord && seen.Length >= 7 && seen[6] == HandshakeFailureAlert && seen[2] < 3)
        {
            return new LinkException(LinkFailure.TlsVersionRefused, $"The server uses TLS 1.{Math.Max(0, seen[2] - 1)}, and {offered} is required.", exception);
        }

        // The version stands in the ServerHello at offset 9: 03 01 is TLS 1.0, 03 02 is TLS 1.1, 03 03 is TLS 1.2 and later.
        if (seen[0] == HandshakeRecord && seen.Length >= 11 && seen[5] == ServerHello && seen[10] < 3)
        {
            return new LinkException(
                LinkFailure.TlsVersionRefused, $"The server answered with TLS 1.{Math.Max(0, seen[10] - 1)}, and {offered} is required.", exception);
        }

        if (demands.ClientCertificate is { } client && observed.Alert is { } alert && CertificateAlerts.TryGetValue(alert, out var meaning))
        {
            return new LinkException(
                LinkFailure.ClientCertificateRefused,
                $"The server refused the client certificate '{client.Subject}' (TLS alert {alert}, {meaning}).{TlsDemands.WithoutIssuer(client, demands.ClientCertificateIssuers)}",
                exception);
        }

        var reason = exception.InnerException?.Message ?? exception.Message;
        return new LinkException(LinkFailure.TlsFailed, $"The TLS handshake failed: {reason}", exception);
    }
}
