using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using IoTF.Mqtt.Links;

namespace IoTF.Mqtt.Transport;

/// <summary>Judges the server's certificate: chain, dates, name, revocation. Keeps the reason of a refusal.</summary>
internal sealed class CertificateVerdict(string name, TlsDemands demands, TlsObservation? observation = null)
{
    /// <summary>How many look-ups run at a time: each holds a thread, for as long as a server that does not answer can make it.</summary>
    private static readonly SemaphoreSlim LookUps = new(16);

    private X509Certificate2? _leaf;
    private X509Certificate2Collection _sent = [];

    /// <summary>Why the certificate was refused; null when it was not.</summary>
    public LinkException? Refusal { get; private set; }

    private X509Certificate2Collection Authorities => demands.TrustedAuthorities ?? [];

    private bool LooksUpRevocation => demands.RevocationMode == X509RevocationMode.Online;

    /// <summary>The callback of the handshake, which waits for no network.</summary>
    public bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        observation?.Received(certificate, chain);
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return Refuse(new LinkException(LinkFailure.CertificateInvalid, "The server sent no certificate."));
        }

        // Copies: what the handshake shows is disposed of with it.
        _leaf = CertificateLoader.FromDer(certificate.GetRawCertData());
        _sent = [.. (chain?.ChainPolicy.ExtraStore ?? []).Select(one => CertificateLoader.FromDer(one.RawData))];
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            var found = Better(ServerChain.Of(chain, Authorities), mode => ByAuthorities(_leaf, mode), LooksUpRevocation ? X509RevocationMode.NoCheck : demands.RevocationMode);

            // What is missing of a chain may be found online, where that was asked for.
            if (!found.IsTrusted && !(LooksUpRevocation && found.Flags.HasFlag(X509ChainStatusFlags.PartialChain)))
            {
                return Refuse(Explain(_leaf, found));
            }
        }

        return !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            || Refuse(new LinkException(LinkFailure.CertificateNameMismatch, $"The server's certificate is not for '{name}'; it is for {NamesOf(_leaf)}."));
    }

    /// <summary>Looks up online whether the certificate was revoked, where that was asked for: on a thread that nobody has to wait for.</summary>
    /// <exception cref="LinkException">It was revoked, or that could not be found out in time.</exception>
    public async Task LookUpRevocationAsync(CancellationToken cancellationToken)
    {
        if (!LooksUpRevocation)
        {
            return;
        }

        try
        {
            await LookUps.WaitAsync(cancellationToken).ConfigureAwait(false);
            var lookUp = Task.Factory.StartNew(ExamineOnline, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            _ = lookUp.ContinueWith(static _ => LookUps.Release(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            var found = await lookUp.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (!found.IsTrusted)
            {
                throw Explain(_leaf!, found);
            }
        }
        catch (OperationCanceledException exception)
        {
            throw new LinkException(
                LinkFailure.RevocationUnknown,
                "The connection was made, but whether the server's certificate was revoked could not be looked up within the time limit.",
                exception);
        }
    }

    private ServerChain ExamineOnline()
    {
        var offline = ServerChain.BySystem(_leaf!, _sent, Policy(X509RevocationMode.NoCheck));
        return !offline.IsTrusted && Authorities.Count > 0 && ByAuthorities(_leaf!, X509RevocationMode.NoCheck).IsTrusted
            ? ByAuthorities(_leaf!, X509RevocationMode.Online)
            : Better(ServerChain.BySystem(_leaf!, _sent, Policy(X509RevocationMode.Online)), mode => ByAuthorities(_leaf!, mode), X509RevocationMode.Online);
    }

    /// <summary>The chain that holds, or the fault that is to be told.</summary>
    private ServerChain Better(ServerChain system, Func<X509RevocationMode, ServerChain> byAuthorities, X509RevocationMode mode)
    {
        if (system.IsTrusted || Authorities.Count == 0)
        {
            return system;
        }

        // A chain that ends at an authority of the system has its own fault, which is not that the additional ones did not issue it.
        var own = byAuthorities(mode);
        return own.IsTrusted || system.Flags == X509ChainStatusFlags.NoError || (system.Flags & ServerChain.UnknownIssuerFlags) != 0 ? own : system;
    }

    private ServerChain ByAuthorities(X509Certificate2 leaf, X509RevocationMode mode) => ServerChain.ByAuthorities(leaf, _sent, Authorities, Policy(mode));

    private X509ChainPolicy Policy(X509RevocationMode mode) => ServerChain.Policy(mode, demands.DownloadLimit);

    private static LinkException Explain(X509Certificate2 leaf, ServerChain found)
    {
        if (found.Flags.HasFlag(X509ChainStatusFlags.NotTimeValid) && IsOutOfTime(leaf))
        {
            return new LinkException(
                LinkFailure.CertificateExpired,
                $"The server's certificate is valid from {leaf.NotBefore.ToUniversalTime():u} to {leaf.NotAfter.ToUniversalTime():u}, and it is {DateTime.UtcNow:u}.");
        }

        if ((found.Flags & ServerChain.UnknownIssuerFlags) != 0)
        {
            var rest = found.Missing is { Fingerprint: null } missing
                ? $" The server did not send the certificate of '{missing.Subject}', and none that is trusted {(missing.HasNamesake ? "fits, although one has this name" : "has this name")}."
                : "";
            return new LinkException(LinkFailure.CertificateUntrusted, $"The server's certificate was issued by '{leaf.Issuer}', which is not trusted.{rest}") { Missing = found.Missing };
        }

        if (found.Flags.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            return new LinkException(LinkFailure.CertificateExpired, "A certificate of the authority that issued the server's has expired.");
        }

        if (found.Flags.HasFlag(X509ChainStatusFlags.Revoked))
        {
            return new LinkException(LinkFailure.CertificateRevoked, "The server's certificate has been revoked.");
        }

        return (found.Flags & ServerChain.RevocationFlags) != 0
            ? new LinkException(LinkFailure.RevocationUnknown, "Whether the server's certificate has been revoked could not be determined.")
            : new LinkException(LinkFailure.CertificateInvalid, $"The server's certificate is not valid: {found.Reasons}");
    }

    private bool Refuse(LinkException refusal)
    {
        Refusal = refusal;
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
