using System.Management.Automation;
using IoTF.Emulator;
using IoTF.PowerShell.Emulation;
using IoTF.PowerShell.Errors;

namespace IoTF.PowerShell.Commands;

/// <summary>Starts a local IoT Foundation on loopback, for this runspace. It ends with the runspace.</summary>
[Cmdlet(VerbsLifecycle.Start, "IoTFEmulator")]
[OutputType(typeof(IoTFEmulator))]
public sealed class StartIoTFEmulatorCommand : IoTFCommandBase
{
    /// <summary>The organization that exists from the start.</summary>
    [Parameter(Position = 0)]
    [Alias("Org", "OrgId")]
    [ValidateNotNullOrEmpty]
    public string Organization { get; set; } = EmulatorOptions.DefaultOrganization;

    /// <summary>The port for TLS: 0 for any free one. Unless given it is 8883, or any free one when 8883 is in use.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    public int? Port { get; set; }

    /// <summary>Offers plain text, too, as the service does where its policy is "TLS Optional".</summary>
    [Parameter]
    public SwitchParameter AllowInsecure { get; set; }

    /// <summary>The port for plain text: 0 for any free one. Unless given it is 1883, or any free one when 1883 is in use.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    public int? PlainPort { get; set; }

    /// <summary>
    /// A file that keeps devices, keys and persistent sessions over a restart; made when it is not there. The certificate authority is kept beside
    /// it. An organization that is not given is that of the file.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    private protected override void Process()
    {
        var slot = EmulatorSlot.Current;
        if (slot.Emulator is { } running)
        {
            throw Refuse(
                ErrorIds.EmulatorRunning,
                $"An emulator is already running in this runspace: {running}.",
                "Use it (Get-IoTFEmulator), or stop it first (Stop-IoTFEmulator).");
        }

        var service = Await(LocalEmulator.StartAsync(
            new EmulatorOptions
            {
                Organization = Organization,
                Port = Port,
                OfferPlainText = AllowInsecure || PlainPort is not null,
                PlainPort = PlainPort,
                StatePath = Path is null ? null : GetUnresolvedProviderPathFromPSPath(Path),
            },
            StopToken));
        slot.Emulator = new IoTFEmulator(service);
        if (Port is null && service.Port != EmulatorOptions.DefaultPort)
        {
            WriteWarning($"Port {EmulatorOptions.DefaultPort} is in use; the emulator listens on {service.Port}.");
        }

        WriteObject(slot.Emulator);
    }
}
