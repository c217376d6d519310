namespace IoTF.Tests.Interop.Servers;

/// <summary>How a network fails.</summary>
public enum NetworkFaultKind
{
    /// <summary>Both ends see a reset.</summary>
    Reset,

    /// <summary>Nothing is carried for a while; then both ends see a reset.</summary>
    Stall,

    /// <summary>Both ends see the other close in order; what is still on its way is lost.</summary>
    Close,

    /// <summary>The server sees the client close, and what it says before it closes, too, is carried.</summary>
    HalfCloseToServer,

    /// <summary>The client sees the server close, and what it says before it closes, too, is carried.</summary>
    HalfCloseToClient,
}

/// <summary>A fault of one connection.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="FromClient">The direction whose bytes are counted.</param>
/// <param name="AfterBytes">After how many bytes it happens: these are carried, none that follow.</param>
/// <param name="StallsFor">How long nothing is carried before a stalled connection is reset.</param>
public sealed record NetworkFault(NetworkFaultKind Kind, bool FromClient, int AfterBytes, TimeSpan StallsFor)
{
    /// <summary>Whether the client may take it for a server that closes.</summary>
    public bool LooksDeliberate => Kind is not (NetworkFaultKind.Reset or NetworkFaultKind.Stall);
}
