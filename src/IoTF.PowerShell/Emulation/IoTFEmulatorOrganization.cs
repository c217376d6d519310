using IoTF.Emulator;

namespace IoTF.PowerShell.Emulation;

/// <summary>One organization of the local service, as it was when it was asked for.</summary>
public sealed class IoTFEmulatorOrganization
{
    internal IoTFEmulatorOrganization(EmulatorOrganization organization)
    {
        Organization = organization.Name;
        MaximumPayload = organization.Options.MaximumPayload;
        MaximumQoS = (int)organization.Options.MaximumQoS;
        AllowRetain = organization.Options.AllowRetain;
        AllowInsecure = organization.Options.AllowInsecure;
        AllowPersistent = organization.Options.AllowPersistent;
        MaximumConnections = organization.Options.MaximumConnections;
        DeviceTypes = [.. organization.DeviceTypes];
        Devices = organization.Devices;
        Gateways = organization.Gateways;
        ApiKeys = organization.ApiKeys;
        Connections = organization.Connections;
    }

    /// <summary>Its name.</summary>
    public string Organization { get; }

    /// <summary>The most bytes of a payload.</summary>
    public int MaximumPayload { get; }

    /// <summary>The highest QoS, 0 to 2.</summary>
    public int MaximumQoS { get; }

    /// <summary>Whether clients may retain messages.</summary>
    public bool AllowRetain { get; }

    /// <summary>Whether clients may connect without TLS.</summary>
    public bool AllowInsecure { get; }

    /// <summary>Whether sessions may outlive their connection.</summary>
    public bool AllowPersistent { get; }

    /// <summary>How many clients may be connected at once; null for as many as come.</summary>
    public int? MaximumConnections { get; }

    /// <summary>The types of its devices and gateways.</summary>
    public string[] DeviceTypes { get; }

    /// <summary>How many devices are registered.</summary>
    public int Devices { get; }

    /// <summary>How many gateways are registered.</summary>
    public int Gateways { get; }

    /// <summary>How many API keys there are.</summary>
    public int ApiKeys { get; }

    /// <summary>How many clients are connected.</summary>
    public int Connections { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Organization;
}
