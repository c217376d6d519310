using System.Diagnostics;
using System.Globalization;

namespace IoTF.Bench.Programs;

/// <summary>A program that was started, with the lines it writes.</summary>
internal sealed class ChildProgram : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly List<string> _errors = [];
    private readonly SemaphoreSlim _said = new(0);
    private readonly string _name;

    private ChildProgram(string program, IEnumerable<string> arguments, bool discardOutput, IReadOnlyDictionary<string, string>? environment)
    {
        _name = Path.GetFileName(program);
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = !discardOutput, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        StartedAt = Stopwatch.GetTimestamp();
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{_name} could not be started.");
        if (!discardOutput)
        {
            _process.OutputDataReceived += (_, line) => Add(_lines, line.Data);
            _process.BeginOutputReadLine();
        }

        _process.ErrorDataReceived += (_, line) => Add(_errors, line.Data);
        _process.BeginErrorReadLine();
    }

    /// <summary>When it was started, as a timestamp of <see cref="Stopwatch"/>.</summary>
    public long StartedAt { get; }

    /// <summary>From its start to its end.</summary>
    public TimeSpan Lifetime { get; private set; }

    /// <summary>The processor time it has used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static ChildProgram Start(string program, params IEnumerable<string> arguments) => new(program, arguments, discardOutput: false, environment: null);

    /// <summary>Starts a program with a shell's redirections around it.</summary>
    public static ChildProgram StartRedirected(string program, IEnumerable<string> arguments, string redirections) => new(
        "/bin/sh", ["-c", $"exec \"$0\" \"$@\" {redirections}", program, .. arguments], discardOutput: true, environment: null);

    public static async Task<ChildProgram> RunAsync(string program, params IEnumerable<string> arguments)
    {
        var child = Start(program, arguments);
        await child.FinishAsync();
        return child;
    }

    /// <summary>Writes a line to its input.</summary>
    public void Say(string line) => _process.StandardInput.WriteLine(line);

    /// <summary>Waits for its end.</summary>
    /// <exception cref="InvalidOperationException">It failed, or did not end.</exception>
    public Task FinishAsync() => FinishAsync(Limit);

    /// <inheritdoc cref="FinishAsync()"/>
    /// <param name="limit">How long it may take.</param>
    public async Task FinishAsync(TimeSpan limit)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException($"{_name} did not end within {limit.TotalMinutes:0} minutes. {Said(_errors)}");
        }

        Lifetime = Stopwatch.GetElapsedTime(StartedAt);
        if (_process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{_name} ended with {_process.ExitCode}. {Said(_errors)} {Said(_lines)}");
        }
    }

    /// <summary>Waits for a line on either stream.</summary>
    public async Task WaitForAsync(Func<string, bool> line)
    {
        while (true)
        {
            lock (_lines)
            {
                if (_lines.Any(line) || _errors.Any(line))
                {
                    return;
                }
            }

            if (_process.HasExited || !await _said.WaitAsync(Limit))
            {
                throw new InvalidOperationException($"{_name} did not say what was expected. {Said(_errors)} {Said(_lines)}");
            }
        }
    }

    /// <summary>What follows a word on the first line that begins with it.</summary>
    public string After(string word)
    {
        lock (_lines)
        {
            return _lines.First(line => line.StartsWith(word, StringComparison.Ordinal))[word.Length..];
        }
    }

    /// <summary>The numbers of all lines <c>name=number</c>.</summary>
    public IReadOnlyList<double> Numbers(string name)
    {
        lock (_lines)
        {
            return
            [
                .. _lines.Where(line => line.StartsWith(name + "=", StringComparison.Ordinal))
                    .Select(line => double.Parse(line.AsSpan(name.Length + 1), CultureInfo.InvariantCulture)),
            ];
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Add(List<string> lines, string? line)
    {
        if (line is not null)
        {
            lock (_lines)
            {
                lines.Add(line);
            }
        }

        _said.Release();
    }

    private string Said(List<string> lines)
    {
        lock (_lines)
        {
            return string.Join(' ', lines);
        }
    }
}
