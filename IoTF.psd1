@{
    # bin/ is build output in its final shape: what a build leaves there is what the Gallery gets.
    RootModule           = 'bin/IoTF.PowerShell.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '5606e24c-de68-4049-b4cc-e40371892374'
    Author               = 'The IoTF maintainers'
    CompanyName          = 'The IoTF maintainers'
    Copyright            = 'Copyright (c) The IoTF maintainers. MIT license.'
    Description          = 'Connects devices, gateways and applications to the IBM IoT Foundation (Watson IoT Platform, Maximo IoT tool) over MQTT, and brings a local emulator of the service.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')

    # The loader first: it refuses a second copy of the module before that changes anything, and makes the assemblies in bin/lib findable, which
    # PowerShell needs to list the cmdlets of the root module.
    NestedModules        = @('bin/IoTF.Loader.dll', 'IoTF.Objects.psd1')

    # Named one by one: a wildcard would make PowerShell load the module just to find out what is in it.
    CmdletsToExport      = @(
        'Connect-IoTFApplication'
        'Connect-IoTFDevice'
        'Connect-IoTFGateway'
        'Disconnect-IoTFSession'
        'Get-IoTFEmulator'
        'Get-IoTFSession'
        'New-IoTFEmulatorApiKey'
        'New-IoTFEmulatorDevice'
        'Receive-IoTFCommand'
        'Receive-IoTFEvent'
        'Receive-IoTFNotification'
        'Receive-IoTFStatus'
        'Register-IoTFAction'
        'Send-IoTFCommand'
        'Send-IoTFEvent'
        'Set-IoTFEmulatorFault'
        'Set-IoTFEmulatorOrganization'
        'Start-IoTFEmulator'
        'Stop-IoTFEmulator'
        'Test-IoTFConnection'
        'Unregister-IoTFAction'
    )
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()

    PrivateData          = @{
        PSData = @{
            Tags                     = @('IoT', 'MQTT', 'WatsonIoT', 'IoTFoundation', 'Maximo', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            LicenseUri               = 'https://opensource.org/license/mit'
            RequireLicenseAcceptance = $false

            # The address of the repository, for whoever publishes the module: packages show it, and Get-Help -Online opens the pages in docs/en-US there.
            # ProjectUri             = 'https://'
        }
    }
}
