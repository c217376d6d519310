using System.Globalization;
using IoTF.Protocol.Rules;

namespace IoTF.Protocol.Limits;

/// <summary>The rule for the size of a message (protocol.md §2.6).</summary>
public static class PayloadSize
{
    /// <summary>What the service compares with its limit: the payload and, before MQTT 5, the bytes of the topic beyond 200.</summary>
    /// <param name="payloadBytes">The bytes of the payload.</param>
    /// <param name="topicBytes">The bytes of the topic in UTF-8.</param>
    /// <param name="countTopic">True for MQTT 3.1 and 3.1.1.</param>
    /// <returns>The bytes that count.</returns>
    public static int Counted(int payloadBytes, int topicBytes, bool countTopic) =>
        payloadBytes + (countTopic ? Math.Max(0, topicBytes - ServiceLimits.TopicBytesNotCounted) : 0);

    /// <summary>The most bytes of a last will, a user name or a password: CONNECT counts them in two bytes (MQTT-3.1.1 §3.1.3).</summary>
    public const int MaximumInLogin = ushort.MaxValue;

    /// <summary>Says that CONNECT cannot carry something, before a malformed one is sent.</summary>
    /// <param name="bytes">The bytes of it.</param>
    /// <param name="what">What it is, to begin a sentence.</param>
    /// <param name="parameter">The parameter that it was given with.</param>
    /// <exception cref="RuleException"><see cref="RuleId.LoginTooLarge"/>.</exception>
    public static void RequireInLogin(int bytes, string what, string parameter)
    {
        if (bytes > MaximumInLogin)
        {
            throw new RuleException(
                RuleId.LoginTooLarge,
                parameter,
                string.Create(CultureInfo.InvariantCulture, $"{what} has {bytes:N0} bytes; the login of MQTT carries {MaximumInLogin:N0} at most."),
                $"Use a shorter -{parameter}.");
        }
    }

    /// <summary>Says that a payload is too large, before the service closes the connection for it.</summary>
    /// <param name="countedBytes">The bytes that count, see <see cref="Counted"/>.</param>
    /// <param name="maximum">The most bytes the installation takes.</param>
    /// <exception cref="RuleException"><see cref="RuleId.PayloadTooLarge"/>.</exception>
    public static void Require(int countedBytes, int maximum = ServiceLimits.MaximumPayload)
    {
        if (countedBytes > maximum)
        {
            throw new RuleException(
                RuleId.PayloadTooLarge,
                "Data",
                string.Create(CultureInfo.InvariantCulture, $"The message has {countedBytes:N0} bytes; the service accepts {maximum:N0} and closes the connection for more."),
                "Send the data in smaller messages, or compress it.");
        }
    }
}
