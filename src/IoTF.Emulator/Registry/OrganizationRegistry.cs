using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using IoTF.Protocol.Authorization;
using IoTF.Emulator.Persistence;
using IoTF.Protocol.Credentials;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Rules;

namespace IoTF.Emulator.Registry;

/// <summary>The organizations the local service knows, and the registrations in them. Quickstart is one from the start (protocol.md §9).</summary>
internal sealed class OrganizationRegistry
{
    private readonly ConcurrentDictionary<string, Organization> _organizations = new(StringComparer.Ordinal);
    private readonly string _defaultOrganization;
    private readonly OrganizationOptions _defaults;
    private readonly long _memory;
    private readonly ChangeMark _changes;

    public OrganizationRegistry(EmulatorOptions options, ChangeMark changes)
    {
        _changes = changes;
        _memory = options.OrganizationBytes;
        _defaults = new OrganizationOptions { MaximumPayload = options.MaximumPayload, AllowInsecure = options.OfferPlainText };
        _defaultOrganization = RequireRegistrable(options.Organization);
        GetOrAdd(options.Organization);
        GetOrAdd(IdentityRules.QuickstartOrganization);
    }

    /// <summary>All organizations, in order.</summary>
    public IReadOnlyList<EmulatorOrganization> Snapshot() =>
        [.. _organizations.Values.Select(organization => organization.Snapshot()).OrderBy(organization => organization.Name, StringComparer.Ordinal)];

    public bool TryGet(string name, [NotNullWhen(true)] out Organization? organization) => _organizations.TryGetValue(name, out organization);

    /// <summary>An organization of which something is true; null when there is none.</summary>
    public Organization? Find(Func<Organization, bool> condition) => _organizations.Values.FirstOrDefault(condition);

    /// <summary>Changes what an organization allows; a new one is made.</summary>
    public EmulatorOrganization Configure(string? name, Func<OrganizationOptions, OrganizationOptions> change)
    {
        name = IdentityRules.RequireOrganization(name ?? _defaultOrganization);
        var known = _organizations.GetValueOrDefault(name);
        var options = change(known?.Options ?? DefaultsOf(name));
        if (name == IdentityRules.QuickstartOrganization && !KeepsQuickstartRules(options))
        {
            throw new EmulatorException(
                EmulatorErrorId.QuickstartRulesAreFixed,
                "Quickstart is always without TLS, without persistent sessions and without retained messages. Change the payload, the QoS or the connections, or use another organization.");
        }

        if (options.MaximumPayload is < 1 or > OrganizationOptions.LargestPayload || !Enum.IsDefined(options.MaximumQoS) || options.MaximumConnections < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(change), "A payload has 1 byte to 64 MiB, a QoS is 0 to 2, and connections are not negative.");
        }

        var organization = GetOrAdd(name);
        organization.Options = options;
        return organization.Snapshot();
    }

    /// <summary>Registers a device or gateway under a token, which is made when none is given.</summary>
    public EmulatorCredential RegisterDevice(
        string? organization, string deviceType, string deviceId, string? token, DeviceRegistration registration, bool replace)
    {
        var name = RequireRegistrable(organization ?? _defaultOrganization);
        IdentityRules.RequireDeviceType(deviceType);
        IdentityRules.RequireDeviceId(deviceId);
        var secret = RequireDeviceToken(token);
        GetOrAdd(name).RegisterDevice(deviceType, deviceId, registration with { Token = new TokenHash(secret) }, replace);
        return new EmulatorCredential(registration.Role, name, UserNames.UseTokenAuth, secret) { DeviceType = deviceType, DeviceId = deviceId };
    }

    public EmulatorCredential CreateApiKey(string? organization, string? token, ApiKeyRole role, string? resourceGroup)
    {
        var name = RequireRegistrable(organization ?? _defaultOrganization);
        var secret = token is null ? TokenGenerator.NewToken() : ApiKeyToken.Require(token);
        var registration = new ApiKeyRegistration(new TokenHash(secret), role, resourceGroup);
        string apiKey;
        do
        {
            apiKey = TokenGenerator.NewApiKey(name);
        }
        while (!GetOrAdd(name).TryAddApiKey(apiKey, registration));
        return new EmulatorCredential(ClientRole.Application, name, apiKey, secret);
    }

    /// <summary>All organizations in their form in the file of the local service.</summary>
    public IReadOnlyList<SavedOrganization> Save(SavedMessages messages) => [.. _organizations.Values.Select(organization => organization.Save(messages))];

    /// <summary>Puts back what was registered before a restart.</summary>
    /// <exception cref="RuleException">A name is not legal.</exception>
    /// <exception cref="ArgumentException">Something else cannot be registered.</exception>
    public void Restore(IReadOnlyList<SavedOrganization> saved, SavedMessages messages)
    {
        foreach (var organization in saved)
        {
            if (organization.Name == IdentityRules.QuickstartOrganization
                && (organization.Devices.Count + organization.ApiKeys.Count > 0 || !KeepsQuickstartRules(organization.Options.Restore(DefaultsOf(organization.Name)))))
            {
                throw new ArgumentException("quickstart has registrations or invalid settings");
            }

            GetOrAdd(IdentityRules.RequireOrganization(organization.Name)).Restore(organization, messages);
        }
    }

    /// <summary>Whether quickstart is without TLS, without persistent sessions and without retained messages, as it always is (protocol.md §9).</summary>
    private static bool KeepsQuickstartRules(OrganizationOptions options) => options is { AllowInsecure: true, AllowPersistent: false, AllowRetain: false };

    private static string RequireDeviceToken(string? token)
    {
        if (token is null)
        {
            return TokenGenerator.NewToken();
        }

        DeviceToken.Require(token);
        return token;
    }

    private static string RequireRegistrable(string organization) =>
        IdentityRules.RequireOrganization(organization) != IdentityRules.QuickstartOrganization
            ? organization
            : throw new EmulatorException(
                EmulatorErrorId.QuickstartHasNoRegistrations,
                "Nothing is registered in quickstart: its clients connect without credentials. Use another organization.");

    private Organization GetOrAdd(string name) => _organizations.GetOrAdd(
        name, static (name, registry) => new Organization(name, registry.DefaultsOf(name), new MemoryBudget(registry._memory), registry._changes), this);

    private OrganizationOptions DefaultsOf(string name) =>
        name == IdentityRules.QuickstartOrganization ? _defaults with { AllowInsecure = true, AllowPersistent = false } : _defaults;
}
