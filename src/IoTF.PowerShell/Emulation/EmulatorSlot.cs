using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Loading;

namespace IoTF.PowerShell.Emulation;

/// <summary>The place for the one local service of a runspace. It is stopped when the runspace ends.</summary>
internal sealed class EmulatorSlot : IAsyncDisposable
{
    /// <summary>The slot of the runspace that runs the calling cmdlet.</summary>
    public static EmulatorSlot Current => RunspaceScope.Current.Get(EndOrder.Services, static () => new EmulatorSlot());

    /// <summary>The local service that runs; null when none does. Only the pipeline thread of the runspace sets it.</summary>
    public IoTFEmulator? Emulator { get; set; }

    /// <summary>The local service that a cmdlet means.</summary>
    /// <param name="given">What <c>-Emulator</c> gave.</param>
    /// <exception cref="IoTFException">There is none.</exception>
    public static IoTFEmulator Require(IoTFEmulator? given) => given ?? Current.Emulator ?? throw new IoTFException(
        ErrorIds.NoEmulator, "No emulator is running in this runspace.", "Start one with Start-IoTFEmulator, or pass the emulator of another runspace with -Emulator.");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Emulator?.Service.DisposeAsync() ?? default;
}
