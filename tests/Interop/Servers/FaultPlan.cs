namespace IoTF.Tests.Interop.Servers;

/// <summary>Which faults a <see cref="FaultyRelay"/> has, all of them drawn from a seed.</summary>
/// <param name="Count">How many; afterward the network is perfect.</param>
/// <param name="LongestFromClient">The most bytes that a client gets across before a fault.</param>
/// <param name="LongestFromServer">The most bytes that a server gets across before a fault.</param>
public sealed record FaultPlan(int Count, int LongestFromClient, int LongestFromServer)
{
    /// <summary>More than the packets of connecting and subscribing have.</summary>
    private const int Handshake = 1024;

    private static readonly TimeSpan LongestStall = TimeSpan.FromMilliseconds(50);

    /// <summary>What the faults are drawn from; name it where a test fails, and give it to repeat one.</summary>
    public int Seed { get; init; } = Random.Shared.Next();

    public override string ToString() => $"{Count} faults from seed {Seed}";

    internal NetworkFault Draw(Random random, bool isFirst, bool mayLookDeliberate)
    {
        // The first connection is made by a cmdlet that does not try again.
        var fromClient = isFirst || random.Next(2) == 0;
        var longest = fromClient ? LongestFromClient : LongestFromServer;

        // Most of them anywhere, some early, where the handshakes are: evenly over the orders of magnitude.
        var after = random.Next(4) > 0 ? 1 + random.Next(longest) : (int)Math.Exp(random.NextDouble() * Math.Log(longest));
        var kind = random.Next(mayLookDeliberate ? 5 : 2) switch
        {
            0 => NetworkFaultKind.Reset,
            1 => NetworkFaultKind.Stall,
            2 => NetworkFaultKind.Close,
            3 => NetworkFaultKind.HalfCloseToServer,
            _ => NetworkFaultKind.HalfCloseToClient,
        };
        return new NetworkFault(kind, fromClient, isFirst ? Handshake + after : after, LongestStall * random.NextDouble());
    }
}
