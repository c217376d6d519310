namespace IoTF.Emulator.Refusals;

/// <summary>Something a client did that the service does not accept: why a connection was refused or closed, or a message dropped.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="ClientId">The ClientId, shortened and quoted when the client was never let in; null before it was known.</param>
/// <param name="RemoteAddress">The client's address and port.</param>
/// <param name="CloseCode">The service's code (protocol.md §5.2).</param>
/// <param name="Reason">What was wrong, in words.</param>
public sealed record EmulatorRefusal(DateTimeOffset Time, string? ClientId, string RemoteAddress, int CloseCode, string Reason);
