using System.Diagnostics.CodeAnalysis;

namespace IoTF.Protocol.Identities;

/// <summary>
/// Whom a client certificate names, in its common name or in an e-mail alternative name (protocol.md §3.2): <c>d:type:id</c>, <c>g:type:id</c> or
/// <c>a:application</c>. The organization is not in it.
/// </summary>
public sealed record CertificateName
{
    private CertificateName(ClientRole role) => Role = role;

    /// <summary>The role; that of scalable applications is named as <see cref="ClientRole.Application"/>.</summary>
    public ClientRole Role { get; }

    /// <summary>The device type of a device or gateway; otherwise null.</summary>
    public string? DeviceType { get; private init; }

    /// <summary>The device id; null when any device of the type is meant (<c>d:type:</c>), and for applications.</summary>
    public string? DeviceId { get; private init; }

    /// <summary>The application id of an application; otherwise null.</summary>
    public string? ApplicationId { get; private init; }

    /// <summary>Reads a name.</summary>
    /// <param name="text">A common name or e-mail name of a certificate.</param>
    /// <param name="name">Whom it names, or null.</param>
    /// <returns>False for names that are not of the service's form, which say nothing about the client.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out CertificateName? name)
    {
        name = text.Split(':') switch
        {
            [var role and ("d" or "g"), var type, var id] when IdentityRules.IsPart(type) && (id.Length == 0 || IdentityRules.IsPart(id)) =>
                new CertificateName(role == "d" ? ClientRole.Device : ClientRole.Gateway) { DeviceType = type, DeviceId = id.Length == 0 ? null : id },
            ["a", var application] when IdentityRules.IsPart(application) => new CertificateName(ClientRole.Application) { ApplicationId = application },
            _ => null,
        };
        return name is not null;
    }

    /// <summary>Whether the service would take the certificate for this client's.</summary>
    public bool Names(ClientIdentity identity) => identity.IsApplication
        ? Role == ClientRole.Application && ApplicationId == identity.ApplicationId
        : Role == identity.Role && DeviceType == identity.DeviceType && (DeviceId is null || DeviceId == identity.DeviceId);

    /// <summary>The name as it stands in the certificate.</summary>
    public override string ToString() => Role == ClientRole.Application
        ? $"a:{ApplicationId}"
        : $"{(Role == ClientRole.Device ? 'd' : 'g')}:{DeviceType}:{DeviceId}";
}
