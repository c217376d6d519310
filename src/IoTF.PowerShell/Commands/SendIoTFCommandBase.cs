using System.Management.Automation;
using IoTF.Client.Sending;
using IoTF.Mqtt;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Messages;
using IoTF.PowerShell.Parameters;
using IoTF.PowerShell.Payloads;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Limits;
using IoTF.Protocol.Rules;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Commands;

/// <summary>
/// What the <c>Send-</c> cmdlets share: the pipeline goes into a window of messages under way, and the cmdlet returns when it is known
/// of each message what became of it.
/// </summary>
/// <remarks>
/// <c>DeviceType</c> and <c>DeviceId</c> of piped objects name the device, so that one CSV feeds a fleet. They are in the topic then, and what is
/// sent of a custom object (a row of a CSV) is the rest of it; objects of other types are sent whole.
/// </remarks>
public abstract class SendIoTFCommandBase : IoTFCommandBase
{
    private static readonly PSObject EmptyObject = new();

    private readonly PayloadEncoder _encoder = new(ServiceLimits.MaximumPayload);
    private TopicCache? _topics;
    private SendBatch? _batch;
    private IoTFSession? _session;

    /// <summary>Whether piped objects may name the device, because the parameters do not, or not wholly.</summary>
    private bool _takesDevice;
    private bool _hasData;

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

    /// <summary>The type of the device that the message is about or for; of piped objects, their property of this name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("TypeId")]
    public string? DeviceType { get; set; }

    /// <summary>The id of the device that the message is about or for; of piped objects, their property of this name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
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

    /// <summary>The session for what the parameters say now.</summary>
    private protected abstract IoTFSession ChooseSession();

    /// <summary>Makes sure that a session chosen for an earlier message can send one about another device, or about none.</summary>
    /// <exception cref="IoTFException">It cannot.</exception>
    private protected abstract void RequireAble(ClientIdentity sender);

    /// <summary>The topic for a device and a format; throws what breaks a rule.</summary>
    private protected abstract string MakeTopic(ClientIdentity sender, string? deviceType, string? deviceId, string format);

    private protected sealed override void Begin()
    {
        _hasData = MyInvocation.BoundParameters.ContainsKey(nameof(Data));
        _takesDevice = MyInvocation.ExpectingInput && (DeviceType is null || DeviceId is null);
        if (!_takesDevice)
        {
            // What breaks a rule here fails every message alike, so it ends the cmdlet before anything is sent.
            RequireWholeDevice();
            _ = TopicFor(Format ?? Formats.Json);
        }
    }

    private protected sealed override void Process()
    {
        try
        {
            RequireWholeDevice();
            Send(_encoder.Encode(WhatIsSent(), Format));
        }
        catch (PayloadException exception)
        {
            WriteError(ErrorRecords.Create(exception, Data));
        }
        catch (RuleException exception) when (exception.Subject is nameof(DeviceType) or nameof(DeviceId) or "Topic")
        {
            WriteError(FaultRecords.Create(exception, Data));
        }
        catch (IoTFException exception) when (_session is not null)
        {
            // The session cannot send this one; others it may.
            WriteError(ErrorRecords.Create(exception.ErrorId, ErrorCategory.InvalidArgument, exception.Message, exception.NextStep, Data, exception));
        }
    }

    private protected sealed override void End()
    {
        if (_batch is not null)
        {
            _batch.Complete(StopToken);
            WriteReports();
            WriteNotices(_session!.Session);
        }
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

    private object? WhatIsSent()
    {
        if (Data is null && !MyInvocation.ExpectingInput && !_hasData)
        {
            // An event or a command without data: an empty object is what every reader of JSON takes.
            return EmptyObject;
        }

        return _takesDevice && !_hasData && DeviceId is not null ? DeviceColumns.Without(Data) : Data;
    }

    private void Send(EncodedPayload payload)
    {
        var (topic, maximumPayload) = TopicFor(payload.Format);
        if (payload.Bytes.Length > maximumPayload)
        {
            throw PayloadEncoder.TooLarge(maximumPayload);
        }

        _batch!.Send(new PendingMessage(topic, payload.Bytes, (QualityOfService)QoS, Data), StopToken);
        WriteReports();
    }

    private void RequireWholeDevice()
    {
        if ((DeviceType is null) != (DeviceId is null))
        {
            throw new RuleException(
                ErrorIds.DeviceNeeded,
                DeviceId is null ? nameof(DeviceId) : nameof(DeviceType),
                "Only one of -DeviceType and -DeviceId was given.",
                "A device is named by both.");
        }
    }

    /// <summary>The topic for a format, and how large a payload may be there. The first message decides on the session.</summary>
    private (string Name, int MaximumPayload) TopicFor(string format)
    {
        if (_session is null)
        {
            _session = ChooseSession();
            _batch = new SendBatch(_session.Session, TimeoutSec, PassThru);
            _topics = new TopicCache(_session.Session.Options, MakeTopic);
        }

        RequireAble(_session.Session.Options.Identity);
        return _topics!.Find(DeviceType, DeviceId, format);
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
        var clock = _session!.Session.Clock;
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
