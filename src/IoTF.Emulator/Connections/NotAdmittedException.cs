using IoTF.Emulator.Refusals;

namespace IoTF.Emulator.Connections;

/// <summary>A connection came with something that its port is not for.</summary>
internal sealed class NotAdmittedException(CloseReason reason, string message) : Exception(message)
{
    public CloseReason Reason { get; } = reason;
}
