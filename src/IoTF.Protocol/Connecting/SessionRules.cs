using IoTF.Protocol.Identities;
using IoTF.Protocol.Rules;

namespace IoTF.Protocol.Connecting;

/// <summary>What a session may be, by who connects (protocol.md §2.5, §9): the service answers what is not allowed with "not authorised".</summary>
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
                "The quickstart service is open to everybody and takes no token and no API key.",
                "Leave them out, or name the organisation that they belong to.");
        }

        if (identity.IsQuickstart && persistent)
        {
            throw new RuleException(
                RuleId.QuickstartHasNoPersistentSessions,
                "Persistent",
                "The quickstart service keeps no sessions.",
                "Connect without asking for a persistent session, or name an organisation of your own.");
        }

        // The documentation says that the session must not be clean, the server's code refuses that; the code is followed (protocol.md §2.5).
        if (identity.IsSharedByMembers && persistent)
        {
            throw new RuleException(
                RuleId.PersistentNeedsInstanceId,
                "Persistent",
                $"The members of {identity.ClientId} cannot be told apart, so the service keeps no session for one of them.",
                "Give each member an instance id, or connect without asking for a persistent session.");
        }
    }
}
