using System.Globalization;
using System.Management.Automation;

namespace IoTF.PowerShell.Parameters;

/// <summary>
/// Reads a parameter that is a length of time. A bare number is seconds (<c>-Timeout 5</c>, <c>-Timeout 0.5</c>), where PowerShell itself
/// would read ticks; <c>00:00:05</c> and TimeSpan objects are what they are.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class TimeoutTransformationAttribute : ArgumentTransformationAttribute
{
    /// <summary>The longest time that a timer of .NET can wait for: a little under 50 days.</summary>
    private const int LongestTimer = (int)((uint.MaxValue - 1L) / 1_000);

    /// <summary>Whether zero is meaningful for this parameter; Default: true.</summary>
    public bool AllowZero { get; set; } = true;

    /// <summary>The longest time that is taken, in seconds. Default: what a timer of .NET can wait for.</summary>
    public int MaximumSeconds { get; set; } = LongestTimer;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is null)
        {
            return null;
        }

        var time = value switch
        {
            TimeSpan span => span,
            string text => Parse(text),
            sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal =>
                Seconds(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            _ => throw Refused($"A value of type {value.GetType().Name} is not a duration."),
        };

        return time < TimeSpan.Zero ? throw Refused("A time cannot be negative; omit the parameter to wait without a limit.")
            : time == TimeSpan.Zero && !AllowZero ? throw Refused("The time must be greater than zero.")
            : time > TimeSpan.FromSeconds(MaximumSeconds) ? throw Refused($"The time is too long; the maximum is {Words(MaximumSeconds)}.")
            : time;
    }

    private static TimeSpan Parse(string text)
    {
        // Numbers first: TimeSpan would read "5" as five days.
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds))
        {
            return Seconds(seconds);
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span : throw Refused($"'{text}' is not a duration.");
    }

    private static TimeSpan Seconds(double seconds)
    {
        if (!double.IsFinite(seconds))
        {
            throw Refused("A time must be finite; omit the parameter to wait without a limit.");
        }

        // Out of TimeSpan's range is out of ours, too; the caller says so.
        return TimeSpan.FromSeconds(Math.Clamp(seconds, -1e9, 1e9));
    }

    private static string Words(int seconds) => seconds >= 86_400 ? $"{seconds / 86_400} days" : $"{seconds} seconds";

    private static ArgumentTransformationMetadataException Refused(string reason) =>
        new($"{reason} Use seconds (5 or 0.5), hours, minutes and seconds (00:01:30), or a TimeSpan.");
}
