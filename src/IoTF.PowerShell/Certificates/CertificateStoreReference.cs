using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace IoTF.PowerShell.Certificates;

/// <summary>
/// A certificate of this machine's stores: <c>Cert:\CurrentUser\My\thumbprint</c>, which is understood where PowerShell has no such drive, too, or the
/// thumbprint alone (SHA-1, or SHA-256), which is looked for in the personal stores of the user and of the machine.
/// </summary>
internal sealed partial class CertificateStoreReference
{
    private readonly string _thumbprint;
    private readonly (StoreLocation Location, string Name)[] _stores;

    private CertificateStoreReference(string thumbprint, params (StoreLocation, string)[] stores) => (_thumbprint, _stores) = (thumbprint, stores);

    /// <summary>Recognizes a reference.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out CertificateStoreReference? reference)
    {
        reference = null;
        if (StorePath().Match(text.Trim()) is { Success: true } path)
        {
            reference = new CertificateStoreReference(
                path.Groups["thumbprint"].Value, (Enum.Parse<StoreLocation>(path.Groups["location"].Value, ignoreCase: true), path.Groups["store"].Value));
        }
        else if (Thumbprint().IsMatch(text.Trim()))
        {
            reference = new CertificateStoreReference(text.Trim(), (StoreLocation.CurrentUser, "My"), (StoreLocation.LocalMachine, "My"));
        }

        return reference is not null;
    }

    /// <summary>Finds the certificate.</summary>
    /// <exception cref="CertificateReadException">It is not there.</exception>
    public X509Certificate2 Find() =>
        _stores.Select(store => FindIn(store.Location, store.Name)).FirstOrDefault(found => found is not null)
        ?? throw new CertificateReadException(
            $"There is no certificate with the thumbprint {_thumbprint} in {string.Join(" or ", _stores.Select(store => $@"Cert:\{store.Location}\{store.Name}"))}.");

    private X509Certificate2? FindIn(StoreLocation location, string name)
    {
        try
        {
            using var store = new X509Store(name, location, OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
            return store.Certificates.FirstOrDefault(certificate =>
                _thumbprint.Equals(certificate.Thumbprint, StringComparison.OrdinalIgnoreCase)
                || _thumbprint.Equals(certificate.GetCertHashString(HashAlgorithmName.SHA256), StringComparison.OrdinalIgnoreCase));
        }
        catch (Exception fault) when (fault is CryptographicException or PlatformNotSupportedException)
        {
            // Not every platform has each of the stores.
            return null;
        }
    }

    [GeneratedRegex(@"^cert:[\\/]*(?<location>CurrentUser|LocalMachine)[\\/]+(?<store>[^\\/]+)[\\/]+(?<thumbprint>[0-9A-F]{64}|[0-9A-F]{40})\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex StorePath();

    [GeneratedRegex(@"^([0-9A-F]{64}|[0-9A-F]{40})\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Thumbprint();
}
