using IoTF.Protocol.Connecting;

namespace IoTF.Protocol.Reports;

/// <summary>What a status message (<c>mon</c>) says about a connection (protocol.md §5.1). Every field may be absent.</summary>
public sealed record StatusReport
{
    /// <summary>The action of a connection that was accepted.</summary>
    public const string Connect = "Connect";

    /// <summary>The action of a connection that ended.</summary>
    public const string Disconnect = "Disconnect";

    /// <summary>The action of a connect that was refused.</summary>
    public const string FailedConnect = "FailedConnect";

    /// <summary><see cref="Connect"/>, <see cref="Disconnect"/>, <see cref="FailedConnect"/>, or a word that is passed on as it is.</summary>
    public string? Action { get; init; }

    /// <summary>When it happened, UTC.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The ClientId of the connection.</summary>
    public string? ClientId { get; init; }

    /// <summary>The network address that the client connected from.</summary>
    public string? ClientAddress { get; init; }

    /// <summary>The port of the service.</summary>
    public int? Port { get; init; }

    /// <summary>Whether TLS protected it.</summary>
    public bool? Secure { get; init; }

    /// <summary>The protocol: <c>mqtt3</c>, <c>mqtt4</c>, <c>mqtt5</c>, with <c>-ws</c> over WebSocket; others in older reports.</summary>
    public string? Protocol { get; init; }

    /// <summary>The user name: an application's API key.</summary>
    public string? User { get; init; }

    /// <summary>The name in the client certificate.</summary>
    public string? CertificateName { get; init; }

    /// <summary>When the connection was made, UTC.</summary>
    public DateTimeOffset? ConnectTime { get; init; }

    /// <summary>Why the connection ended (protocol.md §5.2); null for the normal end and for none.</summary>
    public int? CloseCode { get; init; }

    /// <summary>The service's words; they vary.</summary>
    public string? Reason { get; init; }

    /// <summary>Bytes that the service received from the client.</summary>
    public long? ReadBytes { get; init; }

    /// <summary>Messages that the service received from the client.</summary>
    public long? ReadMessages { get; init; }

    /// <summary>Bytes that the service sent to the client.</summary>
    public long? WriteBytes { get; init; }

    /// <summary>Messages that the service sent to the client.</summary>
    public long? WriteMessages { get; init; }

    /// <summary>
    /// Whether the client is connected now, as far as the report tells: a reused ClientId has another connection, and a connect that was
    /// refused says nothing about one that may exist (protocol.md §2.4, §5). Null when the report does not tell.
    /// </summary>
    public bool? IsConnected => Action switch
    {
        Connect => true,
        Disconnect when CloseCode != Connecting.CloseCode.ClientIdReused => false,
        _ => null,
    };

    /// <summary>What the close code means, a sentence; null when there is none, or none that is known.</summary>
    public string? CloseMeaning => Action is Disconnect or FailedConnect
        && Connecting.CloseCode.TryFind(CloseCode ?? (Action == Disconnect ? Connecting.CloseCode.Normal : -1), out var known)
        ? known.Meaning
        : null;

    /// <summary>Reads a payload.</summary>
    /// <param name="payload">The bytes as received.</param>
    /// <returns>The report; null when the payload is no JSON object.</returns>
    public static StatusReport? Read(ReadOnlyMemory<byte> payload) => ReportDocument.Read(payload) is not { } document
        ? null
        : new StatusReport
        {
            Action = document.Text("Action"),
            Time = document.Moment("Time"),
            ClientId = document.Text("ClientID"),
            ClientAddress = document.Text("ClientAddr"),
            Port = document.SmallNumber("Port"),
            Secure = document.Flag("Secure"),
            Protocol = document.Text("Protocol"),
            User = document.Text("User"),
            CertificateName = document.Text("CertName"),
            ConnectTime = document.Moment("ConnectTime"),
            CloseCode = document.SmallNumber("CloseCode") is { } code and not Connecting.CloseCode.Normal ? code : null,
            Reason = document.Text("Reason"),
            ReadBytes = document.Number("ReadBytes"),
            ReadMessages = document.Number("ReadMsg"),
            WriteBytes = document.Number("WriteBytes"),
            WriteMessages = document.Number("WriteMsg"),
        };
}
