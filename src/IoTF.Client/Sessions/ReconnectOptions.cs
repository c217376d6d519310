namespace IoTF.Client.Sessions;

/// <summary>Whether and when a session that lost its connection connects again.</summary>
/// <param name="FirstDelay">About how long it waits before the first try; doubled for each further one.</param>
/// <param name="LongestDelay">The longest wait between two attempts.</param>
public sealed record ReconnectOptions(TimeSpan FirstDelay, TimeSpan LongestDelay)
{
    /// <summary>1 s growing to 60 s.</summary>
    public static ReconnectOptions Default { get; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
}
