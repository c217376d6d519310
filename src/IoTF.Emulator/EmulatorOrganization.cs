namespace IoTF.Emulator;

/// <summary>One organization of the local service, as it was when it was asked for.</summary>
public sealed record EmulatorOrganization
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it allows.</summary>
    public required OrganizationOptions Options { get; init; }

    /// <summary>The types of its devices and gateways, in order.</summary>
    public required IReadOnlyList<string> DeviceTypes { get; init; }

    /// <summary>How many devices are registered, those that gateways registered included.</summary>
    public required int Devices { get; init; }

    /// <summary>How many gateways are registered.</summary>
    public required int Gateways { get; init; }

    /// <summary>How many API keys there are.</summary>
    public required int ApiKeys { get; init; }

    /// <summary>How many clients are connected.</summary>
    public required int Connections { get; init; }
}
