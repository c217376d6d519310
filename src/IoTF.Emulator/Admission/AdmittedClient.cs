using IoTF.Emulator.Registry;
using IoTF.Emulator.Wills;
using IoTF.Protocol.Identities;

namespace IoTF.Emulator.Admission;

/// <summary>A client that was let in, and on what terms.</summary>
internal sealed record AdmittedClient
{
    /// <summary>Who it is, and what it may do.</summary>
    public required Principal Principal { get; init; }

    public ClientIdentity Identity => Principal.Identity;

    public Organization Organization => Principal.Organization;

    /// <summary>Whether an earlier session is forgotten.</summary>
    public required bool CleanSession { get; init; }

    /// <summary>How long the session outlives the connection: zero when it ends with it, <see cref="Timeout.InfiniteTimeSpan"/> for no end.</summary>
    public required TimeSpan SessionExpiry { get; init; }

    /// <summary>What the service works with; zero for none.</summary>
    public required TimeSpan KeepAlive { get; init; }

    /// <summary>How many messages the client takes unacknowledged.</summary>
    public required int ReceiveMaximum { get; init; }

    /// <summary>The largest packet the client takes, in bytes.</summary>
    public required uint MaximumPacketSize { get; init; }

    /// <summary>What is published when the client goes without a word; null for nothing.</summary>
    public LastWill? Will { get; init; }
}
