using System.Management.Automation;
using System.Security;

namespace IoTF.Shell.Hosting;

/// <summary>
/// Reads lines from the console so that waiting for one can be given up: a read from a console cannot be woken, so it runs
/// on a thread of its own, and a line that arrives after its reader has left goes to the next one.
/// </summary>
public sealed class ConsoleLineReader
{
    private static readonly TimeSpan KeyPollInterval = TimeSpan.FromMilliseconds(30);
    private readonly Lock _gate = new();
    private Task<string?>? _pending;

    /// <summary>Waits for a line.</summary>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The line, or null at the end of the input.</returns>
    /// <exception cref="OperationCanceledException">The waiting was ended.</exception>
    public string? ReadLine(CancellationToken cancellation)
    {
        Task<string?> pending;
        lock (_gate)
        {
            pending = _pending ??= Task.Factory.StartNew(
                Console.In.ReadLine, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        pending.Wait(cancellation);
        lock (_gate)
        {
            _pending = null;
        }

        return pending.Result;
    }

    /// <summary>Reads a secret from the keyboard and shows an asterisk for each of its characters.</summary>
    /// <param name="echo">Shows text at the cursor.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The read-only secret.</returns>
    /// <exception cref="OperationCanceledException">The waiting was ended.</exception>
    public SecureString ReadSecret(Action<string> echo, CancellationToken cancellation)
    {
        var secret = new SecureString();
        while (true)
        {
            // A blocked ReadKey could not be woken either, and would swallow the first key typed after it was given up.
            while (!Console.KeyAvailable)
            {
                cancellation.WaitHandle.WaitOne(KeyPollInterval);
                cancellation.ThrowIfCancellationRequested();
            }

            var key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter)
            {
                echo("\n");
                secret.MakeReadOnly();
                return secret;
            }

            if (key.Key == ConsoleKey.Backspace && secret.Length > 0)
            {
                secret.RemoveAt(secret.Length - 1);
                echo("\b \b");
            }
            else if (!char.IsControl(key.KeyChar))
            {
                secret.AppendChar(key.KeyChar);
                echo("*");
            }
        }
    }
}
