# How PowerShell shows and serializes the module's objects. Nested in IoTF.psd1, behind the loader: named there, these files would be processed first,
# and a second copy of the module would end in errors about members that are already present.
@{
    ModuleVersion     = '1.0'
    GUID              = '0f3a0c4b-9c0d-4f0e-8d63-0b9a1e5d7c52'
    Author            = 'The IoTF maintainers'
    Description       = 'The views and type data of the module IoTF, which imports it.'
    FormatsToProcess  = @('IoTF.Format.ps1xml')
    TypesToProcess    = @('IoTF.Types.ps1xml')
    FunctionsToExport = @()
    CmdletsToExport   = @()
    AliasesToExport   = @()
    VariablesToExport = @()
}
