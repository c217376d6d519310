using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using IoTF.Tests.Interop.Signals;

namespace IoTF.Tests.Interop.Programs;

/// <summary>A real program that runs for a test: its lines to wait for, its input, its end. Disposing kills it and all it started.</summary>
public sealed class RunningProgram : IAsyncDisposable
{
    private static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    private readonly Process process;
    private readonly Task<int> ended;

    private RunningProgram(string name, Process process)
    {
        this.process = process;
        Name = name;
        Id = process.Id;
        Output = new SignalLog<string>($"output of {this}");
        Errors = new SignalLog<string>($"error output of {this}");
        ended = RunToEndAsync();
    }

    public string Name { get; }

    public int Id { get; }

    /// <summary>The lines of standard output.</summary>
    public SignalLog<string> Output { get; }

    /// <summary>The lines of standard error.</summary>
    public SignalLog<string> Errors { get; }

    public bool HasExited => ended.IsCompleted;

    /// <summary>Starts a program. Its standard input stays open until <see cref="CloseInput"/>.</summary>
    /// <param name="program">Which one.</param>
    /// <param name="arguments">Its arguments, as they are: no shell reads them.</param>
    /// <param name="environment">Variables to set in addition to those of the test.</param>
    /// <param name="lineBuffered">For C programs that would keep their output back because it is a pipe.</param>
    public static RunningProgram Start(
        DebianProgram program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        bool lineBuffered = false)
    {
        string[] command = lineBuffered
            ? [DebianProgram.LineBuffered.Find(), "-oL", program.Find(), .. arguments]
            : [program.Find(), .. arguments];
        return Start(program.Name, command, environment);
    }

    /// <summary>Starts a program by its path.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="command">Its path and its arguments.</param>
    /// <param name="environment">Variables to set in addition to those of the test.</param>
    public static RunningProgram Start(string name, string[] command, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = Utf8,
            StandardOutputEncoding = Utf8,
            StandardErrorEncoding = Utf8,
        };
        foreach (var (variable, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[variable] = value;
        }

        return new RunningProgram(name, Process.Start(start)!);
    }

    /// <summary>Runs a program to its successful end.</summary>
    /// <exception cref="ProgramFailedException">Its exit code is not 0.</exception>
    public static async Task<IReadOnlyList<string>> RunAsync(DebianProgram program, params string[] arguments)
    {
        await using var running = Start(program, arguments);
        running.CloseInput();
        await running.WaitForSuccessAsync();
        return running.Output.Snapshot();
    }

    /// <summary>A line of standard output or standard error that fits, past or future.</summary>
    /// <exception cref="SignalMissedException">It did not come in time, or the program ended without it.</exception>
    public async Task<string> WaitForLineAsync(Func<string, bool> predicate, TimeSpan? timeout = null)
    {
        var either = new[] { Output.WaitForAsync(predicate, timeout), Errors.WaitForAsync(predicate, timeout) };
        await foreach (var finished in Task.WhenEach(either))
        {
            if (finished.IsCompletedSuccessfully)
            {
                return await finished;
            }
        }

        var messages = either.Select(wait => wait.Exception!.InnerException!.Message);
        throw new SignalMissedException(string.Join(Environment.NewLine, messages));
    }

    public async Task WriteInputAsync(ReadOnlyMemory<byte> bytes)
    {
        await process.StandardInput.BaseStream.WriteAsync(bytes);
        await process.StandardInput.BaseStream.FlushAsync();
    }

    public void CloseInput() => process.StandardInput.Close();

    /// <summary>The exit code, once the program has ended and all its lines have been read. A program ended by a signal has 128 + its number.</summary>
    public Task<int> WaitForExitAsync(TimeSpan? timeout = null) => ended.WaitAsync(timeout ?? Deadline.Default);

    /// <exception cref="ProgramFailedException">Its exit code is not 0.</exception>
    public async Task WaitForSuccessAsync(TimeSpan? timeout = null)
    {
        var exitCode = await WaitForExitAsync(timeout);
        if (exitCode != 0)
        {
            throw new ProgramFailedException(this, exitCode);
        }
    }

    /// <summary>Sends a signal to the program alone, if it still runs.</summary>
    public void Send(Signal signal)
    {
        // Asking first keeps the signal from a stranger that was given the same id since.
        if (!process.HasExited && NativeMethods.Kill(Id, (int)signal) != 0)
        {
            throw new InvalidOperationException($"{signal} could not be sent to {this}: error {Marshal.GetLastPInvokeError()}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!HasExited)
        {
            process.Kill(entireProcessTree: true);
            await WaitForExitAsync();
        }

        process.Dispose();
    }

    public override string ToString() => $"{Name} (process {Id})";

    private static async Task CopyLinesAsync(StreamReader from, SignalLog<string> to)
    {
        while (await from.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            to.Add(line);
        }

        to.Complete();
    }

    private async Task<int> RunToEndAsync()
    {
        await Task.WhenAll(CopyLinesAsync(process.StandardOutput, Output), CopyLinesAsync(process.StandardError, Errors));
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
        public static extern int Kill(int processId, int signal);
    }
}
