namespace IoTF.Shell.Hosting;

/// <summary>How the last command of a <c>-Command</c> ended.</summary>
public sealed class CommandOutcome
{
    /// <summary>The value of <c>$?</c> after it.</summary>
    public bool Succeeded { get; set; } = true;
}
