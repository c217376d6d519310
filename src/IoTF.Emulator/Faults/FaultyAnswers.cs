using IoTF.Emulator.Admission;
using IoTF.Emulator.Refusals;
using IoTF.Protocol.Connecting;
using MQTTnet.Protocol;

namespace IoTF.Emulator.Faults;

/// <summary>The answers of faults on demand, in the words of the real ones.</summary>
internal static class FaultyAnswers
{
    private const string OnDemand = "Injected fault.";

    /// <summary>The refusal of a CONNECT with a return code of MQTT 3.1.1, 1 to 5.</summary>
    public static ConnectRefused Refusal(int returnCode) => returnCode switch
    {
        1 => new(CloseReason.InvalidData, OnDemand, MqttConnectReturnCode.ConnectionRefusedUnacceptableProtocolVersion, MqttConnectReasonCode.UnsupportedProtocolVersion),
        2 => new(CloseReason.ClientIdRejected, OnDemand, MqttConnectReturnCode.ConnectionRefusedIdentifierRejected, MqttConnectReasonCode.ClientIdentifierNotValid),
        3 => new(CloseReason.Unavailable, OnDemand, MqttConnectReturnCode.ConnectionRefusedServerUnavailable, MqttConnectReasonCode.ServerUnavailable),
        4 => new(CloseReason.NotAuthorized, OnDemand, MqttConnectReturnCode.ConnectionRefusedBadUsernameOrPassword, MqttConnectReasonCode.BadUserNameOrPassword),
        _ => new(CloseReason.NotAuthorized, OnDemand, MqttConnectReturnCode.ConnectionRefusedNotAuthorized, MqttConnectReasonCode.NotAuthorized),
    };

    /// <summary>The close of a connection with one of the service's codes.</summary>
    public static CloseReason Close(int code) => new(
        code,
        CloseCode.TryFind(code, out var known) ? $"{known.Meaning} {OnDemand}" : OnDemand,
        code switch
        {
            CloseCode.ServerShutdown => MqttDisconnectReasonCode.ServerShuttingDown,
            94 => MqttDisconnectReasonCode.AdministrativeAction,
            104 or CloseCode.Unavailable => MqttDisconnectReasonCode.ServerBusy,
            CloseCode.TooManySubscriptions => MqttDisconnectReasonCode.QuotaExceeded,
            CloseCode.KeepAliveTimeout => MqttDisconnectReasonCode.KeepAliveTimeout,
            CloseCode.NotAuthorized => MqttDisconnectReasonCode.NotAuthorized,
            CloseCode.TopicNotAllowed or CloseCode.SystemTopic => MqttDisconnectReasonCode.TopicNameInvalid,
            CloseCode.MessageTooLarge => MqttDisconnectReasonCode.PacketTooLarge,
            CloseCode.ClientIdReused => MqttDisconnectReasonCode.SessionTakenOver,
            CloseCode.QosNotAllowed => MqttDisconnectReasonCode.QoSNotSupported,
            _ => MqttDisconnectReasonCode.UnspecifiedError,
        });
}
