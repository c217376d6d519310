using System.Management.Automation;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using IoTF.Client.Connecting;
using IoTF.PowerShell.Certificates;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Parameters;
using IoTF.Protocol.Identities;

namespace IoTF.PowerShell.Commands;

/// <content>Client certificates, and the identity that they name.</content>
public abstract partial class ConnectIoTFCommandBase
{
    private ClientCertificate? _clientCertificate;

    /// <summary>
    /// A certificate with its private key that identifies the client: a PEM or PFX file, an X509Certificate2, a path of the <c>Cert:</c> drive or a
    /// thumbprint. Device type and id, or the application id, may be left out when it names them.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    public object? Certificate { get; set; }

    /// <summary>The PEM file of the private key, when it is not in that of the certificate.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? CertificateKey { get; set; }

    /// <summary>The password of the PFX file, or of the private key.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SecretTransformation]
    public SecureString? CertificatePassword { get; set; }

    /// <summary>What there is to say about the dates of the certificate; null when nothing.</summary>
    private protected string? CertificateNotice => _clientCertificate is { } used && UntilExpiry(used) < ClientCertificate.ExpiryNotice
        ? $"The client certificate '{used.Certificate.Subject}' expires on {used.Certificate.NotAfter.ToUniversalTime():u}: renew it."
        : null;

    /// <summary>Type and id of a device or gateway, as given or as the certificate names them (protocol.md §3.2).</summary>
    private protected (string DeviceType, string DeviceId) FindDevice(ClientRole role, string? deviceType, string? deviceId)
    {
        if (deviceType is null || deviceId is null)
        {
            var named = (_clientCertificate?.Names ?? []).Where(name =>
                name.Role == role && (deviceType ?? name.DeviceType) == name.DeviceType && (deviceId is null || name.DeviceId is null || name.DeviceId == deviceId)).ToList();
            if (named is [var only])
            {
                (deviceType, deviceId) = (only.DeviceType, deviceId ?? only.DeviceId);
            }
        }

        return deviceType is not null && deviceId is not null
            ? (deviceType, deviceId)
            : throw Refuse(
                ErrorIds.DeviceNeeded,
                $"The device {(deviceType is null ? "type" : "id")} was not given{(_clientCertificate is null ? "" : ", and the client certificate does not contain it")}.",
                deviceType is null
                    ? Ways("-DeviceType", "identity.typeId", "WIOTP_IDENTITY_TYPEID")
                    : Ways("-DeviceId", "identity.deviceId", "WIOTP_IDENTITY_DEVICEID"));
    }

    /// <summary>
    /// The application id, as given or as the certificate names it; a new random one otherwise, but not for a session that is to be found again.
    /// </summary>
    private protected string FindApplication(string organization, string? applicationId) =>
        applicationId
        ?? (_clientCertificate?.Names.Where(name => name.Role == ClientRole.Application).ToList() is [var only] ? only.ApplicationId : null)
        ?? (!Persistent || organization == IdentityRules.QuickstartOrganization
            ? Guid.NewGuid().ToString()
            : throw Refuse(
                ErrorIds.ApplicationIdNeeded,
                "A persistent session is found again by its application id. A random one would leave a session on the service at every run that nobody can resume.",
                Ways("-ApplicationId, the same at every run", "identity.appId", "WIOTP_IDENTITY_APPID")));

    /// <summary>An application, or a member of a scalable one, which is told by <c>-Scalable</c> or an instance id.</summary>
    private protected ClientIdentity MakeApplication(string organization, string? applicationId, bool scalable, string? instanceId)
    {
        if (!scalable && instanceId is null)
        {
            return ClientIdentity.ForApplication(organization, FindApplication(organization, applicationId));
        }

        return ClientIdentity.ForScalableApplication(
            organization,
            applicationId ?? throw Refuse(
                ErrorIds.ApplicationIdNeeded,
                "A member of a scalable application needs an application ID, and none was given.",
                Ways("-ApplicationId, the same for each member", "identity.appId", "WIOTP_IDENTITY_APPID")),
            instanceId);
    }

    /// <summary>The organization, as given or as the API key tells with certainty.</summary>
    private protected string FindOrganization(string? apiKey) =>
        Organization
        ?? (Protocol.Credentials.ApiKey.TryGetOrganization(apiKey, out var organization) ? organization : null)
        ?? throw Refuse(
            ErrorIds.OrganizationNeeded,
            apiKey is null ? "The organization was not given." : "The organization was not given, and the API key does not contain it unambiguously.",
            Ways("-Organization", "identity.orgId", "WIOTP_IDENTITY_ORGID"));

    private ClientCertificate? ReadCertificate()
    {
        if (Certificate is null)
        {
            return CertificateKey is null && CertificatePassword is null
                ? null
                : throw Refuse(ErrorIds.CertificateUnusable, "A key or a password of a certificate was given without the certificate.", "Add -Certificate.");
        }

        try
        {
            var reader = new CertificateReader(SessionState.Path) { WithPrivateKey = true, Password = CertificatePassword };
            var found = CertificateKey is null ? reader.Read(Certificate) : reader.ReadPair(Certificate, CertificateKey);
            if (!found.Any(certificate => certificate.HasPrivateKey))
            {
                throw Refuse(
                    ErrorIds.CertificateUnusable,
                    $"The certificate '{found[0].Subject}' has no private key and cannot be used for client authentication.",
                    "Use -CertificateKey, a PFX file, or a PEM file that contains the key.");
            }

            var read = new ClientCertificate(found);
            return InDates(read)
                ? read
                : throw Refuse(
                    ErrorIds.ClientCertificateExpired,
                    $"The client certificate '{read.Certificate.Subject}' is valid from {read.Certificate.NotBefore.ToUniversalTime():u} to {read.Certificate.NotAfter.ToUniversalTime():u}, and it is {DateTime.UtcNow:u}.",
                    "Renew it; check the clock of this machine.");
        }
        catch (CertificateReadException exception)
        {
            throw Refuse(
                ErrorIds.CertificateUnusable,
                exception.Message,
                exception.NextStep ?? "Use -Certificate with a PEM or PFX file with the private key, an X509Certificate2, a path of the Cert: drive or a thumbprint.");
        }
    }

    private X509Certificate2Collection? ReadAuthorities()
    {
        try
        {
            return CACertificate is null ? null : new CertificateReader(SessionState.Path).Read(CACertificate);
        }
        catch (CertificateReadException exception)
        {
            throw Refuse(
                ErrorIds.CACertificateUnusable,
                exception.Message,
                exception.NextStep ?? "Give -CACertificate a PEM or DER file, or certificates.");
        }
    }

    private void RequireNamed(ClientIdentity identity)
    {
        if (_clientCertificate is { Names: { Count: > 0 } names } && !names.Any(name => name.Names(identity)))
        {
            throw Refuse(
                ErrorIds.CertificateNamesAnother,
                $"The client certificate is not for {identity.ClientId}: it contains {string.Join(", ", names.Select(name => $"'{name}'"))}.",
                "Use the certificate of this client, or connect as the client in the certificate.");
        }
    }

    private static TimeSpan UntilExpiry(ClientCertificate certificate) => certificate.Certificate.NotAfter.ToUniversalTime() - DateTime.UtcNow;

    private static bool InDates(ClientCertificate certificate) =>
        UntilExpiry(certificate) > TimeSpan.Zero && certificate.Certificate.NotBefore.ToUniversalTime() <= DateTime.UtcNow;
}
