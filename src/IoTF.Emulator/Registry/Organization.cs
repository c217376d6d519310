using System.Collections.Concurrent;
using IoTF.Emulator.Persistence;
using IoTF.Emulator.Routing;
using IoTF.Protocol.Credentials;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Rules;

namespace IoTF.Emulator.Registry;

/// <summary>One organisation: who is registered in it, and what is subscribed to in it. Nothing crosses from one to another.</summary>
internal sealed class Organization(string name)
{
    private readonly ConcurrentDictionary<(ClientRole Role, string DeviceType, string DeviceId), TokenHash> _devices = new();
    private readonly ConcurrentDictionary<string, TokenHash> _apiKeys = new(StringComparer.Ordinal);

    public string Name { get; } = name;

    public SubscriptionIndex Subscriptions { get; } = new();

    /// <summary>Registers a device or gateway. A device id is unique within its type (protocol.md §2.1), whichever of the two it is.</summary>
    public void RegisterDevice(ClientIdentity identity, TokenHash token, bool replace)
    {
        lock (_devices)
        {
            var other = identity.Role == ClientRole.Device ? ClientRole.Gateway : ClientRole.Device;
            var registered = _devices.ContainsKey((identity.Role, identity.DeviceType!, identity.DeviceId!));
            var asOther = _devices.ContainsKey((other, identity.DeviceType!, identity.DeviceId!));
            if ((registered || asOther) && !replace)
            {
                var kind = (asOther ? other : identity.Role) == ClientRole.Device ? "device" : "gateway";
                throw new EmulatorException(
                    EmulatorErrorId.DeviceAlreadyRegistered,
                    $"'{identity.DeviceId}' of type '{identity.DeviceType}' is registered as a {kind} in '{Name}' already. Use its token, choose another id, or force a new registration with a new token.");
            }

            _devices.TryRemove((other, identity.DeviceType!, identity.DeviceId!), out _);
            _devices[(identity.Role, identity.DeviceType!, identity.DeviceId!)] = token;
        }
    }

    public bool TryAddApiKey(string apiKey, TokenHash token) => _apiKeys.TryAdd(apiKey, token);

    /// <summary>Whether user name and password are those of the client (protocol.md §3.1).</summary>
    public bool Authenticates(ClientIdentity identity, string? userName, byte[]? password)
    {
        var known = identity.IsDeviceOrGateway
            ? userName == UserNames.UseTokenAuth ? _devices.GetValueOrDefault((identity.Role, identity.DeviceType, identity.DeviceId)) : null
            : userName is null ? null : _apiKeys.GetValueOrDefault(userName);
        return (known ?? TokenHash.OfNobody).Matches(password) && known is not null;
    }

    /// <summary>What is registered, in its form in the file of the local service.</summary>
    public SavedOrganization Save() => new()
    {
        Name = Name,
        Devices = [.. _devices.Select(static device => new SavedDevice(device.Key.Role.ToString(), device.Key.DeviceType, device.Key.DeviceId, device.Value.Save()))],
        ApiKeys = [.. _apiKeys.Select(static key => new SavedApiKey(key.Key, key.Value.Save()))],
    };

    /// <summary>What was registered before a restart.</summary>
    /// <exception cref="RuleException">A name is not legal.</exception>
    /// <exception cref="ArgumentException">Something else cannot be registered.</exception>
    public void Restore(SavedOrganization saved)
    {
        foreach (var device in saved.Devices)
        {
            var identity = Enum.Parse<ClientRole>(device.Role) == ClientRole.Gateway
                ? ClientIdentity.ForGateway(Name, device.DeviceType, device.DeviceId)
                : ClientIdentity.ForDevice(Name, device.DeviceType, device.DeviceId);
            RegisterDevice(identity, new TokenHash(device.Token), replace: true);
        }

        foreach (var key in saved.ApiKeys)
        {
            TryAddApiKey(key.ApiKey, new TokenHash(key.Token));
        }
    }
}
