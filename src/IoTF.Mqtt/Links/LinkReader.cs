using MQTTnet.Adapter;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;

namespace IoTF.Mqtt.Links;

/// <summary>Reads ahead from the stream and cuts what arrived into packets.</summary>
internal sealed class LinkReader
{
    private const int SmallBuffer = 4 * 1024;
    private const int LargeBuffer = 64 * 1024;

    private readonly Stream _stream;
    private readonly MqttPacketFormatterAdapter _formatter;
    private readonly LinkOptions _options;
    private byte[] _buffer = new byte[SmallBuffer];
    private int _start;
    private int _end;
    private bool _filled;
    private long _bytesReceived;
    private long _lastReceived;

    public LinkReader(Stream stream, MqttPacketFormatterAdapter formatter, LinkOptions options)
    {
        _stream = stream;
        _formatter = formatter;
        _options = options;
        _lastReceived = options.Clock.GetTimestamp();
    }

    public long BytesReceived => Volatile.Read(ref _bytesReceived);

    public long LastReceived => Volatile.Read(ref _lastReceived);

    public bool TryRead(out MqttPacket? packet)
    {
        packet = null;
        if (_start < _end)
        {
            RequirePacketType(_buffer[_start]);
        }

        if (!TryReadHeader(out var headerSize, out var bodySize))
        {
            return false;
        }

        var total = headerSize + bodySize;
        if (total > _options.MaximumPacketSize)
        {
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
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new LinkException(LinkFailure.Broken, "The network broke the connection.", exception);
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
    /// Refuses what cannot begin a packet (MQTT-3.1.1 §2.2.1 and §2.2.2) before the length that seems to follow is waited for: a peer that
    /// speaks another protocol is recognised by its first byte. In MQTT 3.1 the flags mean nothing where they are not used.
    /// </summary>
    private void RequirePacketType(byte first)
    {
        var flags = first & 0x0F;
        var isValid = (first >> 4) switch
        {
            0 => false,
            3 => (flags & 0x06) != 0x06,
            15 when _formatter.ProtocolVersion != MqttProtocolVersion.V500 => false,
            _ when _formatter.ProtocolVersion == MqttProtocolVersion.V310 => true,
            6 or 8 or 10 => flags == 2,
            _ => flags == 0,
        };
        if (!isValid)
        {
            throw new LinkException(LinkFailure.Malformed, $"What arrived is not MQTT: no packet begins with the byte 0x{first:X2}.");
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

            return _formatter.Decode(received) ?? throw new LinkException(LinkFailure.Malformed, "A packet is empty.");
        }
        catch (Exception exception) when (exception is not LinkException and not OutOfMemoryException)
        {
            // The decoder meets bad bytes with exceptions of many types; all of them mean the same.
            throw new LinkException(LinkFailure.Malformed, $"What arrived is no valid MQTT packet: {exception.Message}", exception);
        }
    }

    private void DetectVersion(ReceivedMqttPacket received)
    {
        if (received.FixedHeader != 0x10)
        {
            throw new LinkException(LinkFailure.Malformed, "The first packet is not a CONNECT.");
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
