using System.Globalization;
using System.Text;
using IoTF.Protocol.Limits;
using IoTF.Protocol.Rules;

namespace IoTF.Protocol.Topics;

/// <summary>
/// The rules for the levels a caller chooses: any text that is one level of a topic (protocol.md §4.5). They are checked before anything is
/// sent, because the service answers a wrong topic by closing the connection.
/// </summary>
public static class TopicNames
{
    /// <summary>Returns the event id, or says what is wrong with it.</summary>
    /// <param name="eventId">The event id.</param>
    /// <returns>The same text.</returns>
    /// <exception cref="RuleException"><see cref="RuleId.InvalidEventId"/>.</exception>
    public static string RequireEventId(string? eventId) => Require(eventId, RuleId.InvalidEventId, "EventId", "event id");

    /// <summary>Returns the command id, or says what is wrong with it.</summary>
    /// <param name="commandId">The command id.</param>
    /// <returns>The same text.</returns>
    /// <exception cref="RuleException"><see cref="RuleId.InvalidCommandId"/>.</exception>
    public static string RequireCommandId(string? commandId) => Require(commandId, RuleId.InvalidCommandId, "CommandId", "command id");

    /// <summary>Returns the format, or says what is wrong with it.</summary>
    /// <param name="format">The format.</param>
    /// <returns>The same text.</returns>
    /// <exception cref="RuleException"><see cref="RuleId.InvalidFormat"/>.</exception>
    public static string RequireFormat(string? format) => Require(format, RuleId.InvalidFormat, "Format", "format");

    /// <summary>Returns the topic, or says that it is too long.</summary>
    /// <param name="topic">A topic made of legal levels.</param>
    /// <returns>The same text.</returns>
    /// <exception cref="RuleException"><see cref="RuleId.TopicTooLong"/>.</exception>
    internal static string RequireFitting(string topic) => TopicSyntax.Fits(topic)
        ? topic
        : throw new RuleException(
            RuleId.TopicTooLong,
            "Topic",
            string.Create(
                CultureInfo.InvariantCulture,
                $"The topic {Quotation.Of(topic)} has {Encoding.UTF8.GetByteCount(topic):N0} bytes; the maximum in MQTT is {ServiceLimits.MaximumTopicBytes:N0}."),
            "Use shorter ids.");

    private static string Require(string? level, string ruleId, string subject, string noun)
    {
        if (TopicSyntax.FindLevelProblem(level) is not { } problem)
        {
            return level!;
        }

        throw new RuleException(
            ruleId,
            subject,
            string.IsNullOrEmpty(level) ? $"The {noun} is empty." : $"The {noun} {Quotation.Of(level)} {problem}.",
            $"Use one word of any characters except / + # and control characters as the {noun}.");
    }
}
