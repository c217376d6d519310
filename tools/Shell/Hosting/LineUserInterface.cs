using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace IoTF.Shell.Hosting;

/// <summary>
/// What every line-based user interface has in common: streams become calls of <see cref="Emit"/>, prompts become
/// lines written and lines read.
/// </summary>
public abstract class LineUserInterface : PSHostUserInterface
{
    private readonly LineRawUserInterface _raw;
    private OutputStream _output = OutputStream.Output;

    /// <summary>Initialises the interface.</summary>
    protected LineUserInterface()
    {
        _raw = new LineRawUserInterface(() => Terminal.Size);
    }

    /// <summary>The size and abilities of what the text is shown on.</summary>
    public abstract TerminalSettings Terminal { get; }

    /// <inheritdoc/>
    public override PSHostRawUserInterface RawUI => _raw;

    /// <inheritdoc/>
    public override bool SupportsVirtualTerminal => Terminal.Colours;

    /// <inheritdoc/>
    public override void Write(string value) => Emit(_output, Plain(value));

    /// <inheritdoc/>
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Emit(_output, Coloured(foregroundColor, Plain(value)));

    /// <inheritdoc/>
    public override void WriteLine(string value) => Emit(_output, Plain(value) + "\n");

    /// <inheritdoc/>
    public override void WriteErrorLine(string value) => Emit(OutputStream.Error, Plain(value) + "\n");

    /// <inheritdoc/>
    public override void WriteWarningLine(string message) => Emit(OutputStream.Warning, message + "\n");

    /// <inheritdoc/>
    public override void WriteVerboseLine(string message) => Emit(OutputStream.Verbose, message + "\n");

    /// <inheritdoc/>
    public override void WriteDebugLine(string message) => Emit(OutputStream.Debug, message + "\n");

    /// <inheritdoc/>
    public override void WriteInformation(InformationRecord record)
    {
        // The engine has already written what carries host output (the tag PSHOST); only the others are news.
        if (!record.Tags.Contains("PSHOST"))
        {
            Emit(OutputStream.Information, record + "\n");
        }
    }

    /// <inheritdoc/>
    public override void WriteProgress(long sourceId, ProgressRecord record) => ShowProgress(record);

    /// <inheritdoc/>
    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        WriteHeading(caption, message);
        return FieldPrompt.Ask(this, descriptions);
    }

    /// <inheritdoc/>
    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        WriteHeading(caption, message);
        return ChoicePrompt.Ask(this, choices, defaultChoice);
    }

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        PromptForCredential(caption, message, userName, targetName, PSCredentialTypes.Default, PSCredentialUIOptions.Default);

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options)
    {
        WriteHeading(caption, message);
        if (string.IsNullOrEmpty(userName))
        {
            Write("User: ");
            userName = ReadLine();
        }

        Write($"Password for user {userName}: ");
        return new PSCredential(userName, ReadLineAsSecureString());
    }

    /// <summary>Shows what is written as output on the error stream, until the result is disposed.</summary>
    /// <returns>Ends the diversion.</returns>
    public IDisposable DivertOutputToError()
    {
        _output = OutputStream.Error;
        return new Diversion(this);
    }

    /// <summary>Takes a piece of text; a whole line ends with a line feed.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="text">The text, without a prefix such as <c>WARNING: </c>.</param>
    protected abstract void Emit(OutputStream stream, string text);

    /// <summary>Shows the state of a lengthy operation.</summary>
    /// <param name="record">The state.</param>
    protected abstract void ShowProgress(ProgressRecord record);

    /// <summary>Makes a secret of a line that was read in clear, as from a redirected input.</summary>
    /// <param name="line">The line.</param>
    /// <returns>The read-only secret.</returns>
    protected static SecureString Conceal(string line)
    {
        var secret = new SecureString();
        foreach (var character in line)
        {
            secret.AppendChar(character);
        }

        secret.MakeReadOnly();
        return secret;
    }

    private string Plain(string value) => GetOutputString(value ?? string.Empty, SupportsVirtualTerminal);

    private string Coloured(ConsoleColor colour, string text) =>
        SupportsVirtualTerminal && text.Length > 0 ? PSStyle.MapForegroundColorToEscapeSequence(colour) + text + PSStyle.Instance.Reset : text;

    private void WriteHeading(string caption, string message)
    {
        foreach (var line in new[] { caption, message })
        {
            if (!string.IsNullOrEmpty(line))
            {
                WriteLine(line);
            }
        }
    }

    private sealed class Diversion(LineUserInterface ui) : IDisposable
    {
        public void Dispose() => ui._output = OutputStream.Output;
    }
}
