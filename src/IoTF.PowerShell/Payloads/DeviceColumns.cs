using System.Management.Automation;

namespace IoTF.PowerShell.Payloads;

/// <summary>
/// The properties of a piped object that name the device. They are in the topic, where every receiver finds them, and a device would not
/// repeat them in what it says of itself.
/// </summary>
internal static class DeviceColumns
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase) { "DeviceType", "TypeId", "DeviceId" };

    /// <summary>A custom object (a row of a CSV) without these properties; other objects as they are.</summary>
    public static object? Without(object? data)
    {
        if (data is not PSObject { BaseObject: PSCustomObject } row)
        {
            return data;
        }

        var rest = new PSObject();
        foreach (var property in row.Properties)
        {
            if (!Names.Contains(property.Name))
            {
                rest.Properties.Add(new PSNoteProperty(property.Name, property.Value), preValidated: true);
            }
        }

        return rest;
    }
}
