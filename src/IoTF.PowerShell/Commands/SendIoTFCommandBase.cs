using System.Management.Automation;
using System.Text;
using IoTF.Client.Sending;
using IoTF.Mqtt;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Messages;
using IoTF.PowerShell.Parameters;
using IoTF.PowerShell.Payloads;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Limits;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Commands;

/// <summary>
/// What the <c>Send-</c> cmdlets share: the pipeline goes into a window of messages under way, and the cmdlet returns when it is known
/// of each message what became of it.
/// </summary>
public abstract class SendIoTFCommandBase : IoTFCommandBase
{
    private static readonly PSObject EmptyObject = new();

    private readonly PayloadEncoder _encoder = new(ServiceLimits.MaximumPayload);
    private readonly Dictionary<string, (string Name, int MaximumPayload)> _topics = [];
    private SendBatch? _batch;
    private IoTFSession _session = null!;

    /// <summary>What is sent: hashtables and objects become JSON, strings and bytes go as they are.</summary>
    [Parameter(Position = 1, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? Data { get; set; }

    /// <summary>The format word of the topic; <c>json</c>, or <c>bin</c> for bytes, unless given.</summary>
    [Parameter]
    public string? Format { get; set; }

    /// <summary>The delivery promise: 0 at most once, 1 at least once (unless given), 2 exactly once.</summary>
    [Parameter]
    [ValidateRange(0, 2)]
    public int QoS { get; set; } = 1;

    /// <summary>The type of the device that the message is about.</summary>
    [Parameter]
    [Alias("TypeId")]
    public string? DeviceType { get; set; }

    /// <summary>The id of the device that the message is about.</summary>
    [Parameter]
    public string? DeviceId { get; set; }

    /// <summary>A session, or its name or ClientId with wildcards; the only one that can send this unless given.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public object? Session { get; set; }

    /// <summary>How long the service may show no sign of life before a message counts as not acknowledged; 30 seconds unless given.</summary>
    [Parameter]
    [TimeoutTransformation(AllowZero = false)]
    public TimeSpan TimeoutSec { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Emits a receipt for each message, in order.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected abstract string MessageName { get; }

    private protected abstract IoTFSession ChooseSession(bool hasDevice);

    /// <summary>The topic for a format; throws what breaks a rule.</summary>
    private protected abstract string MakeTopic(ClientIdentity sender, string format);

    private protected sealed override void Begin()
    {
        if ((DeviceType is null) != (DeviceId is null))
        {
            throw Refuse(ErrorIds.DeviceNeeded, "Only one of -DeviceType and -DeviceId was given.", "A device is named by both.");
        }

        _session = ChooseSession(DeviceId is not null);
        _batch = new SendBatch(_session.Session, TimeoutSec, PassThru);

        // A topic that breaks a rule fails every message alike, so it ends the cmdlet before anything is sent.
        _ = TopicFor(Format ?? Formats.Json);
    }

    private protected sealed override void Process()
    {
        var input = Data;
        if (input is null && !MyInvocation.ExpectingInput && !MyInvocation.BoundParameters.ContainsKey(nameof(Data)))
        {
            // An event or a command without data: an empty object is what every reader of JSON takes.
            input = EmptyObject;
        }

        EncodedPayload payload;
        try
        {
            payload = _encoder.Encode(input, Format);
        }
        catch (PayloadException exception)
        {
            WriteError(ErrorRecords.Create(exception, Data));
            return;
        }

        var (topic, maximumPayload) = TopicFor(payload.Format);
        if (payload.Bytes.Length > maximumPayload)
        {
            WriteError(ErrorRecords.Create(PayloadEncoder.TooLarge(maximumPayload), Data));
            return;
        }

        _batch!.Send(new PendingMessage(topic, payload.Bytes, (QualityOfService)QoS, Data), StopToken);
        WriteReports();
    }

    private protected sealed override void End()
    {
        _batch!.Complete(StopToken);
        WriteReports();
        WriteNotices(_session.Session);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _batch?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>The topic for a format, and how large a payload may be there: of a long topic a part counts as payload (protocol.md §2.6).</summary>
    private (string Name, int MaximumPayload) TopicFor(string format)
    {
        if (!_topics.TryGetValue(format, out var topic))
        {
            var options = _session.Session.Options;
            var name = MakeTopic(options.Identity, format);
            TopicRules.RequireMayPublish(options.Identity, name);
            var counted = PayloadSize.Counted(payloadBytes: 0, Encoding.UTF8.GetByteCount(name), countTopic: options.Version != MqttVersion.V5);
            topic = (name, ServiceLimits.MaximumPayload - counted);
            _topics.Add(format, topic);
        }

        return topic;
    }

    private void WriteReports()
    {
        while (_batch!.TryTakeReport(out var message))
        {
            if (message.Fault is { } fault)
            {
                WriteError(FaultRecords.Create(fault, message.Input));
            }
            else if (PassThru)
            {
                WriteObject(MakeReceipt(message));
            }
        }
    }

    private IoTFReceipt MakeReceipt(PendingMessage message)
    {
        var clock = _session.Session.Clock;
        return new IoTFReceipt(
            _session.ClientId,
            MessageName,
            message.Topic,
            (int)message.QualityOfService,
            message.LastPacketId,
            (clock.GetUtcNow() - clock.GetElapsedTime(message.SettledAt)).UtcDateTime,
            clock.GetElapsedTime(message.SentAt, message.SettledAt),
            message.Transmissions,
            message.Input);
    }
}
