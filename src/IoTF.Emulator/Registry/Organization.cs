using System.Collections.Concurrent;
using IoTF.Emulator.Persistence;
using IoTF.Emulator.Routing;
using IoTF.Protocol.Authorization;
using IoTF.Protocol.Credentials;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Limits;
using IoTF.Protocol.Topics;
using IoTF.Protocol.Rules;

namespace IoTF.Emulator.Registry;

/// <summary>
/// One organization: who is registered in it, what it allows, what is subscribed to and retained in it. Nothing crosses from one to another.
/// A device type exists as long as a device of it is registered.
/// </summary>
internal sealed class Organization(string name, OrganizationOptions defaults, MemoryBudget memory, ChangeMark changes)
{
    private readonly ConcurrentDictionary<(string DeviceType, string DeviceId), DeviceRegistration> _devices = new();
    private readonly ConcurrentDictionary<string, ApiKeyRegistration> _apiKeys = new(StringComparer.Ordinal);
    private readonly OrganizationOptions _defaults = defaults;
    private volatile OrganizationOptions _options = defaults;
    private int _connections;

    public string Name { get; } = name;

    public OrganizationOptions Options
    {
        get => _options;
        set
        {
            _options = value;
            changes.Set();
        }
    }

    public SubscriptionIndex Subscriptions { get; } = new();

    /// <summary>What its clients can make the service keep.</summary>
    public MemoryBudget Memory => memory;

    public RetainedMessages Retained { get; } = new(memory, changes);

    /// <summary>How many clients are connected.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public void CountConnection(int change) => Interlocked.Add(ref _connections, change);

    /// <summary>Registers a device or gateway. A device id is unique within its type (protocol.md §2.1), whichever of the two it is.</summary>
    public void RegisterDevice(string deviceType, string deviceId, DeviceRegistration registration, bool replace)
    {
        lock (_devices)
        {
            if (!replace && FindDevice(deviceType, deviceId) is { } registered)
            {
                var kind = registered.Role == ClientRole.Device ? "device" : "gateway";
                throw new EmulatorException(
                    EmulatorErrorId.DeviceAlreadyRegistered,
                    $"'{deviceId}' of type '{deviceType}' is registered as a {kind} in '{Name}' already. Use its token, choose another ID, or use -Force to register it again with a new token.");
            }

            _devices[(deviceType, deviceId)] = registration;
        }

        // Who may act for the device may have changed.
        Subscriptions.Invalidate();
        changes.Set();
    }

    /// <summary>Registers a device that a gateway speaks for, unless the gateway has too many already (protocol.md §4.7).</summary>
    public bool TryRegisterBehindGateway(string deviceType, string deviceId, DeviceRegistration registration)
    {
        lock (_devices)
        {
            if (_devices.Count(device => device.Value.RegisteredBy == registration.RegisteredBy) >= ServiceLimits.DevicesPerGateway)
            {
                return false;
            }

            _devices.TryAdd((deviceType, deviceId), registration);
        }

        Subscriptions.Invalidate();
        changes.Set();
        return true;
    }

    public DeviceRegistration? FindDevice(string deviceType, string deviceId) => _devices.GetValueOrDefault((deviceType, deviceId));

    /// <summary>Whether a client that is limited to a group sees a topic: it is of a device of the group, of itself, or of no device.</summary>
    public bool Shows(string topic, ClientIdentity identity, string group) =>
        !LongTopics.TryGetDevice(topic, out var deviceType, out var deviceId)
        || (deviceType == identity.DeviceType && deviceId == identity.DeviceId)
        || FindDevice(deviceType, deviceId)?.IsIn(group) == true;

    public bool KnowsApiKey(string apiKey) => _apiKeys.ContainsKey(apiKey);

    public bool TryAddApiKey(string apiKey, ApiKeyRegistration registration)
    {
        if (!_apiKeys.TryAdd(apiKey, registration))
        {
            return false;
        }

        changes.Set();
        return true;
    }

    /// <summary>Who the client is, when user name and password are right (protocol.md §3.1).</summary>
    /// <returns>The client and what it may do; null when it is not authorized.</returns>
    public Principal? Authenticate(ClientIdentity identity, string? userName, byte[]? password) => identity.IsDeviceOrGateway
        ? AuthenticateDevice(identity, identity.DeviceType, identity.DeviceId, userName, password)
        : AuthenticateApplication(identity, userName, password);

    public EmulatorOrganization Snapshot()
    {
        var gateways = _devices.Count(device => device.Value.Role == ClientRole.Gateway);
        return new EmulatorOrganization
        {
            Name = Name,
            Options = Options,
            DeviceTypes = [.. _devices.Keys.Select(key => key.DeviceType).Distinct().Order(StringComparer.Ordinal)],
            Devices = _devices.Count - gateways,
            Gateways = gateways,
            ApiKeys = _apiKeys.Count,
            Connections = Connections,
        };
    }

    private Principal? AuthenticateDevice(ClientIdentity identity, string deviceType, string deviceId, string? userName, byte[]? password)
    {
        var device = userName == UserNames.UseTokenAuth ? FindDevice(deviceType, deviceId) : null;
        var isRight = (device?.Token ?? TokenHash.OfNobody).Matches(password) && device?.Token is not null && device.Role == identity.Role;
        return !isRight ? null : new Principal
        {
            Identity = identity,
            Organization = this,
            Registration = device,
            ResourceGroup = device!.ResourceGroup,
            RegistersDevices = identity.Role == ClientRole.Gateway && device.GatewayRole == GatewayRole.Privileged,
        };
    }

    private Principal? AuthenticateApplication(ClientIdentity identity, string? userName, byte[]? password)
    {
        var key = userName is null ? null : _apiKeys.GetValueOrDefault(userName);
        var isRight = (key?.Token ?? TokenHash.OfNobody).Matches(password) && key is not null;
        return !isRight ? null : new Principal
        {
            Identity = identity,
            Organization = this,
            ApiKey = userName,
            Permissions = key!.Role.Permissions(),
            ResourceGroup = key.ResourceGroup,
        };
    }

    /// <summary>What is registered and allowed, in its form in the file of the local service.</summary>
    public SavedOrganization Save(SavedMessages messages) => new()
    {
        Name = Name,
        Options = new SavedOptions(Options, _defaults),
        Devices = [.. _devices.Select(static device => new SavedDevice(device.Key.DeviceType, device.Key.DeviceId, device.Value))],
        ApiKeys = [.. _apiKeys.Select(static key => new SavedApiKey(key.Key, key.Value.Token.Save(), key.Value.Role.ToString(), key.Value.ResourceGroup))],
        Retained = SaveRetained(messages),
    };

    /// <summary>What was registered and allowed before a restart.</summary>
    /// <exception cref="RuleException">A name is not legal.</exception>
    /// <exception cref="ArgumentException">Something else cannot be registered.</exception>
    public void Restore(SavedOrganization saved, SavedMessages messages)
    {
        Options = saved.Options.Restore(_defaults);
        foreach (var device in saved.Devices)
        {
            IdentityRules.RequireDeviceType(device.DeviceType);
            IdentityRules.RequireDeviceId(device.DeviceId);
            RegisterDevice(device.DeviceType, device.DeviceId, device.Restore(), replace: true);
        }

        foreach (var key in saved.ApiKeys)
        {
            TryAddApiKey(key.ApiKey, new ApiKeyRegistration(new TokenHash(key.Token), Enum.Parse<ApiKeyRole>(key.Role), key.ResourceGroup));
        }

        lock (Retained)
        {
            foreach (var retained in saved.Retained)
            {
                Retained.Set(retained.Topic, messages.Restore(retained));
            }
        }
    }

    private SavedRetained[] SaveRetained(SavedMessages messages)
    {
        lock (Retained)
        {
            return [.. Retained.All.Select(messages.Save)];
        }
    }
}
