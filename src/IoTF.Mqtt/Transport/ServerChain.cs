using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTF.Mqtt.Links;

namespace IoTF.Mqtt.Transport;

/// <summary>What was found of the chain of a server's certificate.</summary>
/// <param name="IsTrusted">Whether it ends at an authority that is trusted, without a fault on the way.</param>
/// <param name="Flags">The faults.</param>
/// <param name="Reasons">The faults in the words of the platform.</param>
/// <param name="Missing">The certificate that is missing at its end; null when the chain has no end.</param>
internal sealed record ServerChain(bool IsTrusted, X509ChainStatusFlags Flags, string Reasons, MissingAuthority? Missing)
{
    public const X509ChainStatusFlags UnknownIssuerFlags = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;

    public const X509ChainStatusFlags RevocationFlags =
        X509ChainStatusFlags.Revoked | X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation;

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>A chain that the system trusts.</summary>
    public static ServerChain Trusted { get; } = new(IsTrusted: true, X509ChainStatusFlags.NoError, "", Missing: null);

    /// <summary>
    /// What is looked at of a certificate. Nothing is downloaded unless revocation is to be looked up online: the addresses stand in a certificate that
    /// an unverified server sent, and the downloads know no cancellation.
    /// </summary>
    public static X509ChainPolicy Policy(X509RevocationMode revocation, TimeSpan downloadLimit) => new()
    {
        DisableCertificateDownloads = revocation != X509RevocationMode.Online,
        RevocationMode = revocation,
        UrlRetrievalTimeout = downloadLimit,
        ApplicationPolicy = { new Oid(ServerAuthentication) },
    };

    /// <summary>The chain by the authorities of the system.</summary>
    public static ServerChain BySystem(X509Certificate2 leaf, X509Certificate2Collection sent, X509ChainPolicy policy)
    {
        using var chain = new X509Chain { ChainPolicy = policy };
        policy.ExtraStore.AddRange(sent);
        return chain.Build(leaf) ? Trusted : Of(chain, trusted: []);
    }

    /// <summary>
    /// The chain by other authorities. Each of them is trusted by itself, whether it is at the end of a chain or issued by another; what is above it
    /// does not matter.
    /// </summary>
    public static ServerChain ByAuthorities(X509Certificate2 leaf, X509Certificate2Collection sent, X509Certificate2Collection authorities, X509ChainPolicy policy)
    {
        using var chain = new X509Chain { ChainPolicy = policy };
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(authorities);
        policy.ExtraStore.AddRange(authorities);
        policy.ExtraStore.AddRange(sent);
        return chain.Build(leaf) ? Trusted : UpToOneOf(authorities, chain) ?? Of(chain, authorities);
    }

    /// <summary>What a chain that was built and does not hold lacks.</summary>
    public static ServerChain Of(X509Chain? chain, X509Certificate2Collection trusted)
    {
        var statuses = chain?.ChainStatus ?? [];
        return new ServerChain(
            IsTrusted: false,
            statuses.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status),
            string.Join(" ", statuses.Select(status => status.StatusInformation.Trim()).Distinct()),
            chain is { ChainElements: [.., var last] } ? MissingAfter(last.Certificate, trusted) : null);
    }

    /// <summary>
    /// The platforms take only a certificate that issued itself for the end of a chain, and report a chain that ends before one as incomplete. This looks
    /// at the part that ends at an authority.
    /// </summary>
    /// <returns>Null when the chain has none of the authorities.</returns>
    private static ServerChain? UpToOneOf(X509Certificate2Collection authorities, X509Chain chain)
    {
        var faults = X509ChainStatusFlags.NoError;
        foreach (var element in chain.ChainElements)
        {
            var isAnchor = authorities.Any(authority => authority.RawDataMemory.Span.SequenceEqual(element.Certificate.RawDataMemory.Span));

            // Who could revoke the certificate of an anchor is not known, and need not be.
            faults |= element.ChainElementStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status)
                & ~(isAnchor ? UnknownIssuerFlags | (RevocationFlags & ~X509ChainStatusFlags.Revoked) : X509ChainStatusFlags.NoError);
            if (isAnchor && faults.HasFlag(X509ChainStatusFlags.NotSignatureValid))
            {
                // It has the name of the issuer, and not its key.
                return Of(chain, authorities) with { Flags = X509ChainStatusFlags.PartialChain, Missing = new MissingAuthority(element.Certificate.Subject, Fingerprint: null, HasNamesake: true) };
            }

            if (isAnchor)
            {
                return faults == X509ChainStatusFlags.NoError ? Trusted : Of(chain, authorities) with { Flags = faults };
            }
        }

        return null;
    }

    private static MissingAuthority MissingAfter(X509Certificate2 last, X509Certificate2Collection trusted)
    {
        var isSent = TlsObservation.IsSelfIssued(last);
        var hasNamesake = trusted.Any(authority => authority.SubjectName.RawData.AsSpan().SequenceEqual(last.IssuerName.RawData));
        return new MissingAuthority(last.Issuer, isSent ? last.GetCertHashString(HashAlgorithmName.SHA256) : null, hasNamesake);
    }
}
