using IoTF.Protocol.Connecting;

namespace IoTF.Protocol.Reports;

/// <summary>
/// What the service tells a gateway about a message or a subscription that it did not accept (protocol.md §4.7). Every field may be absent;
/// type and id are when the topic could not be read.
/// </summary>
public sealed record GatewayNotification
{
    /// <summary>The request of a message that was published.</summary>
    public const string Publish = "Publish";

    /// <summary>The request of a subscription.</summary>
    public const string Subscribe = "Subscribe";

    /// <summary><see cref="Publish"/> or <see cref="Subscribe"/> however they were spelled, or a word that is passed on as it is.</summary>
    public string? Request { get; init; }

    /// <summary>When it happened, UTC.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The topic of the message, or the filter of the subscription.</summary>
    public string? Topic { get; init; }

    /// <summary>The device type in the topic.</summary>
    public string? DeviceType { get; init; }

    /// <summary>The device id in the topic.</summary>
    public string? DeviceId { get; init; }

    /// <summary>The gateway's ClientId.</summary>
    public string? ClientId { get; init; }

    /// <summary>The code, one of those of protocol.md §5.2; null for none.</summary>
    public int? Code { get; init; }

    /// <summary>The service's words.</summary>
    public string? Message { get; init; }

    /// <summary>What happened and why, a sentence.</summary>
    public string Meaning => $"{What} {Why}";

    /// <summary>Reads a payload.</summary>
    /// <param name="payload">The bytes as received.</param>
    /// <returns>The notification; null when the payload is no JSON object.</returns>
    public static GatewayNotification? Read(ReadOnlyMemory<byte> payload) => ReportDocument.Read(payload) is not { } document
        ? null
        : new GatewayNotification
        {
            Request = Spelled(document.Text("Request")),
            Time = document.Moment("Time"),
            Topic = document.Text("Topic"),
            DeviceType = document.Text("Type"),
            DeviceId = document.Text("Id"),
            ClientId = document.Text("Client"),
            Code = document.SmallNumber("RC") is { } code and not 0 ? code : null,
            Message = document.Text("Message"),
        };

    private string What => Request switch
    {
        Publish => "The service did not accept the message.",
        Subscribe => "The service did not accept the subscription.",
        _ => "The service did not execute the request of the gateway.",
    };

    // The codes of protocol.md §4.7 in the words of a gateway; the others mean what they mean when a connection is closed.
    private string Why => Code switch
    {
        null => "It gave no code.",
        177 => "The device is not registered, and could not be registered.",
        CloseCode.NotAuthorized => "The device is unknown, or not in a resource group of the gateway.",
        CloseCode.TopicNotAllowed => "A gateway may not use the topic.",
        { } code => CloseCode.TryFind(code, out var known) ? known.Meaning : $"The code {code} has no known meaning.",
    };

    private static string? Spelled(string? request) =>
        Publish.Equals(request, StringComparison.OrdinalIgnoreCase) ? Publish
        : Subscribe.Equals(request, StringComparison.OrdinalIgnoreCase) ? Subscribe
        : request;
}
