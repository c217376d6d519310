using IoTF.PowerShell.Payloads;

namespace IoTF.PowerShell.Messages;

/// <summary>A message that a session received. What it shares with parameters of <c>Send-</c> cmdlets has their names, so it pipes into them.</summary>
/// <remarks>It is the <c>$EventArgs</c> of an action, and the engine takes only an <see cref="EventArgs"/> for that.</remarks>
public abstract class IoTFMessage : EventArgs
{
    private readonly object _gate = new();
    private bool _decoded;
    private object? _data;
    private string? _dataError;
    private string? _text;

    private protected IoTFMessage(
        string? organization,
        string? deviceType,
        string? deviceId,
        string format,
        byte[] payload,
        int qos,
        bool retain,
        bool duplicate,
        DateTime time,
        string topic)
    {
        Organization = organization;
        DeviceType = deviceType;
        DeviceId = deviceId;
        Format = format;
        Payload = payload;
        QoS = qos;
        Retain = retain;
        Duplicate = duplicate;
        Time = time;
        Topic = topic;
    }

    /// <summary>The organization of the session that received it.</summary>
    public string? Organization { get; }

    /// <summary>The type of the device that sent the event, or that the command is for.</summary>
    public string? DeviceType { get; }

    /// <summary>The id of the device that sent the event, or that the command is for.</summary>
    public string? DeviceId { get; }

    /// <summary>The format word of the topic, such as <c>json</c>, <c>text</c> or <c>bin</c>; it says how <see cref="Data"/> is made.</summary>
    public string Format { get; }

    /// <summary>
    /// The payload as PowerShell objects, made when first asked for. <c>json</c>: PSCustomObjects, arrays, strings (dates stay strings), <c>long</c>,
    /// <c>double</c>. <c>text</c>, <c>txt</c>, <c>utf8</c>, <c>xml</c>, <c>csv</c>: a string. Other formats: the bytes.
    /// <see langword="null"/> when the payload is not what the format says; <see cref="DataError"/> tells why.
    /// </summary>
    public object? Data
    {
        get
        {
            Decode();
            return _data;
        }
    }

    /// <summary>Why <see cref="Data"/> is <see langword="null"/> although there is a payload, or <see langword="null"/> when all is well.</summary>
    public string? DataError
    {
        get
        {
            Decode();
            return _dataError;
        }
    }

    /// <summary>The bytes as received.</summary>
    public byte[] Payload { get; }

    /// <summary>The payload as UTF-8 text whatever its format is; bytes that are not UTF-8 become U+FFFD.</summary>
    public string Text => _text ??= PayloadDecoder.Text(Payload);

    /// <summary>The quality of service of the delivery: 0, 1 or 2.</summary>
    public int QoS { get; }

    /// <summary>Whether the service had kept the message from before the subscription.</summary>
    public bool Retain { get; }

    /// <summary>Whether the service says that it may have delivered the message before.</summary>
    public bool Duplicate { get; }

    /// <summary>When the message was received, in UTC: compare it with <c>[datetime]::UtcNow</c>, because PowerShell compares times without a look at their zone.</summary>
    public DateTime Time { get; }

    /// <summary>The topic it came on.</summary>
    public string Topic { get; }

    private void Decode()
    {
        lock (_gate)
        {
            if (!_decoded)
            {
                _data = PayloadDecoder.Decode(Payload, Format, out _dataError);
                _decoded = true;
            }
        }
    }
}
