using IoTF.Emulator.Refusals;
using IoTF.Emulator.Registry;
using IoTF.Protocol.Identities;
using MQTTnet.Protocol;

namespace IoTF.Emulator.Admission;

/// <summary>Why a client was not let in, and how it is told (protocol.md §3.3).</summary>
/// <param name="Reason">The service's reason.</param>
/// <param name="Words">What was wrong, as far as the client may know.</param>
/// <param name="ReturnCode">The answer in MQTT 3.1 and 3.1.1; null to close without a CONNACK.</param>
/// <param name="ReasonCode">The answer in MQTT 5; null to close without a CONNACK.</param>
internal sealed record ConnectRefused(CloseReason Reason, string Words, MqttConnectReturnCode? ReturnCode, MqttConnectReasonCode? ReasonCode)
{
    /// <summary>Who it was, as far as the ClientId says; null when it says nothing.</summary>
    public ClientIdentity? Identity { get; init; }

    /// <summary>The organization, when it is known.</summary>
    public Organization? Organization { get; init; }

    /// <summary>What was wrong, for <see cref="LocalEmulator.Refusals"/> alone: the service tells nobody whether a name or a token was wrong.</summary>
    public string? Exactly { get; init; }

    /// <summary>Whether user name or token were wrong.</summary>
    public bool IsFailedLogin { get; init; }

    public static ConnectRefused NotAuthorized(string words) => new(
        CloseReason.NotAuthorized, words, MqttConnectReturnCode.ConnectionRefusedNotAuthorized, MqttConnectReasonCode.NotAuthorized);

    public static ConnectRefused ClientIdRejected(string words) => new(
        CloseReason.ClientIdRejected, words, MqttConnectReturnCode.ConnectionRefusedIdentifierRejected, MqttConnectReasonCode.ClientIdentifierNotValid);

    /// <summary>Closed without CONNACK in the older versions; MQTT 5 has a code for it.</summary>
    public static ConnectRefused Silently(CloseReason reason, MqttConnectReasonCode? reasonCode) => new(reason, reason.Words, null, reasonCode);
}
