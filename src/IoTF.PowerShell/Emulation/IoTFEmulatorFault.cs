using IoTF.Emulator.Faults;

namespace IoTF.PowerShell.Emulation;

/// <summary>Something that the local service does wrong because <c>Set-IoTFEmulatorFault</c> asked for it.</summary>
public sealed class IoTFEmulatorFault
{
    internal IoTFEmulatorFault(EmulatorFault fault)
    {
        Kind = fault.Kind.ToString();
        ClientId = fault.ClientId;
        Count = fault.Count;
        Code = fault.Code == 0 ? null : fault.Code;
        Delay = fault.Delay == TimeSpan.Zero ? null : fault.Delay;
    }

    /// <summary><c>RefuseConnect</c>, <c>Close</c>, <c>Drop</c>, <c>Stall</c>, <c>DelayAcknowledgements</c> or <c>SlowReading</c>.</summary>
    public string Kind { get; }

    /// <summary>For which ClientIds, with wildcards.</summary>
    public string ClientId { get; }

    /// <summary>How often it still happens; null until it is cleared.</summary>
    public int? Count { get; }

    /// <summary>The return code or close code; null where there is none.</summary>
    public int? Code { get; }

    /// <summary>How late acknowledgements are; null where they are not.</summary>
    public TimeSpan? Delay { get; }

    /// <summary>What, and for whom.</summary>
    public override string ToString() => $"{Kind} for {ClientId}";
}
