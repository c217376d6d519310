using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace IoTF.Shell.Hosting;

/// <summary>
/// A user interface for tests: records everything that is written, by stream and in order, and answers prompts from
/// <see cref="Answers"/>. Safe to write to from several threads.
/// </summary>
/// <param name="width">The width in cells that output is formatted for.</param>
public sealed class CapturingUserInterface(int width = 120) : LineUserInterface
{
    private readonly Lock _gate = new();
    private readonly List<WrittenText> _written = [];

    /// <inheritdoc/>
    public override TerminalSettings Terminal { get; } = TerminalSettings.Redirected with { Size = new Size(width, 50) };

    /// <summary>The lines that the next prompts read, first in, first out.</summary>
    public ConcurrentQueue<string> Answers { get; } = new();

    /// <summary>Everything written so far, in order.</summary>
    public IReadOnlyList<WrittenText> Written
    {
        get
        {
            lock (_gate)
            {
                return [.. _written];
            }
        }
    }

    /// <summary>Everything written to one stream, line feeds included.</summary>
    /// <param name="stream">The stream.</param>
    /// <returns>The text, or an empty string.</returns>
    public string Text(OutputStream stream) =>
        string.Concat(Written.Where(piece => piece.Stream == stream).Select(piece => piece.Text));

    /// <summary>Everything written to any stream, in order.</summary>
    /// <returns>The text, or an empty string.</returns>
    public string AllText() => string.Concat(Written.Select(piece => piece.Text));

    /// <summary>Forgets what was written.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _written.Clear();
        }
    }

    /// <inheritdoc/>
    public override string ReadLine() => Answers.TryDequeue(out var answer)
        ? answer
        : throw new HostException("A prompt was shown and no answer is queued. Add one to Answers, or pass the value as a parameter.");

    /// <inheritdoc/>
    public override SecureString ReadLineAsSecureString() => Conceal(ReadLine());

    /// <inheritdoc/>
    protected override void Emit(OutputStream stream, string text)
    {
        lock (_gate)
        {
            _written.Add(new WrittenText(stream, text));
        }
    }

    /// <inheritdoc/>
    protected override void ShowProgress(ProgressRecord record) =>
        Emit(OutputStream.Progress, $"{record.Activity}: {record.StatusDescription}\n");
}
