using System.Text.Json.Serialization;
using IoTF.Emulator.Registry;
using IoTF.Mqtt;
using IoTF.Protocol.Authorization;
using IoTF.Protocol.Identities;

namespace IoTF.Emulator.Persistence;

/// <summary>A device or gateway.</summary>
internal sealed record SavedDevice
{
    [JsonConstructor]
    public SavedDevice()
    {
    }

    public SavedDevice(string deviceType, string deviceId, DeviceRegistration registration)
    {
        DeviceType = deviceType;
        DeviceId = deviceId;
        Role = registration.Role.ToString();
        GatewayRole = registration.Role == ClientRole.Gateway ? registration.GatewayRole.ToString() : null;
        Token = registration.Token?.Save();
        ResourceGroup = registration.ResourceGroup;
        RegisteredBy = registration.RegisteredBy;
    }

    public string DeviceType { get; init; } = "";

    public string DeviceId { get; init; } = "";

    /// <summary><c>Device</c> or <c>Gateway</c>.</summary>
    public string Role { get; init; } = "";

    public string? GatewayRole { get; init; }

    /// <summary>Null for a device that a gateway registered.</summary>
    public SavedToken? Token { get; init; }

    public string? ResourceGroup { get; init; }

    /// <summary>The ClientId of the gateway that registered it.</summary>
    public string? RegisteredBy { get; init; }

    /// <exception cref="ArgumentException">It cannot be one.</exception>
    public DeviceRegistration Restore() => new(
        Enum.Parse<ClientRole>(Role) is var role and (ClientRole.Device or ClientRole.Gateway) ? role : throw new ArgumentException($"'{Role}' is not registered"),
        Token is null ? null : new TokenHash(Token))
    {
        GatewayRole = GatewayRole is null ? default : Enum.Parse<GatewayRole>(GatewayRole),
        ResourceGroup = ResourceGroup,
        RegisteredBy = RegisteredBy,
    };
}

/// <summary>What an organization allows, where that is not what the service was started with: the rest follows the next start.</summary>
internal sealed record SavedOptions
{
    [JsonConstructor]
    public SavedOptions()
    {
    }

    public SavedOptions(OrganizationOptions options, OrganizationOptions defaults)
    {
        MaximumPayload = Changed(options.MaximumPayload, defaults.MaximumPayload);
        MaximumQoS = Changed((int)options.MaximumQoS, (int)defaults.MaximumQoS);
        AllowRetain = Changed(options.AllowRetain, defaults.AllowRetain);
        AllowInsecure = Changed(options.AllowInsecure, defaults.AllowInsecure);
        AllowPersistent = Changed(options.AllowPersistent, defaults.AllowPersistent);
        MaximumConnections = options.MaximumConnections;
    }

    public int? MaximumPayload { get; init; }

    public int? MaximumQoS { get; init; }

    public bool? AllowRetain { get; init; }

    public bool? AllowInsecure { get; init; }

    public bool? AllowPersistent { get; init; }

    public int? MaximumConnections { get; init; }

    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public OrganizationOptions Restore(OrganizationOptions defaults) =>
        MaximumPayload is < 1 or > OrganizationOptions.LargestPayload || MaximumQoS is < 0 or > (int)QualityOfService.ExactlyOnce || MaximumConnections < 0
            ? throw new ArgumentException("an organization has settings that cannot be")
            : new OrganizationOptions
            {
                MaximumPayload = MaximumPayload ?? defaults.MaximumPayload,
                MaximumQoS = (QualityOfService?)MaximumQoS ?? defaults.MaximumQoS,
                AllowRetain = AllowRetain ?? defaults.AllowRetain,
                AllowInsecure = AllowInsecure ?? defaults.AllowInsecure,
                AllowPersistent = AllowPersistent ?? defaults.AllowPersistent,
                MaximumConnections = MaximumConnections,
            };

    private static T? Changed<T>(T value, T usual)
        where T : struct, IEquatable<T> => value.Equals(usual) ? null : value;
}
