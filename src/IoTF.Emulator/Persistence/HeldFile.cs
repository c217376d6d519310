namespace IoTF.Emulator.Persistence;

/// <summary>
/// Windows refuses to replace or remove a file that another program has open, and virus scanners and indexers open each new file for a moment.
/// What is refused for that reason is tried again for a short time.
/// </summary>
internal static class HeldFile
{
    // HRESULT of ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION.
    private const int AccessDenied = unchecked((int)0x80070005);
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int LockViolation = unchecked((int)0x80070021);

    /// <summary>How long it is tried.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>The time between two tries.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Does something with a file, again and again while the file is held by another program.</summary>
    /// <exception cref="IOException">It is still held, or something else is wrong.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static async Task RetryAsync(Action attempt, TimeProvider clock)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            try
            {
                attempt();
                return;
            }
            catch (Exception exception) when (IsHeld(exception) && clock.GetElapsedTime(began) < Limit)
            {
                await Task.Delay(Pause, clock).ConfigureAwait(false);
            }
        }
    }

    // The target of a move that another program holds is "access denied". Elsewhere than on Windows that is about rights only.
    private static bool IsHeld(Exception exception) =>
        exception.HResult is SharingViolation or LockViolation || (exception.HResult == AccessDenied && OperatingSystem.IsWindows());
}
