namespace IoTF.Tests.Unit.Mqtt.Links;

/// <summary>How long a test waits for a signal that has to come before it calls it missing.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
}
