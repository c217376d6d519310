using IoTF.Emulator.Sessions;
using IoTF.Mqtt;
using IoTF.Protocol.Topics;

namespace IoTF.Emulator.Routing;

/// <summary>One receiver of a topic.</summary>
/// <param name="Receiver">Who it is.</param>
/// <param name="Topic">The topic as this receiver sees it.</param>
/// <param name="QualityOfService">The highest QoS it was granted.</param>
/// <param name="NoLocal">Not when it published the message itself.</param>
internal readonly record struct Destination(IReceiver Receiver, string Topic, QualityOfService QualityOfService, bool NoLocal);

/// <summary>What becomes of a topic that one client publishes to.</summary>
/// <param name="Verdict">Whether it may.</param>
/// <param name="State">The state of the index the destinations were looked up in.</param>
/// <param name="Destinations">Who receives it.</param>
internal sealed record Route(TopicVerdict Verdict, IndexState State, Destination[] Destinations);
