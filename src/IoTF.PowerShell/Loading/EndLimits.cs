namespace IoTF.PowerShell.Loading;

/// <summary>How long ending may take, by its cause.</summary>
internal static class EndLimits
{
    /// <summary>A runspace closes, the module is removed, or the process ends by itself: nobody is going to kill it.</summary>
    public static readonly TimeSpan Ordinary = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The process is told to end. Windows kills it five seconds after its console was closed, the user has logged off or the machine is shutting down;
    /// container hosts do it ten seconds after SIGTERM.
    /// </summary>
    public static TimeSpan ToldToEnd(bool windows) => TimeSpan.FromSeconds(windows ? 4 : 9);
}
