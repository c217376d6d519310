using System.Runtime.CompilerServices;

namespace IoTF.Tests.Unit.Simulation;

/// <summary>A history broke a rule.</summary>
internal sealed class Violation(string rule) : Exception(rule)
{
    public static void Unless(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] Words rule)
    {
        if (!holds)
        {
            throw new Violation(rule.ToString());
        }
    }

    /// <summary>Words that are only put together when they are needed: a rule is checked millions of times and broken never.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Words
    {
        private readonly System.Text.StringBuilder? _text;

        public Words(int literalLength, int formattedCount, bool holds, out bool isNeeded)
        {
            isNeeded = !holds;
            _text = holds ? null : new System.Text.StringBuilder(literalLength + (formattedCount * 8));
        }

        public void AppendLiteral(string text) => _text!.Append(text);

        public void AppendFormatted<T>(T value) => _text!.Append(value);

        public override string ToString() => _text?.ToString() ?? "";
    }
}
