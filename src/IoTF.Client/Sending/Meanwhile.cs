namespace IoTF.Client.Sending;

/// <summary>What a thread does again and again while it waits for the service, such as telling how far it is.</summary>
/// <param name="Every">How often.</param>
/// <param name="Do">Called on the thread that waits, without any lock. What it throws ends the wait.</param>
public sealed record Meanwhile(TimeSpan Every, Action Do);
