using System.Management.Automation;
using IoTF.Client.Sending;
using IoTF.Mqtt;
using IoTF.PowerShell.Completion;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Messages;
using IoTF.PowerShell.Parameters;
using IoTF.PowerShell.Payloads;
using IoTF.PowerShell.Reporting;
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
/// sent of a custom object (a row of a CSV) is the rest of it; objects of other types are sent whole. A piped session is not data. It sends what
/// <c>-Data</c> says, so that one line speaks for a fleet; one that cannot, or with <c>-Session</c> need not, names the device.
/// </remarks>
public abstract class SendIoTFCommandBase : IoTFCommandBase
{
    private static readonly PSObject EmptyObject = new();

    private readonly PayloadEncoder _encoder = new(ServiceLimits.MaximumPayload);
    private Outboxes? _outboxes;


    /// <summary>Of the session that the parameters mean; null until the first message.</summary>
    private Outbox? _chosen;

    /// <summary>The session that was piped in, when it sends.</summary>
    private IoTFSession? _sender;
    private ProgressReport _progress = null!;
    private long _sent;

    /// <summary>Whether piped objects may name the device, because the parameters do not, or not wholly.</summary>
    private bool _takesDevice;
    private (string? Type, string? Id) _givenDevice;
    private bool _hasData;

    /// <summary>What is sent: hashtables and objects become JSON, strings and bytes go as they are.</summary>
    [Parameter(Position = 1, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? Data { get; set; }

    /// <summary>The format word of the topic. Default: <c>json</c>, or <c>bin</c> for bytes.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(FormatCompleter))]
    public string? Format { get; set; }

    /// <summary>MQTT quality of service: 0, 1 (default) or 2.</summary>
    [Parameter]
    [ValidateRange(0, 2)]
    public int QoS { get; set; } = 1;

    /// <summary>The type of the device that the message is about or for; of piped objects, their property of this name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("TypeId")]
    [ArgumentCompleter(typeof(DeviceTypeCompleter))]
    public string? DeviceType { get; set; }

    /// <summary>The id of the device that the message is about or for; of piped objects, their property of this name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DeviceIdCompleter))]
    public string? DeviceId { get; set; }

    /// <summary>A session, or its name or ClientId with wildcards. Default: the only one that can send this.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public object? Session { get; set; }

    /// <summary>How long the service may send nothing before a message counts as not acknowledged. Default: 30 seconds.</summary>
    [Parameter]
    [TimeoutTransformation(AllowZero = false)]
    public TimeSpan TimeoutSec { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Emits a receipt for each message, in order for each session.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>The session that is piped in; null when the piped object is none.</summary>
    /// <remarks>
    /// Sessions have a hidden property of this name, which is the session (<c>IoTF.Types.ps1xml</c>). So they bind beside data given as an argument, and
    /// nothing else does.
    /// </remarks>
    [Parameter(ValueFromPipelineByPropertyName = true, DontShow = true)]
    public IoTFSession? PipedSession { get; set; }

    private protected abstract MessageKind Kind { get; }

    private protected abstract string MessageName { get; }

    /// <summary>The session that is asked for, or its name; null for the only one that can send this.</summary>
    private protected object? WantedSession => _sender ?? Session;

    /// <summary>What an error is about: the piped object, so that it can be sent again.</summary>
    private object? Input => PipedSession ?? Data;

    /// <summary>Whether a session that is piped in sends, unless <c>-Session</c> names another; if not, it names the device.</summary>
    private protected virtual bool Sends(ClientIdentity piped) => true;

    /// <summary>The session for what the parameters say now.</summary>
    private protected abstract IoTFSession ChooseSession();

    /// <summary>Makes sure that a session chosen for an earlier message can send one about another device, or about none.</summary>
    /// <exception cref="IoTFException">It cannot.</exception>
    private protected abstract void RequireAble(ClientIdentity sender);

    /// <summary>The topic of a message; throws what breaks a rule.</summary>
    private protected abstract string MakeTopic(ClientIdentity sender, in TopicParts parts);

    private protected sealed override void Begin()
    {
        _outboxes = new Outboxes(TimeoutSec, PassThru, new Meanwhile(ProgressReport.Pause, TellProgress));
        _progress = new ProgressReport(this, $"Sending '{MessageName}'");
        _hasData = MyInvocation.BoundParameters.ContainsKey(nameof(Data));
        _takesDevice = MyInvocation.ExpectingInput && (DeviceType is null || DeviceId is null);
        _givenDevice = (DeviceType, DeviceId);
        if (!MyInvocation.ExpectingInput || (!_takesDevice && Session is not null))
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
            ProcessInput();
        }
        catch
        {
            _progress.End();
            throw;
        }
    }

    private protected sealed override void End()
    {
        try
        {
            // First all, so that an error that ends the script leaves nothing unsent.
            _outboxes!.Complete(StopToken);
            foreach (var outbox in _outboxes.All)
            {
                WriteReports(outbox);
                WriteNotices(outbox.Session.Session);
            }
        }
        finally
        {
            _progress.End();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _outboxes?.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ProcessInput()
    {
        FindPipedSession();
        try
        {
            RequireWholeDevice();
            Send(_encoder.Encode(WhatIsSent(), Format));
        }
        catch (PayloadException exception)
        {
            WriteError(ErrorRecords.Create(exception, Input));
        }
        catch (RuleException exception) when (exception.Subject is "Topic" || (_takesDevice && exception.Subject is nameof(DeviceType) or nameof(DeviceId)))
        {
            WriteError(FaultRecords.Create(exception, Input));
        }
        catch (IoTFException exception) when (_chosen is not null || _sender is not null)
        {
            // The session cannot send this one; others it may, or other sessions.
            WriteError(ErrorRecords.Create(exception.ErrorId, ErrorCategory.InvalidArgument, exception.Message, exception.NextStep, Input, exception));
        }
    }

    private void FindPipedSession()
    {
        _sender = Session is null && PipedSession is { } piped && Sends(piped.Session.Options.Identity) ? piped : null;
        if (_sender is not null)
        {
            // Its properties are its own name, not that of a device it speaks for.
            (DeviceType, DeviceId) = _givenDevice;
        }
    }

    private object? WhatIsSent()
    {
        if (!_hasData && (PipedSession is not null || (Data is null && !MyInvocation.ExpectingInput)))
        {
            // An event or a command without data: an empty object is what every reader of JSON takes.
            return EmptyObject;
        }

        return _takesDevice && !_hasData && DeviceId is not null ? DeviceColumns.Without(Data) : Data;
    }

    private void Send(EncodedPayload payload)
    {
        var (outbox, topic) = TopicFor(payload.Format);
        if (payload.Bytes.Length > topic.MaximumPayload)
        {
            throw PayloadEncoder.TooLarge(topic.MaximumPayload);
        }

        var message = new PendingMessage(topic.Name, payload.Bytes, (QualityOfService)QoS, Input);
        if (_sender is null)
        {
            outbox.Batch.Send(message, StopToken, isLast: !MyInvocation.ExpectingInput);
        }
        else
        {
            _outboxes!.SendOrSetAside(outbox, message, StopToken);
        }

        WriteReports(outbox);
        _sent++;
        if (_progress.IsDue)
        {
            TellProgress();
        }
    }

    private void TellProgress() =>
        _progress.Tell(_sent, "sent", $"{_outboxes!.Outstanding:N0} not acknowledged");

    private void RequireWholeDevice()
    {
        if ((DeviceType is null) != (DeviceId is null))
        {
            throw new RuleException(
                ErrorIds.DeviceNeeded,
                DeviceId is null ? nameof(DeviceId) : nameof(DeviceType),
                "Only one of -DeviceType and -DeviceId was given.",
                "Use both to name a device.");
        }
    }

    /// <summary>The topic for a format. Unless sessions are piped, the first message decides on the session.</summary>
    private (Outbox Outbox, CheckedTopic Topic) TopicFor(string format)
    {
        var outbox = _sender is null ? _chosen ??= _outboxes!.Of(ChooseSession()) : _outboxes!.Of(ChooseSession());
        var identity = outbox.Session.Session.Options.Identity;
        RequireAble(identity);
        var topics = outbox.Session.Topics;
        var parts = new TopicParts(Kind, MessageName, DeviceType, DeviceId, format);
        if (!topics.TryFind(parts, out var topic))
        {
            topic = topics.Add(parts, MakeTopic(identity, parts));
            SessionPool.Current.Seen.Note(Kind, DeviceType, DeviceId, MessageName, format);
        }

        return (outbox, topic);
    }

    private void WriteReports(Outbox outbox)
    {
        while (outbox.Batch.TryTakeReport(out var message))
        {
            if (message.Fault is { } fault)
            {
                WriteError(FaultRecords.Create(fault, message.Input));
            }
            else if (PassThru)
            {
                WriteObject(MakeReceipt(outbox.Session, message));
            }
        }
    }

    private IoTFReceipt MakeReceipt(IoTFSession session, PendingMessage message)
    {
        var clock = session.Session.Clock;
        return new IoTFReceipt(
            session.ClientId,
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
