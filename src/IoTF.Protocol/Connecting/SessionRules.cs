using IoTF.Protocol.Identities;
using IoTF.Protocol.Rules;

namespace IoTF.Protocol.Connecting;

/// <summary>What a session may be, by who connects (protocol.md §2.5, §9): the service answers what is not allowed with "not authorized".</summary>
public static class SessionRules
{
    /// <summary>Says that a session cannot have what was asked for, before the service refuses it.</summary>
    /// <param name="identity">Who connects.</param>
    /// <param name="persistent">Whether the service is to keep the session while the client is away.</param>
    /// <param name="hasCredentials">Whether a token or an API key was given.</param>
    /// <exception cref="RuleException">
    /// <see cref="RuleId.QuickstartTakesNoCredentials"/>, <see cref="RuleId.QuickstartHasNoPersistentSessions"/> or
    /// <see cref="RuleId.PersistentNeedsInstanceId"/>.
    /// </exception>
    public static void Require(ClientIdentity identity, bool persistent, bool hasCredentials)
    {
        ArgumentNullException.ThrowIfNull(identity);
        if (identity.IsQuickstart && hasCredentials)
        {
            throw new RuleException(
                RuleId.QuickstartTakesNoCredentials,
                "Token",
                "Quickstart has no tokens and no API keys.",
                "Omit them, or use the organization that they belong to.");
        }

        if (identity.IsQuickstart && persistent)
        {
            throw new RuleException(
                RuleId.QuickstartHasNoPersistentSessions,
                "Persistent",
                "Quickstart has no persistent sessions.",
                "Omit -Persistent, or use an organization of your own.");
        }

        // The documentation says that the session must not be clean, the server's code refuses that; the code is followed (protocol.md §2.5).
        if (identity.IsSharedByMembers && persistent)
        {
            throw new RuleException(
                RuleId.PersistentNeedsInstanceId,
                "Persistent",
                $"A member of {identity.ClientId} without an instance ID cannot have a persistent session.",
                "Use -InstanceId for each member, or omit -Persistent.");
        }
    }
}
