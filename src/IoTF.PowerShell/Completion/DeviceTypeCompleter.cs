using System.Collections;
using IoTF.PowerShell.Sessions;

namespace IoTF.PowerShell.Completion;

/// <summary>The types of devices that have a session or were heard of in one.</summary>
internal sealed class DeviceTypeCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Description)> Names(IDictionary given) =>
        SessionPool.Current.KnownDevices.Select(static device => (device.Type, $"device type {device.Type}"));
}
