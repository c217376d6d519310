namespace IoTF.Protocol.Rules;

/// <summary>Something was asked for that the service would refuse, found before anything was sent.</summary>
public sealed class RuleException : Exception
{
    /// <summary>Makes the exception for one broken rule.</summary>
    /// <param name="ruleId">One of the names in <see cref="Rules.RuleId"/>.</param>
    /// <param name="subject">The name of the offending parameter, such as <c>DeviceId</c>.</param>
    /// <param name="problem">A sentence that says what is wrong.</param>
    /// <param name="advice">A sentence that says what to do next.</param>
    public RuleException(string ruleId, string subject, string problem, string advice)
        : base($"{problem} {advice}")
    {
        RuleId = ruleId;
        Subject = subject;
        Advice = advice;
    }

    /// <summary>The stable name of the rule, one of the names in <see cref="Rules.RuleId"/>.</summary>
    public string RuleId { get; }

    /// <summary>The name of the offending parameter, such as <c>DeviceId</c>.</summary>
    public string Subject { get; }

    /// <summary>What to do next; the message ends with it.</summary>
    public string Advice { get; }
}
