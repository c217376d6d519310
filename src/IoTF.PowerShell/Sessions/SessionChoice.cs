using IoTF.PowerShell.Errors;

namespace IoTF.PowerShell.Sessions;

/// <summary>Which session a cmdlet uses. A message sent from the wrong device is worse than an error, so nothing is guessed.</summary>
internal static class SessionChoice
{
    /// <summary>The session that a cmdlet uses.</summary>
    /// <param name="wanted">What <c>-Session</c> gave: a session, or a name or ClientId with wildcards; null when it was not given.</param>
    /// <param name="isAble">Whether the role of a session can do what was asked.</param>
    /// <param name="task">What was asked, to be said in errors: "send an event".</param>
    /// <param name="able">Which roles can do it, to be said in errors: "a device or a gateway".</param>
    /// <exception cref="IoTFException">None fits, or more than one.</exception>
    public static IoTFSession Choose(object? wanted, Func<IoTFSession, bool> isAble, string task, string able)
    {
        var candidates = Candidates(wanted);
        if (wanted is not null && candidates.Count == 1)
        {
            return RequireAble(candidates[0], isAble, task, able);
        }

        // Asked for each call of a Send- cmdlet, so it costs no more than it must.
        IoTFSession? first = null;
        var count = 0;
        foreach (var session in candidates)
        {
            if (IsFitting(session))
            {
                first ??= session;
                count++;
            }
        }

        return count switch
        {
            1 => first!,
            0 => throw new IoTFException(
                ErrorIds.NoSession,
                $"No open session can {task}; that requires {able}. {Describe(wanted is null ? SessionPool.Current.All : candidates)}",
                "Connect with Connect-IoTFDevice, Connect-IoTFGateway or Connect-IoTFApplication, or select a session with -Session."),
            _ => throw new IoTFException(
                ErrorIds.SeveralSessions,
                $"{count} open sessions can {task}: {string.Join(", ", candidates.Where(IsFitting).Select(session => session.Name))}.",
                "Select one with -Session."),
        };

        bool IsFitting(IoTFSession session) => session.IsUsable && isAble(session);
    }

    /// <summary>The sessions that <c>-Session</c> means; all of the pool when it was not given.</summary>
    /// <exception cref="IoTFException">It is neither a session nor a name.</exception>
    public static IReadOnlyList<IoTFSession> Candidates(object? wanted)
    {
        var value = wanted is System.Management.Automation.PSObject wrapped ? wrapped.BaseObject : wanted;
        return value switch
        {
            null => SessionPool.Current.All,
            IoTFSession session => [session],
            string pattern => SessionPool.Current.Find(pattern),
            object[] { Length: 1 } one => Candidates(one[0]),
            _ => throw new IoTFException(
                ErrorIds.NoSession,
                $"-Session does not accept a value of type {value.GetType().Name}.",
                "Use a session from Connect- or Get-IoTFSession, or its name or ClientId."),
        };
    }

    private static IoTFSession RequireAble(IoTFSession session, Func<IoTFSession, bool> isAble, string task, string able)
    {
        if (!isAble(session))
        {
            throw new IoTFException(
                ErrorIds.RoleCannot, $"Session '{session.Name}' is {An(session.Role)} and cannot {task}; that requires {able}.", "Use a session of that role.");
        }

        return session.IsUsable
            ? session
            : throw new IoTFException(
                ErrorIds.NoSession,
                $"Session '{session.Name}' is not open ({session.State.ToLowerInvariant()}). {session.LastError}".TrimEnd(),
                session.LastError is null ? "Connect again." : session.Session.Fault!.Advice);
    }

    private static string Describe(IReadOnlyList<IoTFSession> sessions) => sessions.Count == 0
        ? "This runspace has no matching session."
        : $"Sessions: {string.Join("; ", sessions.Select(session => $"{session.Name} ({An(session.Role)}, {session.State.ToLowerInvariant()})"))}.";

    private static string An(string role) => role switch
    {
        "Application" => "an application",
        "ScalableApplication" => "a scalable application",
        _ => $"a {role.ToLowerInvariant()}",
    };
}
