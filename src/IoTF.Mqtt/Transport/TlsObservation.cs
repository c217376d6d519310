using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace IoTF.Mqtt.Transport;

/// <summary>What was seen of a TLS handshake, of one that failed too.</summary>
public sealed class TlsObservation
{
    /// <summary>The version in use; <see cref="SslProtocols.None"/> when the handshake failed.</summary>
    public SslProtocols Protocol { get; private set; }

    /// <summary>The cipher suite in use, by its IANA name; null when the handshake failed.</summary>
    public string? CipherSuite { get; private set; }

    /// <summary>The certificates that the server sent, its own first; none when it sent none.</summary>
    public IReadOnlyList<X509Certificate2> Certificates { get; private set; } = [];

    /// <summary>The certificate that ends the chain as it was sent: what a client would have to trust, or what the authority that it would have to trust has issued.</summary>
    public X509Certificate2? Topmost
    {
        get
        {
            var topmost = Certificates.Count > 0 ? Certificates[0] : null;
            for (var steps = 0; steps < Certificates.Count && topmost is not null && !IsSelfIssued(topmost); steps++)
            {
                var issuer = Certificates.FirstOrDefault(other => other.SubjectName.RawData.AsSpan().SequenceEqual(topmost.IssuerName.RawData));
                if (issuer is null)
                {
                    break;
                }

                topmost = issuer;
            }

            return topmost;
        }
    }

    /// <summary>Whether a certificate is its own issuer, as those of authorities at the end of a chain are.</summary>
    public static bool IsSelfIssued(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    /// <summary>Keeps copies: what the handshake shows is disposed of with it.</summary>
    internal void Received(X509Certificate? certificate, X509Chain? chain)
    {
        IEnumerable<X509Certificate> sent = chain?.ChainPolicy.ExtraStore ?? [];
        Certificates = certificate is null
            ? []
            : [.. sent.Prepend(certificate).DistinctBy(one => one.GetCertHashString()).Select(one => CertificateLoader.FromDer(one.GetRawCertData()))];
    }

    internal void Agreed(SslStream tls)
    {
        Protocol = tls.SslProtocol;
        CipherSuite = tls.NegotiatedCipherSuite.ToString();
    }
}
