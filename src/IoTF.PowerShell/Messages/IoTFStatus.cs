using IoTF.PowerShell.Payloads;
using IoTF.Protocol.Reports;

namespace IoTF.PowerShell.Messages;

/// <summary>
/// What the service says about the connection of a device, a gateway or an application (protocol.md §5). Every property that the service left
/// out is null. What it shares with parameters of <c>Send-</c> and <c>Receive-</c> cmdlets has their names.
/// </summary>
public sealed class IoTFStatus : EventArgs
{
    internal IoTFStatus(
        string organization, string? deviceType, string? deviceId, string? applicationId, StatusReport? report, byte[] payload, bool retained, DateTime receivedAt, string topic)
    {
        Organization = organization;
        DeviceType = deviceType;
        DeviceId = deviceId;
        ApplicationId = applicationId;
        Action = report?.Action;
        Time = report?.Time?.UtcDateTime;
        ClientId = report?.ClientId;
        ClientAddress = report?.ClientAddress;
        Port = report?.Port;
        Secure = report?.Secure;
        Protocol = report?.Protocol;
        User = report?.User;
        CertificateName = report?.CertificateName;
        ConnectTime = report?.ConnectTime?.UtcDateTime;
        CloseCode = report?.CloseCode;
        CloseMeaning = report?.CloseMeaning;
        Reason = report?.Reason;
        ReadBytes = report?.ReadBytes;
        ReadMessages = report?.ReadMessages;
        WriteBytes = report?.WriteBytes;
        WriteMessages = report?.WriteMessages;
        IsConnected = report?.IsConnected;
        DataError = report is null ? "The payload is not a JSON object." : null;
        Text = PayloadDecoder.Text(payload);
        Retained = retained;
        ReceivedAt = receivedAt;
        Topic = topic;
    }

    /// <summary>The organization of the session that received it.</summary>
    public string Organization { get; }

    /// <summary>The type of the device or gateway; null for an application.</summary>
    public string? DeviceType { get; }

    /// <summary>The id of the device or gateway; null for an application.</summary>
    public string? DeviceId { get; }

    /// <summary>The id of the application; null for a device or gateway.</summary>
    public string? ApplicationId { get; }

    /// <summary><c>Connect</c>, <c>Disconnect</c> or <c>FailedConnect</c>; other words are passed on as they are.</summary>
    public string? Action { get; }

    /// <summary>
    /// Whether the client is connected now, as far as this message tells. Null when it does not tell: after close code 288 another connection
    /// with the same ClientId is there, and a connect that was refused says nothing about one that may exist.
    /// </summary>
    public bool? IsConnected { get; }

    /// <summary>When it happened by the clock of the service, UTC.</summary>
    public DateTime? Time { get; }

    /// <summary>The ClientId of the connection.</summary>
    public string? ClientId { get; }

    /// <summary>The network address that the client connected from.</summary>
    public string? ClientAddress { get; }

    /// <summary>The port of the service.</summary>
    public int? Port { get; }

    /// <summary>Whether TLS protected the connection.</summary>
    public bool? Secure { get; }

    /// <summary>The protocol, such as <c>mqtt4</c> for MQTT 3.1.1; <c>-ws</c> at its end means WebSocket.</summary>
    public string? Protocol { get; }

    /// <summary>The user name: an application's API key.</summary>
    public string? User { get; }

    /// <summary>The name in the client certificate.</summary>
    public string? CertificateName { get; }

    /// <summary>When the connection was made, UTC.</summary>
    public DateTime? ConnectTime { get; }

    /// <summary>Why the connection ended or was refused (protocol.md §5.2); null for the normal end.</summary>
    public int? CloseCode { get; }

    /// <summary>What the close code means, a sentence.</summary>
    public string? CloseMeaning { get; }

    /// <summary>The service's words; they vary.</summary>
    public string? Reason { get; }

    /// <summary>Bytes that the client sent.</summary>
    public long? ReadBytes { get; }

    /// <summary>Messages that the client sent.</summary>
    public long? ReadMessages { get; }

    /// <summary>Bytes that the client was sent.</summary>
    public long? WriteBytes { get; }

    /// <summary>Messages that the client was sent.</summary>
    public long? WriteMessages { get; }

    /// <summary>Whether the service had kept it from before the subscription: the state as it was then. That there is none means nothing is known.</summary>
    public bool Retained { get; }

    /// <summary>When it was received, UTC.</summary>
    public DateTime ReceivedAt { get; }

    /// <summary>The topic it came on.</summary>
    public string Topic { get; }

    /// <summary>The payload as text.</summary>
    public string Text { get; }

    /// <summary>Why nothing could be read out of the payload; null when all is well.</summary>
    public string? DataError { get; }

    /// <summary>Who, and what happened.</summary>
    public override string ToString() =>
        $"{(ApplicationId is null ? $"{DeviceType}/{DeviceId}" : $"application {ApplicationId}")}: {Action ?? DataError}{(CloseCode is null ? "" : $" ({CloseCode})")}";
}
