using MQTTnet.Adapter;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Mqtt.Links;

/// <summary>Reads ahead from the stream and cuts what arrived into packets.</summary>
internal sealed class LinkReader
{
    private const int SmallBuffer = 4 * 1024;
    private const int LargeBuffer = 64 * 1024;
    private const byte ConnectHeader = 0x10;
    private const byte ConnAckHeader = 0x20;
    private const int ConnAckSizeBeforeVersion5 = 2;

    private readonly Stream _stream;
    private readonly MqttPacketFormatterAdapter _formatter;
    private readonly LinkOptions _options;
    private readonly Func<LinkException?> _writeFault;
    private byte[] _buffer = new byte[SmallBuffer];
    private int _start;
    private int _end;
    private bool _filled;

    /// <summary>The packet that is being read through; null when none is.</summary>
    private OversizedPublishPacket? _oversized;
    private long _toSkip;
    private long _bytesReceived;
    private long _lastReceived;
    private bool _isHeld;

    public LinkReader(Stream stream, MqttPacketFormatterAdapter formatter, LinkOptions options, Func<LinkException?> writeFault)
    {
        _stream = stream;
        _formatter = formatter;
        _options = options;
        _writeFault = writeFault;
        _lastReceived = options.Clock.GetTimestamp();
    }

    public long BytesReceived => Volatile.Read(ref _bytesReceived);

    /// <summary>The version that is spoken; null until it is known.</summary>
    public MqttVersion? Version => _formatter.ProtocolVersion switch
    {
        MqttProtocolVersion.V310 => MqttVersion.V31,
        MqttProtocolVersion.V311 => MqttVersion.V311,
        MqttProtocolVersion.V500 => MqttVersion.V5,
        _ => null,
    };

    /// <summary>What the CONNACK said in numbers (MQTT 5); null before.</summary>
    public ConnAckNumbers? ConnAck { get; private set; }

    public long LastReceived => IsHeld ? _options.Clock.GetTimestamp() : Volatile.Read(ref _lastReceived);

    public bool IsHeld
    {
        get => Volatile.Read(ref _isHeld);
        set
        {
            // The silence is counted from when it is read again.
            Volatile.Write(ref _lastReceived, _options.Clock.GetTimestamp());
            Volatile.Write(ref _isHeld, value);
        }
    }

    public bool TryRead(out MqttPacket? packet)
    {
        packet = null;
        if (_oversized is not null)
        {
            return TrySkip(out packet);
        }

        if (_start < _end)
        {
            CheckFirstByte(_buffer[_start]);
        }

        if (!TryReadHeader(out var headerSize, out var bodySize))
        {
            return false;
        }

        var total = headerSize + bodySize;
        if (total > _options.MaximumPacketSize)
        {
            if (_options.ReadsThroughLargePublish && PacketRules.IsPublish(_buffer[_start]))
            {
                _toSkip = total;
                _oversized = OversizedPublishPacket.Read(_buffer[_start], _buffer.AsSpan(_start + headerSize, _end - _start - headerSize), bodySize, total);
                return _oversized is not null && TrySkip(out packet);
            }

            throw new LinkException(
                LinkFailure.PacketTooLarge,
                $"The other end announced a packet of {total:N0} bytes; at most {_options.MaximumPacketSize:N0} are accepted.");
        }

        if (_end - _start < total)
        {
            return false;
        }

        packet = Decode(new ReceivedMqttPacket(_buffer[_start], new ArraySegment<byte>(_buffer, _start + headerSize, bodySize), total));
        _start += total;
        return true;
    }

    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        MakeRoom();
        int count;
        try
        {
            count = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not LinkException)
        {
            // TCP, TLS and WebSocket streams tell it with exceptions that have no base in common.
            cancellationToken.ThrowIfCancellationRequested();

            // A write that met the end first knows more than a read of the stream that was closed for it.
            throw _writeFault() is { Failure: LinkFailure.Reset } reset
                ? new LinkException(reset.Failure, reset.Message, exception)
                : LinkException.Ended(exception, "");
        }

        if (count == 0)
        {
            return false;
        }

        _filled = count == _buffer.Length - _end;
        _end += count;
        Volatile.Write(ref _bytesReceived, _bytesReceived + count);
        Volatile.Write(ref _lastReceived, _options.Clock.GetTimestamp());
        return true;
    }

    /// <summary>Forgets what has arrived of a packet that is too large.</summary>
    /// <returns>Whether that was all of it.</returns>
    private bool TrySkip(out MqttPacket? packet)
    {
        var arrived = (int)Math.Min(_toSkip, _end - _start);
        _start += arrived;
        _toSkip -= arrived;
        packet = _toSkip == 0 ? _oversized : null;
        _oversized = _toSkip == 0 ? null : _oversized;
        return packet is not null;
    }

    /// <summary>Reads the fixed header (MQTT-3.1.1 §2.2): one byte, then the remaining length in one to four.</summary>
    private bool TryReadHeader(out int headerSize, out int bodySize)
    {
        headerSize = 0;
        bodySize = 0;
        for (var i = 1; _start + i < _end; i++)
        {
            var lengthByte = _buffer[_start + i];
            bodySize |= (lengthByte & 0x7F) << (7 * (i - 1));
            if ((lengthByte & 0x80) == 0)
            {
                headerSize = i + 1;
                return true;
            }

            if (i == 4)
            {
                throw new LinkException(LinkFailure.Malformed, "The remaining length of a packet has more than four bytes.");
            }
        }

        return false;
    }

    /// <summary>
    /// Refuses what cannot begin a packet before the rest is waited for: what is not MQTT may never send the length that it seems to announce.
    /// </summary>
    private void CheckFirstByte(byte first)
    {
        if (Version is null && first != ConnectHeader)
        {
            throw new LinkException(LinkFailure.Malformed, "The first packet is not a CONNECT.");
        }

        try
        {
            PacketRules.CheckHeader(first, Version);
        }
        catch (MqttProtocolViolationException exception)
        {
            throw new LinkException(LinkFailure.Malformed, $"The data received is not a valid MQTT packet: {exception.Message}", exception);
        }
    }

    private MqttPacket Decode(ReceivedMqttPacket received)
    {
        try
        {
            if (_formatter.ProtocolVersion == MqttProtocolVersion.Unknown)
            {
                DetectVersion(received);
            }

            if (received.FixedHeader == ConnAckHeader && Version == MqttVersion.V5 && received.Body is { Count: ConnAckSizeBeforeVersion5 } old && old[1] != 0)
            {
                // A server of an older version refuses in the form of that version.
                return new MqttConnAckPacket { ReasonCode = (MqttConnectReasonCode)old[1] };
            }

            var packet = _formatter.Decode(received);
            PacketRules.Check(packet);
            if (packet is MqttConnAckPacket && Version == MqttVersion.V5)
            {
                ConnAck = ConnAckNumbers.Read(received.Body);
            }

            return packet;
        }
        catch (Exception exception) when (exception is not LinkException and not OutOfMemoryException)
        {
            // The decoder meets bad bytes with exceptions of many types; all of them mean the same.
            throw new LinkException(LinkFailure.Malformed, $"The data received is not a valid MQTT packet: {exception.Message}", exception);
        }
    }

    private void DetectVersion(ReceivedMqttPacket received)
    {
        // Name and level of the protocol (MQTT-3.1.1 §3.1.2). A CONNECT of another version is one; anything else is not MQTT.
        ReadOnlySpan<byte> body = received.Body;
        var isConnect = body.Length > 6 && body.StartsWith("\0\u0004MQTT"u8) || body.Length > 8 && body.StartsWith("\0\u0006MQIsdp"u8);
        if (!isConnect)
        {
            throw new LinkException(LinkFailure.Malformed, "The first packet is not a CONNECT of MQTT.");
        }

        try
        {
            _formatter.DetectProtocolVersion(received);
        }
        catch (MqttProtocolViolationException exception)
        {
            throw new LinkException(LinkFailure.ProtocolVersion, exception.Message, exception);
        }
    }

    /// <summary>Moves what is left to the front and grows only as far as bytes have really arrived, whatever length was announced.</summary>
    private void MakeRoom()
    {
        var left = _end - _start;
        if (left == _buffer.Length || (_filled && _buffer.Length < LargeBuffer))
        {
            var larger = new byte[_buffer.Length * 2];
            Array.Copy(_buffer, _start, larger, 0, left);
            _buffer = larger;
        }
        else if (left == 0 && _buffer.Length > LargeBuffer)
        {
            _buffer = new byte[LargeBuffer];
        }
        else if (_start > 0)
        {
            Array.Copy(_buffer, _start, _buffer, 0, left);
        }

        (_start, _end) = (0, left);
    }
}
