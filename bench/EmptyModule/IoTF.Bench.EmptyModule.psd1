@{
    RootModule        = 'IoTF.Bench.EmptyModule.dll'
    ModuleVersion     = '0.1.0'
    GUID              = '0c2e4b0a-0b63-4d55-9a5e-7a2f1d5c6e10'
    Description       = 'A binary module that does nothing, to be compared with.'
    PowerShellVersion = '7.4'
    CmdletsToExport   = @('Send-Nothing', 'Send-Prepared')
    FunctionsToExport = @()
    AliasesToExport   = @()
    VariablesToExport = @()
}
