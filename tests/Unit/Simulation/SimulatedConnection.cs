namespace IoTF.Tests.Unit.Simulation;

/// <summary>A connection between client and service with a network in between that can be cut at any byte.</summary>
internal sealed class SimulatedConnection
{
    public SimulatedConnection()
    {
        Client = new SimulatedStream(Down, Up);
        Service = new SimulatedStream(Up, Down);
    }

    /// <summary>From the client to the service.</summary>
    public SimulatedPipe Up { get; } = new();

    /// <summary>From the service to the client.</summary>
    public SimulatedPipe Down { get; } = new();

    public SimulatedStream Client { get; }

    public SimulatedStream Service { get; }

    public void Cut(Random chance, bool inOrder)
    {
        foreach (var pipe in new[] { Up, Down })
        {
            pipe.Cut(chance.Next(pipe.OnTheWay + 1), inOrder);
        }
    }

    /// <summary>The service ends it with packets unread: what it sent before may arrive.</summary>
    public void Reset(Random chance)
    {
        Up.Reset(arrives: 0);
        Down.Reset(chance.Next(Down.OnTheWay + 1));
    }
}
