using IoTF.Emulator.Registry;
using IoTF.Protocol.Credentials;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Rules;

namespace IoTF.Emulator.Admission;

/// <summary>
/// What was wrong with a login, which the service itself never tells. User names are not repeated: a token may have been typed in their place.
/// </summary>
internal static class LoginFailure
{
    /// <summary>Says which part of a login that failed was wrong.</summary>
    public static string Describe(OrganizationRegistry registry, Organization organization, ClientIdentity identity, string userName) =>
        identity.IsDeviceOrGateway
            ? DescribeDevice(registry, organization, identity, identity.DeviceType, identity.DeviceId, userName)
            : DescribeApplication(registry, organization, userName);

    private static string DescribeDevice(
        OrganizationRegistry registry, Organization organization, ClientIdentity identity, string deviceType, string deviceId, string userName)
    {
        if (userName != UserNames.UseTokenAuth)
        {
            return $"Wrong user name: devices and gateways connect as '{UserNames.UseTokenAuth}'.";
        }

        var name = $"{Quotation.Of(deviceId)} of type {Quotation.Of(deviceType)}";
        return organization.FindDevice(deviceType, deviceId) switch
        {
            null when registry.Find(other => other.FindDevice(deviceType, deviceId) is not null) is { } elsewhere =>
                $"Wrong organization: the device {name} is registered in '{elsewhere.Name}', not in '{organization.Name}'.",
            null => $"Unknown device: {name} is not registered in '{organization.Name}'.",
            { Role: var role } when role != identity.Role =>
                $"Unknown {NameOf(identity.Role)}: {name} is registered as a {NameOf(role)}, whose ClientId begins with '{(role == ClientRole.Device ? 'd' : 'g')}:'.",
            { Token: null, RegisteredBy: var gateway } => $"The device {name} has no token of its own: the gateway {gateway} registered it.",
            _ => $"Wrong token for the {NameOf(identity.Role)} {name}.",
        };
    }

    private static string DescribeApplication(OrganizationRegistry registry, Organization organization, string userName)
    {
        if (organization.KnowsApiKey(userName))
        {
            return $"Wrong token for the API key {Quotation.Of(userName)}.";
        }

        return registry.Find(other => other.KnowsApiKey(userName)) is { } elsewhere
            ? $"Wrong organization: the API key {Quotation.Of(userName)} belongs to '{elsewhere.Name}', not to '{organization.Name}'."
            : $"Wrong user name: it is no API key of '{organization.Name}'.";
    }

    private static string NameOf(ClientRole role) => role == ClientRole.Gateway ? "gateway" : "device";
}
