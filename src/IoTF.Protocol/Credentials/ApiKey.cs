using System.Diagnostics.CodeAnalysis;
using IoTF.Protocol.Identities;

namespace IoTF.Protocol.Credentials;

/// <summary>An application's API key, <c>a-organization-random</c> (protocol.md §3.1). The key is a name, not a secret; its token is.</summary>
public static class ApiKey
{
    /// <summary>
    /// Reads the organization out of an API key, only when there is no doubt. An organization may hold hyphens itself, and so may the random part; a key
    /// with more than three parts can therefore be read in more than one way, and then the organization must be given.
    /// </summary>
    /// <param name="apiKey">The API key.</param>
    /// <param name="organization">The organization, or null.</param>
    /// <returns>True when the key has exactly the three parts <c>a</c>, organization and random.</returns>
    public static bool TryGetOrganization(string? apiKey, [NotNullWhen(true)] out string? organization)
    {
        organization = null;
        var parts = (apiKey ?? "").Split('-');
        if (parts is not ["a", var middle, { Length: > 0 }] || !IdentityRules.IsOrganization(middle))
        {
            return false;
        }

        organization = middle;
        return true;
    }
}
