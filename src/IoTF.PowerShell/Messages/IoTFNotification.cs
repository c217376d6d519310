using IoTF.PowerShell.Payloads;
using IoTF.Protocol.Reports;

namespace IoTF.PowerShell.Messages;

/// <summary>
/// What the service tells a gateway about a message or a subscription that it did not accept (protocol.md §4.7). Every property that the
/// service left out is null.
/// </summary>
public sealed class IoTFNotification : EventArgs
{
    internal IoTFNotification(string organization, GatewayNotification? notification, byte[] payload, DateTime receivedAt)
    {
        Organization = organization;
        Request = notification?.Request;
        Time = notification?.Time?.UtcDateTime;
        Topic = notification?.Topic;
        DeviceType = notification?.DeviceType;
        DeviceId = notification?.DeviceId;
        ClientId = notification?.ClientId;
        Code = notification?.Code;
        Message = notification?.Message;
        Meaning = notification?.Meaning;
        DataError = notification is null ? "The payload is not a JSON object." : null;
        Text = PayloadDecoder.Text(payload);
        ReceivedAt = receivedAt;
    }

    /// <summary>The organization of the session that received it.</summary>
    public string Organization { get; }

    /// <summary><c>Publish</c> or <c>Subscribe</c>; other words are passed on as they are.</summary>
    public string? Request { get; }

    /// <summary>When it happened by the clock of the service, UTC.</summary>
    public DateTime? Time { get; }

    /// <summary>The topic of the message, or the filter of the subscription, that was not accepted.</summary>
    public string? Topic { get; }

    /// <summary>The device type in that topic; null when the service could not read it.</summary>
    public string? DeviceType { get; }

    /// <summary>The device id in that topic; null when the service could not read it.</summary>
    public string? DeviceId { get; }

    /// <summary>The gateway's ClientId.</summary>
    public string? ClientId { get; }

    /// <summary>The code of the service (its <c>RC</c>), one of those of protocol.md §5.2.</summary>
    public int? Code { get; }

    /// <summary>The service's words.</summary>
    public string? Message { get; }

    /// <summary>What happened and why, in sentences.</summary>
    public string? Meaning { get; }

    /// <summary>When it was received, UTC.</summary>
    public DateTime ReceivedAt { get; }

    /// <summary>The payload as text.</summary>
    public string Text { get; }

    /// <summary>Why nothing could be read out of the payload; null when all is well.</summary>
    public string? DataError { get; }

    /// <summary>What happened, and with which topic.</summary>
    public override string ToString() => $"{Topic}: {Meaning ?? DataError}";
}
