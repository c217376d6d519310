namespace IoTF.PowerShell.Loading;

/// <summary>What ends first when a runspace ends.</summary>
internal enum EndOrder
{
    /// <summary>What works on messages ends first, so that nothing is begun any more.</summary>
    Actions,

    /// <summary>Connections end next, while the services they talk to still answer.</summary>
    Connections,

    /// <summary>Services end after all connections have.</summary>
    Services,
}
