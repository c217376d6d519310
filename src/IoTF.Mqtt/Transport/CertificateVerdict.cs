using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using IoTF.Mqtt.Links;

namespace IoTF.Mqtt.Transport;

/// <summary>Judges the server's certificate: chain, dates, host name. Keeps the reason of a refusal.</summary>
internal sealed class CertificateVerdict(string hostName, TlsDemands demands, TlsObservation? observation = null)
{
    private const X509ChainStatusFlags RevocationFlags =
        X509ChainStatusFlags.Revoked | X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation;

    private const X509ChainStatusFlags UnknownIssuerFlags = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;

    /// <summary>Why the certificate was refused; null when it was not.</summary>
    public LinkException? Refusal { get; private set; }

    /// <summary>The callback of the handshake.</summary>
    public bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        observation?.Received(certificate, chain);
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return Refuse(LinkFailure.CertificateInvalid, "The server showed no certificate.");
        }

        using var leaf = new X509Certificate2(certificate);
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) && !ChainIsTrusted(leaf, chain))
        {
            return false;
        }

        return !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            || Refuse(LinkFailure.CertificateNameMismatch, $"The server's certificate is not for '{hostName}'; it is for {NamesOf(leaf)}.");
    }

    private bool ChainIsTrusted(X509Certificate2 leaf, X509Chain? offered)
    {
        if (demands.TrustedAuthorities is not { Count: > 0 } authorities)
        {
            return RefuseChain(leaf, offered?.ChainStatus ?? []);
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(authorities);
        own.ChainPolicy.RevocationMode = demands.RevocationMode;
        own.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.1"));
        if (offered is not null)
        {
            foreach (var element in offered.ChainElements)
            {
                own.ChainPolicy.ExtraStore.Add(element.Certificate);
            }

            own.ChainPolicy.ExtraStore.AddRange(offered.ChainPolicy.ExtraStore);
        }

        if (own.Build(leaf))
        {
            return true;
        }

        // A chain that ends at an authority of the system has its own fault, which is not that the additional ones did not issue it.
        var systemKnowsIssuer = offered is { ChainStatus.Length: > 0 } && offered.ChainStatus.All(status => (status.Status & UnknownIssuerFlags) == 0);
        return RefuseChain(leaf, systemKnowsIssuer ? offered!.ChainStatus : own.ChainStatus);
    }

    private bool RefuseChain(X509Certificate2 leaf, X509ChainStatus[] statuses)
    {
        var flags = statuses.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        if (flags.HasFlag(X509ChainStatusFlags.NotTimeValid) && IsOutOfTime(leaf))
        {
            return Refuse(
                LinkFailure.CertificateExpired,
                $"The server's certificate is valid from {leaf.NotBefore.ToUniversalTime():u} to {leaf.NotAfter.ToUniversalTime():u}, and it is {DateTime.UtcNow:u}.");
        }

        if ((flags & UnknownIssuerFlags) != 0)
        {
            return Refuse(LinkFailure.CertificateUntrusted, $"The server's certificate was issued by '{leaf.Issuer}', which is not trusted.");
        }

        if (flags.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            return Refuse(LinkFailure.CertificateExpired, "A certificate of the authority that issued the server's has expired.");
        }

        if ((flags & RevocationFlags) != 0)
        {
            return Refuse(
                LinkFailure.CertificateRevoked,
                flags.HasFlag(X509ChainStatusFlags.Revoked)
                    ? "The server's certificate has been revoked."
                    : "It could not be found out whether the server's certificate has been revoked.");
        }

        var reasons = string.Join(" ", statuses.Select(status => status.StatusInformation.Trim()).Distinct());
        return Refuse(LinkFailure.CertificateInvalid, $"The server's certificate is not valid: {reasons}");
    }

    private bool Refuse(LinkFailure failure, string message)
    {
        Refusal = new LinkException(failure, message);
        return false;
    }

    private static bool IsOutOfTime(X509Certificate2 certificate) =>
        DateTime.Now < certificate.NotBefore || DateTime.Now > certificate.NotAfter;

    private static string NamesOf(X509Certificate2 certificate)
    {
        var alternatives = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        var names = alternatives?.EnumerateDnsNames().Concat(alternatives.EnumerateIPAddresses().Select(address => address.ToString())).ToList();
        return names is { Count: > 0 } ? string.Join(", ", names) : $"'{certificate.Subject}'";
    }
}
