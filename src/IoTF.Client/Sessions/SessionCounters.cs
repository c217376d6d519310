namespace IoTF.Client.Sessions;

/// <summary>What a session has done since it was opened.</summary>
/// <param name="Sent">Messages sent, each counted once.</param>
/// <param name="Acknowledged">QoS 1 and 2 messages that the service took over.</param>
/// <param name="Pending">QoS 1 and 2 messages sent and not acknowledged yet.</param>
/// <param name="Received">Messages received, repetitions left out.</param>
/// <param name="Waiting">Messages received and not taken by a receiver yet.</param>
/// <param name="Dropped">Messages dropped here: of QoS 0, or passed over, because too much waited to be received; and those too large to be received.</param>
/// <param name="BytesSent">Bytes sent to the service, with all protocol overhead but that of TLS.</param>
/// <param name="BytesReceived">Bytes received from the service, likewise.</param>
public sealed record SessionCounters(
    long Sent, long Acknowledged, int Pending, long Received, int Waiting, long Dropped, long BytesSent, long BytesReceived);
