using System.Diagnostics.CodeAnalysis;
using IoTF.Protocol.Rules;

namespace IoTF.Protocol.Identities;

/// <summary>Who a client is: its role and the parts of its ClientId. Two identities with the same parts are equal.</summary>
public sealed record ClientIdentity
{
    private ClientIdentity(ClientRole role, string organization)
    {
        Role = role;
        Organization = organization;
    }

    /// <summary>What the client is to the service.</summary>
    public ClientRole Role { get; }

    /// <summary>The organization (public cloud) or workspace id (Maximo), or <c>quickstart</c>.</summary>
    public string Organization { get; }

    /// <summary>The device type of a device or gateway; otherwise null.</summary>
    public string? DeviceType { get; private init; }

    /// <summary>The device id of a device or gateway; otherwise null.</summary>
    public string? DeviceId { get; private init; }

    /// <summary>The application id of an application; otherwise null.</summary>
    public string? ApplicationId { get; private init; }

    /// <summary>The instance id of a member of a scalable application, when it has one; otherwise null.</summary>
    public string? InstanceId { get; private init; }

    /// <summary>The text sent in CONNECT, such as <c>d:abc123:pump:p-001</c> (protocol.md §2.1).</summary>
    public string ClientId => Role switch
    {
        ClientRole.Device => $"d:{Organization}:{DeviceType}:{DeviceId}",
        ClientRole.Gateway => $"g:{Organization}:{DeviceType}:{DeviceId}",
        ClientRole.Application => $"a:{Organization}:{ApplicationId}",
        _ => InstanceId is null ? $"A:{Organization}:{ApplicationId}" : $"A:{Organization}:{ApplicationId}:{InstanceId}",
    };

    /// <summary>Whether the organization is <c>quickstart</c>, which has rules of its own (protocol.md §9).</summary>
    public bool IsQuickstart => Organization == IdentityRules.QuickstartOrganization;

    /// <summary>Whether many clients may be connected with this ClientId at a time: members of a scalable application without an instance id (protocol.md §2.4).</summary>
    public bool IsSharedByMembers => this is { Role: ClientRole.ScalableApplication, InstanceId: null };

    /// <summary>Whether the client is a device or a gateway, which both have a device type, a device id and a token.</summary>
    [MemberNotNullWhen(true, nameof(DeviceType), nameof(DeviceId))]
    public bool IsDeviceOrGateway => Role is ClientRole.Device or ClientRole.Gateway;

    /// <summary>Whether the client is an application of either kind, which both have an application id and an API key.</summary>
    [MemberNotNullWhen(true, nameof(ApplicationId))]
    public bool IsApplication => !IsDeviceOrGateway;

    /// <summary>The identity of a device, <c>d:org:type:id</c>.</summary>
    /// <param name="organization">The organization.</param>
    /// <param name="deviceType">The device type.</param>
    /// <param name="deviceId">The device id.</param>
    /// <returns>The identity.</returns>
    /// <exception cref="RuleException">A part is not legal.</exception>
    public static ClientIdentity ForDevice(string organization, string deviceType, string deviceId) =>
        new(ClientRole.Device, IdentityRules.RequireOrganization(organization))
        {
            DeviceType = IdentityRules.RequireDeviceType(deviceType),
            DeviceId = IdentityRules.RequireDeviceId(deviceId),
        };

    /// <summary>The identity of a gateway, <c>g:org:type:id</c>.</summary>
    /// <param name="organization">The organization; not <c>quickstart</c>.</param>
    /// <param name="deviceType">The device type of the gateway.</param>
    /// <param name="deviceId">The device id of the gateway.</param>
    /// <returns>The identity.</returns>
    /// <exception cref="RuleException">A part is not legal, or quickstart was asked for.</exception>
    public static ClientIdentity ForGateway(string organization, string deviceType, string deviceId)
    {
        if (organization == IdentityRules.QuickstartOrganization)
        {
            throw new RuleException(
                RuleId.QuickstartHasNoGateways,
                "Organization",
                "The quickstart service knows no gateways.",
                "Connect as a device, or name an organization of your own.");
        }

        return new(ClientRole.Gateway, IdentityRules.RequireOrganization(organization))
        {
            DeviceType = IdentityRules.RequireDeviceType(deviceType),
            DeviceId = IdentityRules.RequireDeviceId(deviceId),
        };
    }

    /// <summary>The identity of an application, <c>a:org:app</c>.</summary>
    /// <param name="organization">The organization.</param>
    /// <param name="applicationId">The application id, free to choose, one for each running application.</param>
    /// <returns>The identity.</returns>
    /// <exception cref="RuleException">A part is not legal.</exception>
    public static ClientIdentity ForApplication(string organization, string applicationId) =>
        new(ClientRole.Application, IdentityRules.RequireOrganization(organization))
        {
            ApplicationId = IdentityRules.RequireApplicationId(applicationId),
        };

    /// <summary>The identity of a member of a scalable application, <c>A:org:app</c> or <c>A:org:app:instance</c>.</summary>
    /// <param name="organization">The organization; not <c>quickstart</c>.</param>
    /// <param name="applicationId">The application id that all members share.</param>
    /// <param name="instanceId">What tells this member from the others, or null; only members that have one can be persistent.</param>
    /// <returns>The identity.</returns>
    /// <exception cref="RuleException">A part is not legal, or quickstart was asked for.</exception>
    public static ClientIdentity ForScalableApplication(string organization, string applicationId, string? instanceId = null)
    {
        if (organization == IdentityRules.QuickstartOrganization)
        {
            throw new RuleException(
                RuleId.QuickstartHasNoScalableApplications,
                "Organization",
                "The quickstart service knows no scalable applications.",
                "Connect as an ordinary application, or name an organization of your own.");
        }

        return new(ClientRole.ScalableApplication, IdentityRules.RequireOrganization(organization))
        {
            ApplicationId = IdentityRules.RequireApplicationId(applicationId),
            InstanceId = instanceId is null ? null : IdentityRules.RequireInstanceId(instanceId),
        };
    }

    /// <summary>Reads a ClientId as the service does (protocol.md §2.1, §3.3).</summary>
    /// <param name="clientId">The ClientId of a CONNECT.</param>
    /// <param name="identity">The identity, or null when the ClientId is rejected.</param>
    /// <param name="rejection">Which answer the service gives: none, CONNACK 2 or CONNACK 5.</param>
    /// <returns>True when the service accepts the ClientId.</returns>
    public static bool TryParse(string clientId, [NotNullWhen(true)] out ClientIdentity? identity, out ClientIdRejection rejection)
    {
        ArgumentNullException.ThrowIfNull(clientId);
        identity = null;
        rejection = HasIllegalCharacter(clientId) ? ClientIdRejection.IdentifierRejected : Match(clientId, out identity);
        return identity is not null;
    }

    /// <summary>The ClientId; it holds no secret.</summary>
    /// <returns>The ClientId.</returns>
    public override string ToString() => ClientId;

    private static ClientIdRejection Match(string clientId, out ClientIdentity? identity)
    {
        identity = null;
        if (clientId.Length < 2 || clientId[1] != ':')
        {
            return ClientIdRejection.NotAuthorized;
        }

        // The last variable takes all the rest, so a surplus colon ends up inside an id and fails the check of its characters.
        var rest = clientId[2..];
        switch (clientId[0])
        {
            case 'd' or 'g':
                var device = rest.Split(':', 3);
                return device.Length < 3 || Array.Exists(device, part => part.Length == 0)
                    ? ClientIdRejection.NotAuthorized
                    : MatchDevice(clientId[0] == 'd' ? ClientRole.Device : ClientRole.Gateway, device, out identity);
            case 'a':
                var application = rest.Split(':', 2);
                return application.Length < 2 || Array.Exists(application, part => part.Length == 0)
                    ? ClientIdRejection.NotAuthorized
                    : MatchApplication(ClientRole.Application, application, out identity);
            case 'A':
                // The form with an instance is tried first; with an empty instance only the form without one matches.
                var member = rest.Split(':', 3);
                if (member.Length == 3 && member[2].Length == 0)
                {
                    member = rest.Split(':', 2);
                }

                return member.Length < 2 || Array.Exists(member, part => part.Length == 0)
                    ? ClientIdRejection.NotAuthorized
                    : MatchApplication(ClientRole.ScalableApplication, member, out identity);
            default:
                return ClientIdRejection.NotAuthorized;
        }
    }

    private static ClientIdRejection MatchDevice(ClientRole role, string[] parts, out ClientIdentity? identity)
    {
        identity = null;
        if (!MayExist(role, parts[0]))
        {
            return ClientIdRejection.NotAuthorized;
        }

        if (!IdentityRules.IsPart(parts[1]) || !IdentityRules.IsPart(parts[2]))
        {
            return ClientIdRejection.IdentifierRejected;
        }

        identity = new(role, parts[0]) { DeviceType = parts[1], DeviceId = parts[2] };
        return ClientIdRejection.None;
    }

    private static ClientIdRejection MatchApplication(ClientRole role, string[] parts, out ClientIdentity? identity)
    {
        identity = null;
        if (!MayExist(role, parts[0]))
        {
            return ClientIdRejection.NotAuthorized;
        }

        if (!Array.TrueForAll(parts[1..], part => IdentityRules.IsPart(part)))
        {
            return ClientIdRejection.IdentifierRejected;
        }

        identity = new(role, parts[0]) { ApplicationId = parts[1], InstanceId = parts.Length > 2 ? parts[2] : null };
        return ClientIdRejection.None;
    }

    // An organization that cannot exist is answered as one that does not exist.
    private static bool MayExist(ClientRole role, string organization) => IdentityRules.IsOrganization(organization)
        && (organization != IdentityRules.QuickstartOrganization || role is ClientRole.Device or ClientRole.Application);

    private static bool HasIllegalCharacter(string clientId)
    {
        foreach (var rune in clientId.AsSpan().EnumerateRunes())
        {
            if (rune.Value is '+' or '#' or '/' or 0xFFFD || System.Text.Rune.IsControl(rune))
            {
                return true;
            }
        }

        return false;
    }
}
