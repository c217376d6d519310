using System.Buffers;
using System.Security.Cryptography;
using IoTF.Mqtt.Delivery;
using IoTF.Mqtt.Transport;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Mqtt.Links;

/// <summary>
/// One network connection that carries MQTT packets, for either end. Packets that are sent while an earlier write is under way leave
/// together in the next one; reading takes what the network has and gives it out packet by packet.
/// </summary>
/// <remarks>Sending is safe from any thread. Reading (<see cref="TryRead"/>, <see cref="FillAsync"/>) belongs to one reader.</remarks>
public sealed class Link : IPacketSink, IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly LinkWriter _writer;
    private readonly LinkReader _reader;
    private readonly MqttPacketFormatterAdapter _formatter;

    // One packet object for all that is published: the encoder keeps nothing of it. Guarded by the writer's lock, as is the encoder.
    private readonly MqttPublishPacket _publish = new();

    /// <summary>Carries packets over a stream that is connected and, where wanted, secured.</summary>
    /// <param name="stream">A TCP, TLS or WebSocket stream; the link owns it.</param>
    /// <param name="options">How it behaves.</param>
    public Link(Stream stream, LinkOptions options)
    {
        _stream = stream;
        Pace = options.Pace;
        Progress = options.Progress;
        var encodeBuffer = new MqttBufferWriter(256, 4096);
        _formatter = options.Version is { } version
            ? new MqttPacketFormatterAdapter(ToMqttNet(version), encodeBuffer)
            : new MqttPacketFormatterAdapter(encodeBuffer);
        _writer = new LinkWriter(stream, options);
        _reader = new LinkReader(stream, _formatter, options, () => _writer.Fault);
    }

    /// <summary>How much of a hurry the reader is in: to be set by who deals with what it reads.</summary>
    public ReadPace Pace { get; }

    /// <summary>How far the connection under the link has got with what it was given.</summary>
    public SendProgress Progress { get; }

    /// <summary>The version that is spoken; null until the first packet arrived on the accepting side.</summary>
    public MqttVersion? Version => _reader.Version;

    /// <summary>What the CONNACK said in numbers (MQTT 5); null before, and on the accepting side.</summary>
    public ConnAckNumbers? ConnAck => _reader.ConnAck;

    /// <summary>Bytes read from the stream.</summary>
    public long BytesReceived => _reader.BytesReceived;

    /// <summary>Bytes written to the stream.</summary>
    public long BytesSent => _writer.BytesSent;

    /// <summary>Bytes given to the stream, the write that is under way or has failed included: what of that one has left is not known.</summary>
    public long BytesTaken => _writer.BytesTaken;

    /// <summary>Bytes queued so far: what was sent before reading this has left when <see cref="BytesSent"/> has come as far.</summary>
    public long BytesQueued => _writer.BytesQueued;

    /// <summary>When bytes last arrived, as a timestamp of the clock; of its making before.</summary>
    public long LastReceived => _reader.LastReceived;

    /// <summary>
    /// Whether the reader does not read for now, because there is no room for more. As long as it does not, nobody can tell how long the other
    /// end has been silent, so <see cref="LastReceived"/> is always now.
    /// </summary>
    public bool IsHeld { get => _reader.IsHeld; set => _reader.IsHeld = value; }

    /// <summary>When bytes last left, as a timestamp of the clock; of its making before.</summary>
    public long LastSent => _writer.LastSent;

    /// <summary>Why writing failed; null as long as it did not.</summary>
    public LinkException? WriteFault => _writer.Fault;

    /// <summary>Queues a packet. On a link that has failed it does nothing: the reader is told.</summary>
    public void Send(MqttPacket packet)
    {
        lock (_writer.Gate)
        {
            _writer.Append(_formatter.Encode(packet));
            _formatter.Cleanup();
        }
    }

    /// <summary>Queues a packet with a secret in it, of which no buffer keeps a copy once it was written.</summary>
    public void SendSecret(MqttPacket packet)
    {
        lock (_writer.Gate)
        {
            var encoded = _formatter.Encode(packet);
            _writer.Append(encoded, isSecret: true);
            CryptographicOperations.ZeroMemory(encoded.Packet.Array);
            _formatter.Cleanup();
        }
    }

    /// <summary>Queues the last packet: whatever is sent after it is dropped (a DISCONNECT, MQTT-3.1.1 §3.14.4). Reading goes on.</summary>
    public void SendLast(MqttPacket packet)
    {
        lock (_writer.Gate)
        {
            Send(packet);
            _writer.TakeNoMore();
        }
    }

    /// <inheritdoc/>
    public void Publish(OutboundMessage message, bool duplicate) =>
        Publish(message.Topic, message.Payload, message.QualityOfService, message.PacketId, message.Retain, duplicate);

    /// <summary>Queues a PUBLISH of parts, for a sender that keeps its messages in another shape.</summary>
    public void Publish(string topic, ReadOnlyMemory<byte> payload, QualityOfService qualityOfService, ushort packetId, bool retain, bool duplicate)
    {
        lock (_writer.Gate)
        {
            _publish.Topic = topic;
            _publish.Payload = new ReadOnlySequence<byte>(payload);
            _publish.QualityOfServiceLevel = (MqttQualityOfServiceLevel)qualityOfService;
            _publish.PacketIdentifier = packetId;
            _publish.Retain = retain;
            _publish.Dup = duplicate;
            _writer.Append(_formatter.Encode(_publish));
            _publish.Payload = default;
            _formatter.Cleanup();
        }
    }

    /// <inheritdoc/>
    public void PubAck(ushort packetId, byte reasonCode) =>
        Send(new MqttPubAckPacket { PacketIdentifier = packetId, ReasonCode = (MqttPubAckReasonCode)reasonCode });

    /// <inheritdoc/>
    public void PubRec(ushort packetId, byte reasonCode) =>
        Send(new MqttPubRecPacket { PacketIdentifier = packetId, ReasonCode = (MqttPubRecReasonCode)reasonCode });

    /// <inheritdoc/>
    public void PubRel(ushort packetId, byte reasonCode) =>
        Send(new MqttPubRelPacket { PacketIdentifier = packetId, ReasonCode = (MqttPubRelReasonCode)reasonCode });

    /// <inheritdoc/>
    public void PubComp(ushort packetId, byte reasonCode) =>
        Send(new MqttPubCompPacket { PacketIdentifier = packetId, ReasonCode = (MqttPubCompReasonCode)reasonCode });

    /// <summary>Takes the next packet of what has been read already.</summary>
    /// <returns>False when a whole packet has not arrived yet: <see cref="FillAsync"/> reads on.</returns>
    /// <exception cref="LinkException">What arrived is no MQTT packet, is too large, or speaks an unknown version.</exception>
    public bool TryRead(out MqttPacket packet) => _reader.TryRead(out packet!);

    /// <summary>Waits until more bytes have arrived.</summary>
    /// <returns>False when the other end closed the connection.</returns>
    /// <exception cref="LinkException">The network broke the connection.</exception>
    /// <exception cref="OperationCanceledException">The token fired; the link cannot be read any more.</exception>
    public ValueTask<bool> FillAsync(CancellationToken cancellationToken) => _reader.FillAsync(cancellationToken);

    /// <summary>Reads one packet, for a handshake.</summary>
    /// <returns>The packet; null when the other end closed the connection.</returns>
    /// <exception cref="LinkException">As <see cref="TryRead"/> and <see cref="FillAsync"/>.</exception>
    public async ValueTask<MqttPacket?> ReadAsync(CancellationToken cancellationToken)
    {
        MqttPacket packet;
        while (!TryRead(out packet))
        {
            if (!await FillAsync(cancellationToken).ConfigureAwait(false))
            {
                return null;
            }
        }

        return packet;
    }

    /// <summary>Whether fewer bytes wait for the network than <see cref="LinkOptions.WriteAhead"/>; true when the link has failed.</summary>
    public bool HasRoom => _writer.HasRoom;

    /// <summary>Waits until <see cref="HasRoom"/>, or until the link has failed.</summary>
    public Task WaitForRoomAsync(CancellationToken cancellationToken) => _writer.WaitForRoomAsync(cancellationToken);

    /// <summary>Waits until all that was queued before the call has been given to the network, or until the link has failed.</summary>
    public Task FlushAsync(CancellationToken cancellationToken) => _writer.FlushAsync(cancellationToken);

    /// <summary>Leaves what is queued from now on to <see cref="Uncork"/>, which writes it together: for who answers many packets at once.</summary>
    public void Cork() => _writer.Cork();

    /// <summary>Writes what was queued since <see cref="Cork"/>, on the calling thread.</summary>
    public void Uncork() => _writer.Uncork();

    /// <summary>Writes what is queued on the calling thread, unless a write is under way: for who is about to wait for an answer.</summary>
    public void WriteQueued() => _writer.WriteDue();

    /// <summary>Gives nothing more to the network: from now on <see cref="BytesTaken"/> stays. Reading goes on.</summary>
    public void StopSending() => _writer.Stop();

    /// <summary>Tells the other end that nothing more is sent, once all has been. Reading goes on.</summary>
    public async Task EndSendingAsync()
    {
        await FlushAsync(CancellationToken.None).ConfigureAwait(false);
        await HalfClose.EndWritingAsync(_stream).ConfigureAwait(false);
    }

    /// <summary>Closes the connection at once; what is queued is lost. The reader ends.</summary>
    public ValueTask DisposeAsync()
    {
        _writer.Stop();
        return _stream.DisposeAsync();
    }

    private static MqttProtocolVersion ToMqttNet(MqttVersion version) => version switch
    {
        MqttVersion.V31 => MqttProtocolVersion.V310,
        MqttVersion.V311 => MqttProtocolVersion.V311,
        MqttVersion.V5 => MqttProtocolVersion.V500,
        _ => throw new ArgumentOutOfRangeException(nameof(version)),
    };
}
