namespace IoTF.PowerShell.Loading;

/// <summary>What ends first when a runspace ends.</summary>
internal enum EndOrder
{
    /// <summary>Connections end first, while the services they talk to still answer.</summary>
    Connections,

    /// <summary>Services end after all connections have.</summary>
    Services,
}
