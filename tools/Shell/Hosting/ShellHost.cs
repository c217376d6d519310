using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Reflection;

namespace IoTF.Shell.Hosting;

/// <summary>The host of the engine: a user interface, and the exit code that a script asked for.</summary>
/// <param name="ui">Where everything is shown.</param>
public sealed class ShellHost(LineUserInterface ui) : PSHost
{
    /// <summary>The exit code of an <c>exit</c> statement, or null when none was reached.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Whether the last command of a <c>-Command</c> succeeded; scripts reach it as <c>$Host.PrivateData</c>.</summary>
    public CommandOutcome LastCommand { get; } = new();

    /// <inheritdoc/>
    public override PSObject PrivateData => PSObject.AsPSObject(LastCommand);

    /// <inheritdoc/>
    public override string Name => "IoTF.Shell";

    /// <inheritdoc/>
    public override Version Version => Assembly.GetExecutingAssembly().GetName().Version ?? new Version(1, 0);

    /// <inheritdoc/>
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc/>
    public override PSHostUserInterface UI => ui;

    /// <inheritdoc/>
    public override CultureInfo CurrentCulture { get; } = CultureInfo.CurrentCulture;

    /// <inheritdoc/>
    public override CultureInfo CurrentUICulture { get; } = CultureInfo.CurrentUICulture;

    /// <summary>Shows what is written as output on the error stream, until the result is disposed.</summary>
    /// <returns>Ends the diversion.</returns>
    public IDisposable DivertOutputToError() => ui.DivertOutputToError();

    /// <inheritdoc/>
    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    /// <inheritdoc/>
    public override void EnterNestedPrompt() =>
        throw new NotSupportedException("This host has no nested prompt. Use a full PowerShell for debugging.");

    /// <inheritdoc/>
    public override void ExitNestedPrompt()
    {
    }

    /// <inheritdoc/>
    public override void NotifyBeginApplication()
    {
    }

    /// <inheritdoc/>
    public override void NotifyEndApplication()
    {
    }
}
