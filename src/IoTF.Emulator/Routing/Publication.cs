using IoTF.Emulator.Sessions;
using IoTF.Mqtt;

namespace IoTF.Emulator.Routing;

/// <summary>One message on its way through the service.</summary>
/// <param name="Payload">The payload.</param>
/// <param name="QualityOfService">The QoS it was published with.</param>
/// <param name="Properties">What a MQTT 5 publisher said beside it; null for nothing.</param>
/// <param name="Retain">Whether it is kept for those who subscribe later.</param>
internal readonly record struct Publication(
    ReadOnlyMemory<byte> Payload, QualityOfService QualityOfService, PublishProperties? Properties = null, bool Retain = false);
