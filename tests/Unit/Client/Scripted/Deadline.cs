namespace IoTF.Tests.Unit.Client.Scripted;

/// <summary>How long a test waits for a signal that has to come before it calls it missing.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
}
