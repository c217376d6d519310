using System.Management.Automation;
using System.Security;

namespace IoTF.Shell.Hosting;

/// <summary>
/// The user interface on the process's console: errors go to standard error, everything else to standard output, with
/// colours and progress on a terminal only.
/// </summary>
public sealed class ConsoleUserInterface : LineUserInterface
{
    private readonly ConsoleLineReader _reader = new();
    private readonly Lock _gate = new();
    private readonly ProgressLine _progress = new();
    private CancellationTokenSource _reading = new();

    /// <inheritdoc/>
    public override TerminalSettings Terminal { get; } = TerminalSettings.OfConsole();

    /// <summary>Wakes a <see cref="ReadLine"/> that waits, as when Ctrl+C was pressed.</summary>
    public void CancelReading()
    {
        lock (_gate)
        {
            _reading.Cancel();
            _reading = new CancellationTokenSource();
        }
    }

    /// <summary>Waits for a line.</summary>
    /// <returns>The line, or null at the end of the input.</returns>
    /// <exception cref="OperationCanceledException">Ctrl+C was pressed.</exception>
    public string? ReadLineOrEnd()
    {
        return _reader.ReadLine(ReadingToken());
    }

    /// <inheritdoc/>
    public override string ReadLine()
    {
        try
        {
            return ReadLineOrEnd() ?? throw new PSInvalidOperationException(
                "The input has ended, but an answer is needed. Pass the value as a parameter, or do not redirect the input.");
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <inheritdoc/>
    public override SecureString ReadLineAsSecureString()
    {
        if (Console.IsInputRedirected)
        {
            return Conceal(ReadLine());
        }

        try
        {
            return _reader.ReadSecret(text => Emit(OutputStream.Output, text), ReadingToken());
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Removes a progress line that is still shown.</summary>
    public void ClearProgress()
    {
        lock (_gate)
        {
            Console.Out.Write(_progress.Clear());
        }
    }

    /// <inheritdoc/>
    protected override void Emit(OutputStream stream, string text)
    {
        lock (_gate)
        {
            Console.Out.Write(_progress.Clear());
            var writer = stream == OutputStream.Error ? Console.Error : Console.Out;
            writer.Write(Decorate(stream, text).Replace("\n", Environment.NewLine, StringComparison.Ordinal));
        }
    }

    /// <inheritdoc/>
    protected override void ShowProgress(ProgressRecord record)
    {
        if (Terminal.Interactive)
        {
            lock (_gate)
            {
                Console.Out.Write(_progress.Show(record, Terminal.Size.Width));
            }
        }
    }


    private string Decorate(OutputStream stream, string text)
    {
        var style = PSStyle.Instance.Formatting;
        return stream switch
        {
            OutputStream.Warning => InColour(style.Warning, "WARNING: " + text),
            OutputStream.Verbose => InColour(style.Verbose, "VERBOSE: " + text),
            OutputStream.Debug => InColour(style.Debug, "DEBUG: " + text),
            _ => text,
        };
    }

    private string InColour(string colour, string line) =>
        Terminal.Colours ? colour + line.TrimEnd('\n') + PSStyle.Instance.Reset + "\n" : line;

    private CancellationToken ReadingToken()
    {
        lock (_gate)
        {
            return _reading.Token;
        }
    }
}
