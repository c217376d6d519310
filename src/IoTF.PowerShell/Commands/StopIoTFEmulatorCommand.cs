using System.Management.Automation;
using IoTF.PowerShell.Emulation;

namespace IoTF.PowerShell.Commands;

/// <summary>Stops the local service. Its clients are disconnected, and what it knew is forgotten unless it is kept in a file.</summary>
[Cmdlet(VerbsLifecycle.Stop, "IoTFEmulator", SupportsShouldProcess = true)]
public sealed class StopIoTFEmulatorCommand : IoTFCommandBase
{
    /// <summary>The local service. Default: that of this runspace.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public IoTFEmulator? Emulator { get; set; }

    private protected override void Process()
    {
        var emulator = EmulatorSlot.Require(Emulator);
        if (!ShouldProcess($"the emulator at port {emulator.Port}", "Stop"))
        {
            return;
        }

        try
        {
            Await(emulator.Service.StopAsync().WaitAsync(StopToken));
        }
        finally
        {
            // Also when its file could not be written: it has stopped all the same.
            if (EmulatorSlot.Current.Emulator == emulator && !StopToken.IsCancellationRequested)
            {
                EmulatorSlot.Current.Emulator = null;
            }
        }

        WriteVerbose($"The emulator at port {emulator.Port} was stopped.");
    }
}
