namespace IoTF.Emulator.Faults;

/// <summary>What the local service does wrong on demand.</summary>
public enum EmulatorFaultKind
{
    /// <summary>Refuses to let a client in.</summary>
    RefuseConnect,

    /// <summary>Closes a connection with a code: at once where the client is connected, else with the next packet it sends after CONNECT.</summary>
    Close,

    /// <summary>Cuts a connection as a broken network does, without a word: at once where the client is connected, else with the next packet it sends after CONNECT.</summary>
    Drop,

    /// <summary>Reads nothing any more from a client, with the next packet it sends: nothing is answered until the fault is cleared.</summary>
    Stall,

    /// <summary>Acknowledges a client's QoS 1 and 2 messages late.</summary>
    DelayAcknowledgements,

    /// <summary>Reads a client's messages no faster than the service's rate limits allow, as the service does (protocol.md §2.7).</summary>
    SlowReading,
}

/// <summary>A fault on demand: what goes wrong, for which clients, and how often.</summary>
public sealed record EmulatorFault
{
    /// <summary>What goes wrong.</summary>
    public required EmulatorFaultKind Kind { get; init; }

    /// <summary>For which ClientIds; <c>*</c> and <c>?</c> are wildcards.</summary>
    public string ClientId { get; init; } = "*";

    /// <summary>How many times it happens: CONNECTs that are refused, connections that are closed, cut or stalled, acknowledgements that are late. Null until it is cleared.</summary>
    public int? Count { get; init; }

    /// <summary>The return code of CONNACK, 1 to 5, for <see cref="EmulatorFaultKind.RefuseConnect"/>; MQTT 5 has its own for the same. The service's close code (protocol.md §5.2) for <see cref="EmulatorFaultKind.Close"/>.</summary>
    public int Code { get; init; }

    /// <summary>How late acknowledgements are.</summary>
    public TimeSpan Delay { get; init; }
}
