using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using IoTF.Protocol.Identities;

namespace IoTF.Client.Connecting;

/// <summary>A certificate that identifies a client, with what it says about it.</summary>
public sealed class ClientCertificate
{
    /// <summary>How long before its end a certificate is said to be about to expire.</summary>
    public static readonly TimeSpan ExpiryNotice = TimeSpan.FromDays(30);

    private const string CommonName = "2.5.4.3";
    private const string AlternativeNames = "2.5.29.17";

    /// <summary>Takes the certificate that has a private key; the others are those of its issuers, which are sent with it.</summary>
    /// <param name="certificates">At least one with a private key.</param>
    public ClientCertificate(X509Certificate2Collection certificates)
    {
        Certificate = certificates.First(certificate => certificate.HasPrivateKey);
        Issuers = [.. certificates.Where(certificate => certificate != Certificate)];
        Names = [.. NamesOf(Certificate).Select(text => CertificateName.TryParse(text, out var name) ? name : null).OfType<CertificateName>().Distinct()];
    }

    /// <summary>The certificate with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The certificates between it and its authority; may be empty.</summary>
    public X509Certificate2Collection Issuers { get; }

    /// <summary>Whom it names (protocol.md §3.2); none when its names are not of the service's form.</summary>
    public IReadOnlyList<CertificateName> Names { get; }

    private static IEnumerable<string> NamesOf(X509Certificate2 certificate)
    {
        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            if (!part.HasMultipleElements && part.GetSingleElementType().Value == CommonName && part.GetSingleElementValue() is { } name)
            {
                yield return name;
            }
        }

        foreach (var extension in certificate.Extensions.Where(extension => extension.Oid?.Value == AlternativeNames))
        {
            foreach (var name in MailNamesOf(extension.RawData))
            {
                yield return name;
            }
        }
    }

    /// <summary>The rfc822Names of a subjectAltName (RFC 5280 §4.2.1.6).</summary>
    private static List<string> MailNamesOf(byte[] alternativeNames)
    {
        var mail = new Asn1Tag(TagClass.ContextSpecific, 1);
        var names = new List<string>();
        try
        {
            var sequence = new AsnReader(alternativeNames, AsnEncodingRules.DER).ReadSequence();
            while (sequence.HasData)
            {
                if (sequence.PeekTag().HasSameClassAndValue(mail))
                {
                    names.Add(sequence.ReadCharacterString(UniversalTagNumber.IA5String, mail));
                }
                else
                {
                    sequence.ReadEncodedValue();
                }
            }
        }
        catch (AsnContentException)
        {
            // A certificate that is broken here names nobody; the server will say what it thinks of it.
        }

        return names;
    }
}
