using IoTF.Emulator.Refusals;
using IoTF.Emulator.Sessions;

namespace IoTF.Emulator.Routing;

/// <summary>One receiver of a topic.</summary>
/// <param name="Receiver">Who it is.</param>
/// <param name="Topic">The topic as this receiver sees it.</param>
/// <param name="Grant">What it was granted.</param>
internal readonly record struct Destination(IReceiver Receiver, string Topic, Grant Grant);

/// <summary>What becomes of a topic that one client publishes to.</summary>
/// <param name="Refused">Why the client may not; null when it may.</param>
/// <param name="State">The state of the index the destinations were looked up in.</param>
/// <param name="InternalTopic">The topic inside the service; empty when it was refused.</param>
/// <param name="Destinations">Who receives it.</param>
internal sealed record Route(CloseReason? Refused, IndexState State, string InternalTopic, Destination[] Destinations);
