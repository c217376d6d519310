using System.Management.Automation;
using IoTF.PowerShell.Emulation;

namespace IoTF.PowerShell.Commands;

/// <summary>Emits the local service of this runspace; nothing when none runs.</summary>
[Cmdlet(VerbsCommon.Get, "IoTFEmulator")]
[OutputType(typeof(IoTFEmulator))]
public sealed class GetIoTFEmulatorCommand : IoTFCommandBase
{
    private protected override void Process()
    {
        if (EmulatorSlot.Current.Emulator is { } emulator)
        {
            WriteObject(emulator);
        }
    }
}
