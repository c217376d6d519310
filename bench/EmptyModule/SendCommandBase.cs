using System.Management.Automation;

namespace IoTF.Bench.EmptyModule;

/// <summary>The parameters of <c>Send-IoTFEvent</c>.</summary>
public abstract class SendCommandBase : PSCmdlet
{
    /// <summary>As <c>Send-IoTFEvent</c>.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [AllowEmptyString]
    public string EventId { get; set; } = null!;

    /// <summary>As <c>Send-IoTFEvent</c>.</summary>
    [Parameter(Position = 1, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? Data { get; set; }

    /// <summary>As <c>Send-IoTFEvent</c>.</summary>
    [Parameter]
    public string? Format { get; set; }

    /// <summary>As <c>Send-IoTFEvent</c>.</summary>
    [Parameter]
    [ValidateRange(0, 2)]
    public int QoS { get; set; } = 1;

    /// <summary>As <c>Send-IoTFEvent</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("TypeId")]
    public string? DeviceType { get; set; }

    /// <summary>As <c>Send-IoTFEvent</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? DeviceId { get; set; }

    /// <summary>As <c>Send-IoTFEvent</c>.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public object? Session { get; set; }

    /// <summary>As <c>Send-IoTFEvent</c>.</summary>
    [Parameter]
    public TimeSpan TimeoutSec { get; set; }

    /// <summary>As <c>Send-IoTFEvent</c>.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>As <c>Send-IoTFEvent</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, DontShow = true)]
    public object? PipedSession { get; set; }
}
