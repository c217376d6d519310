using IoTF.Emulator.Registry;
using IoTF.Protocol.Identities;

namespace IoTF.Emulator.Admission;

/// <summary>A client that was let in, and on what terms.</summary>
internal sealed record AdmittedClient
{
    public required ClientIdentity Identity { get; init; }

    public required Organization Organization { get; init; }

    /// <summary>Whether an earlier session is forgotten.</summary>
    public required bool CleanSession { get; init; }

    /// <summary>How long the session outlives the connection: zero when it ends with it, <see cref="Timeout.InfiniteTimeSpan"/> for ever.</summary>
    public required TimeSpan SessionExpiry { get; init; }

    /// <summary>What the service works with; zero for none.</summary>
    public required TimeSpan KeepAlive { get; init; }

    /// <summary>How many messages the client takes unacknowledged.</summary>
    public required int ReceiveMaximum { get; init; }
}
