using System.Management.Automation;
using IoTF.Emulator.Faults;
using IoTF.PowerShell.Emulation;
using IoTF.PowerShell.Parameters;

namespace IoTF.PowerShell.Commands;

/// <summary>Makes the local service do something wrong for some clients, so that it can be seen what they do; or takes that back.</summary>
[Cmdlet(VerbsCommon.Set, "IoTFEmulatorFault")]
public sealed class SetIoTFEmulatorFaultCommand : IoTFCommandBase
{
    private const string RefuseSet = nameof(RefuseConnect);

    /// <summary>For which ClientIds, with wildcards. Default: all. With <c>-Clear</c>, the faults that were set for exactly this.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string ClientId { get; set; } = "*";

    /// <summary>Refuses CONNECT with this return code: 2 ClientId, 3 unavailable, 5 not authorized.</summary>
    [Parameter(Mandatory = true, ParameterSetName = RefuseSet)]
    [ValidateRange(1, 5)]
    public int RefuseConnect { get; set; }

    /// <summary>Closes connections with this close code: those that are open at once, others when they send something.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(CloseCode))]
    [ValidateRange(1, 999)]
    public int CloseCode { get; set; }

    /// <summary>Cuts connections as a broken network does: those that are open at once, others when they send something.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(Drop))]
    public SwitchParameter Drop { get; set; }

    /// <summary>Answers nothing any more until it is cleared.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(Stall))]
    public SwitchParameter Stall { get; set; }

    /// <summary>Acknowledges QoS 1 and 2 messages this late; a bare number is seconds.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(AcknowledgementDelay))]
    [TimeoutTransformation(AllowZero = false)]
    public TimeSpan AcknowledgementDelay { get; set; }

    /// <summary>Reads messages no faster than the service's rate limits allow: 10 a second of a device, 20 of an application, 100 of a gateway.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(SlowReading))]
    public SwitchParameter SlowReading { get; set; }

    /// <summary>How often it happens. Default: until it is cleared.</summary>
    [Parameter(ParameterSetName = RefuseSet)]
    [Parameter(ParameterSetName = nameof(CloseCode))]
    [Parameter(ParameterSetName = nameof(Drop))]
    [Parameter(ParameterSetName = nameof(Stall))]
    [Parameter(ParameterSetName = nameof(AcknowledgementDelay))]
    [ValidateRange(1, int.MaxValue)]
    public int? Count { get; set; }

    /// <summary>Takes faults back; clients that were stalled go on.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(Clear))]
    public SwitchParameter Clear { get; set; }

    /// <summary>The local service. Default: that of this runspace.</summary>
    [Parameter]
    [ValidateNotNull]
    public IoTFEmulator? Emulator { get; set; }

    private protected override void Process()
    {
        var service = EmulatorSlot.Require(Emulator).Service;
        if (ParameterSetName == nameof(Clear))
        {
            service.ClearFaults(MyInvocation.BoundParameters.ContainsKey(nameof(ClientId)) ? ClientId : null);
            return;
        }

        service.SetFault(new EmulatorFault
        {
            Kind = ParameterSetName switch
            {
                RefuseSet => EmulatorFaultKind.RefuseConnect,
                nameof(CloseCode) => EmulatorFaultKind.Close,
                nameof(Drop) => EmulatorFaultKind.Drop,
                nameof(Stall) => EmulatorFaultKind.Stall,
                nameof(AcknowledgementDelay) => EmulatorFaultKind.DelayAcknowledgements,
                _ => EmulatorFaultKind.SlowReading,
            },
            ClientId = ClientId,
            Count = Count,
            Code = ParameterSetName == RefuseSet ? RefuseConnect : CloseCode,
            Delay = AcknowledgementDelay,
        });
    }
}
