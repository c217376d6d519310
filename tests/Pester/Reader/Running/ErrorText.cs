using System.Management.Automation;

namespace IoTF.Tests.Pester.Reader.Running;

/// <summary>Tells an error with the line of the script it came from.</summary>
internal static class ErrorText
{
    public static string Of(ErrorRecord error)
    {
        var type = error.Exception is Assertions.AssertionException ? string.Empty : $"{error.Exception.GetType().Name}: ";
        var position = error.InvocationInfo?.PositionMessage is { Length: > 0 } message ? $"\n{message}" : string.Empty;
        var stack = string.IsNullOrEmpty(error.ScriptStackTrace) ? string.Empty : $"\n{StackOfTest(error.ScriptStackTrace)}";
        return type + error.Exception.Message + position + stack;
    }

    // The frames of the reader itself are bodies without a file; they tell the author of a test nothing.
    private static string StackOfTest(string stack) =>
        string.Join('\n', stack.ReplaceLineEndings("\n").Split('\n').Where(frame => !frame.Contains("<No file>", StringComparison.Ordinal)));
}
