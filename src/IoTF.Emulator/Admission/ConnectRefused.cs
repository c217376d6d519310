using IoTF.Emulator.Refusals;
using IoTF.Protocol.Connecting;
using MQTTnet.Protocol;

namespace IoTF.Emulator.Admission;

/// <summary>Why a client was not let in, and how it is told (protocol.md §3.3).</summary>
/// <param name="Code">The service's close code.</param>
/// <param name="Words">What was wrong.</param>
/// <param name="ReturnCode">The answer in MQTT 3.1 and 3.1.1; null to close without a CONNACK.</param>
/// <param name="ReasonCode">The answer in MQTT 5; null to close without a CONNACK.</param>
internal sealed record ConnectRefused(int Code, string Words, MqttConnectReturnCode? ReturnCode, MqttConnectReasonCode? ReasonCode)
{
    public static ConnectRefused NotAuthorized(string words) => new(
        CloseCode.NotAuthorized, words, MqttConnectReturnCode.ConnectionRefusedNotAuthorized, MqttConnectReasonCode.NotAuthorized);

    public static ConnectRefused ClientIdRejected(string words) => new(
        CloseCode.ClientIdRejected, words, MqttConnectReturnCode.ConnectionRefusedIdentifierRejected, MqttConnectReasonCode.ClientIdentifierNotValid);

    /// <summary>Closed without CONNACK in the older versions; MQTT 5 has a code for it.</summary>
    public static ConnectRefused Silently(CloseReason reason, MqttConnectReasonCode? reasonCode) => new(reason.Code, reason.Words, null, reasonCode);
}
