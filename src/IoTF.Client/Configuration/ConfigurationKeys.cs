using IoTF.Protocol.Identities;
using Setting = IoTF.Client.Configuration.ConfigurationSetting;

namespace IoTF.Client.Configuration;

/// <summary>The keys of IBM's clients and what they are about (protocol.md §7.1 to §7.3).</summary>
internal static class ConfigurationKeys
{
    /// <summary>The start of every variable's name.</summary>
    public const string VariablePrefix = "WIOTP_";

    /// <summary>The variables (protocol.md §7.1).</summary>
    public static IReadOnlyDictionary<string, Setting> Variables { get; } = new Dictionary<string, Setting>
    {
        ["WIOTP_IDENTITY_ORGID"] = Setting.Organization,
        ["WIOTP_IDENTITY_TYPEID"] = Setting.DeviceType,
        ["WIOTP_IDENTITY_DEVICEID"] = Setting.DeviceId,
        ["WIOTP_IDENTITY_APPID"] = Setting.ApplicationId,
        ["WIOTP_AUTH_KEY"] = Setting.ApiKey,
        ["WIOTP_AUTH_TOKEN"] = Setting.Token,
        ["WIOTP_API_KEY"] = Setting.ApiKey,
        ["WIOTP_API_TOKEN"] = Setting.Token,
        ["WIOTP_OPTIONS_DOMAIN"] = Setting.Domain,
        ["WIOTP_OPTIONS_LOGLEVEL"] = Setting.LogLevel,
        ["WIOTP_OPTIONS_MQTT_PORT"] = Setting.Port,
        ["WIOTP_OPTIONS_MQTT_TRANSPORT"] = Setting.Transport,
        ["WIOTP_OPTIONS_MQTT_CAFILE"] = Setting.AuthorityFile,
        ["WIOTP_OPTIONS_MQTT_CLEANSTART"] = Setting.CleanSession,
        ["WIOTP_OPTIONS_MQTT_SESSIONEXPIRY"] = Setting.SessionExpiry,
        ["WIOTP_OPTIONS_MQTT_KEEPALIVE"] = Setting.KeepAlive,
        ["WIOTP_OPTIONS_MQTT_INSTANCEID"] = Setting.InstanceId,
        ["WIOTP_OPTIONS_MQTT_SHAREDSUBSCRIPTION"] = Setting.SharedSubscription,
        ["WIOTP_OPTIONS_HTTP_VERIFY"] = Setting.Unused,
        ["WIOTP_OPTIONS_API_ROOT"] = Setting.Unused,
    };

    /// <summary>The keys of YAML files (protocol.md §7.2). Case matters there.</summary>
    public static IReadOnlyDictionary<string, Setting> Yaml { get; } = new Dictionary<string, Setting>
    {
        ["identity.orgId"] = Setting.Organization,
        ["identity.typeId"] = Setting.DeviceType,
        ["identity.deviceId"] = Setting.DeviceId,
        ["identity.appId"] = Setting.ApplicationId,
        ["auth.key"] = Setting.ApiKey,
        ["auth.token"] = Setting.Token,
        ["auth.useLtpa"] = Setting.Unused,
        ["options.domain"] = Setting.Domain,
        ["options.logLevel"] = Setting.LogLevel,
        ["options.apiRoot"] = Setting.Unused,
        ["options.mqtt.port"] = Setting.Port,
        ["options.mqtt.transport"] = Setting.Transport,
        ["options.mqtt.cleanStart"] = Setting.CleanSession,
        ["options.mqtt.sessionExpiry"] = Setting.SessionExpiry,
        ["options.mqtt.keepAlive"] = Setting.KeepAlive,
        ["options.mqtt.caFile"] = Setting.AuthorityFile,
        ["options.mqtt.instanceId"] = Setting.InstanceId,
        ["options.mqtt.sharedSubscription"] = Setting.SharedSubscription,
        ["options.http.verify"] = Setting.Unused,
        ["options.http.additionalHeaders"] = Setting.Unused,
    };

    /// <summary>The keys of the old ini, properties and text files (protocol.md §7.3), for a role: <c>type</c> and <c>id</c> mean what the role makes of them.</summary>
    public static IReadOnlyDictionary<string, Setting> Old(ClientRole role)
    {
        var application = role is ClientRole.Application or ClientRole.ScalableApplication;
        return new Dictionary<string, Setting>(StringComparer.OrdinalIgnoreCase)
        {
            ["Organization-ID"] = Setting.Organization,
            ["org"] = Setting.Organization,
            ["type"] = application ? Setting.ApplicationType : Setting.DeviceType,
            ["id"] = application ? Setting.ApplicationId : Setting.DeviceId,
            ["App-ID"] = Setting.ApplicationId,
            ["Device-Type"] = role is ClientRole.Gateway ? Setting.Unused : Setting.DeviceType,
            ["Device-ID"] = role is ClientRole.Gateway ? Setting.Unused : Setting.DeviceId,
            ["Gateway-Type"] = role is ClientRole.Gateway ? Setting.DeviceType : Setting.Unused,
            ["Gateway-ID"] = role is ClientRole.Gateway ? Setting.DeviceId : Setting.Unused,
            ["Authentication-Method"] = Setting.AuthenticationMethod,
            ["auth-method"] = Setting.AuthenticationMethod,
            ["API-Key"] = Setting.ApiKey,
            ["auth-key"] = Setting.ApiKey,
            ["API-Token"] = application ? Setting.Token : Setting.Unused,
            ["Authentication-Token"] = Setting.Token,
            ["auth-token"] = Setting.Token,
            ["Domain"] = Setting.Domain,
            ["mqtt-server"] = Setting.HostName,
            ["port"] = Setting.Port,
            ["Clean-Session"] = Setting.CleanSession,
            ["Shared-Subscription"] = Setting.SharedSubscription,
            ["WebSocket"] = Setting.WebSocket,
            ["Secure"] = Setting.Secure,
            ["MaxInflightMessages"] = Setting.MaxInFlight,
            ["Automatic-Reconnect"] = Setting.Reconnect,
            ["Server-Certificate"] = Setting.AuthorityFile,
            ["Client-Certificate"] = Setting.ParameterOnly,
            ["Client-Key"] = Setting.ParameterOnly,
            ["Certificate-Password"] = Setting.ParameterOnly,
            ["Client-Certificate-Path"] = Setting.ParameterOnly,
            ["Client-Certificate-Password"] = Setting.ParameterOnly,
            ["Disconnected-Buffer-Size"] = Setting.Unused,
            ["MessagingQoS"] = Setting.Unused,
            ["Use-Secure-Certificate"] = Setting.Unused,
            ["Registration-Mode"] = Setting.Unused,
        };
    }
}
