using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using IoTF.Emulator.Persistence;
using IoTF.Protocol.Credentials;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Rules;

namespace IoTF.Emulator.Registry;

/// <summary>The organisations the local service knows, and the registrations in them.</summary>
internal sealed class OrganizationRegistry
{
    private readonly ConcurrentDictionary<string, Organization> _organizations = new(StringComparer.Ordinal);
    private readonly string _defaultOrganization;
    private readonly ChangeMark _changes;

    public OrganizationRegistry(string defaultOrganization, ChangeMark changes)
    {
        _changes = changes;
        _defaultOrganization = RequireRegistrable(defaultOrganization);
        GetOrAdd(defaultOrganization);
    }

    public bool TryGet(string name, [NotNullWhen(true)] out Organization? organization) => _organizations.TryGetValue(name, out organization);

    public EmulatorCredential RegisterDevice(ClientRole role, string? organization, string deviceType, string deviceId, string? token, bool replace)
    {
        var name = RequireRegistrable(organization ?? _defaultOrganization);
        var identity = role == ClientRole.Gateway
            ? ClientIdentity.ForGateway(name, deviceType, deviceId)
            : ClientIdentity.ForDevice(name, deviceType, deviceId);
        var secret = RequireToken(token);
        GetOrAdd(name).RegisterDevice(identity, new TokenHash(secret), replace);
        _changes.Set();
        return new EmulatorCredential(role, name, UserNames.UseTokenAuth, secret) { DeviceType = deviceType, DeviceId = deviceId };
    }

    public EmulatorCredential CreateApiKey(string? organization, string? token)
    {
        var name = RequireRegistrable(organization ?? _defaultOrganization);
        var secret = RequireToken(token);
        var hash = new TokenHash(secret);
        string apiKey;
        do
        {
            apiKey = TokenGenerator.NewApiKey(name);
        }
        while (!GetOrAdd(name).TryAddApiKey(apiKey, hash));
        _changes.Set();
        return new EmulatorCredential(ClientRole.Application, name, apiKey, secret);
    }

    /// <summary>All organisations in their form in the file of the local service.</summary>
    public IReadOnlyList<SavedOrganization> Save() => [.. _organizations.Values.Select(static organization => organization.Save())];

    /// <summary>Puts back what was registered before a restart.</summary>
    /// <exception cref="RuleException">A name is not legal.</exception>
    /// <exception cref="ArgumentException">Something else cannot be registered.</exception>
    public void Restore(IReadOnlyList<SavedOrganization> saved)
    {
        foreach (var organization in saved)
        {
            GetOrAdd(IdentityRules.RequireOrganization(organization.Name)).Restore(organization);
        }
    }

    private static string RequireToken(string? token)
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
                "Nothing is registered in quickstart: its clients connect without credentials. Name another organisation.");

    private Organization GetOrAdd(string name) => _organizations.GetOrAdd(name, static name => new Organization(name));
}
