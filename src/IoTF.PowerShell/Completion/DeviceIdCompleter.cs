using System.Collections;
using IoTF.PowerShell.Sessions;

namespace IoTF.PowerShell.Completion;

/// <summary>The ids of devices that have a session or were heard of in one; of the type that is given, if any.</summary>
internal sealed class DeviceIdCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Description)> Names(IDictionary given)
    {
        var type = given["DeviceType"]?.ToString();
        return SessionPool.Current.KnownDevices
            .Where(device => type is null || device.Type == type)
            .Select(static device => (device.Id, $"{device.Type}/{device.Id}"));
    }
}
