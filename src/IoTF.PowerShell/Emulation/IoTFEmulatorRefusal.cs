using IoTF.Emulator.Refusals;

namespace IoTF.PowerShell.Emulation;

/// <summary>Something that the local service did not accept: why a connection was refused or closed, or a message dropped.</summary>
public sealed class IoTFEmulatorRefusal
{
    internal IoTFEmulatorRefusal(EmulatorRefusal refusal)
    {
        Time = refusal.Time.UtcDateTime;
        ClientId = refusal.ClientId;
        RemoteAddress = refusal.RemoteAddress;
        CloseCode = refusal.CloseCode;
        Reason = refusal.Reason;
    }

    /// <summary>When, UTC.</summary>
    public DateTime Time { get; }

    /// <summary>The ClientId; null before it was known.</summary>
    public string? ClientId { get; }

    /// <summary>The client's address and port.</summary>
    public string RemoteAddress { get; }

    /// <summary>The service's close code (protocol.md §5.2).</summary>
    public int CloseCode { get; }

    /// <summary>What was wrong, in words.</summary>
    public string Reason { get; }

    /// <summary>Client, code and reason.</summary>
    public override string ToString() => $"{ClientId ?? RemoteAddress}: {CloseCode} {Reason}";
}
