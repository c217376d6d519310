#!/usr/bin/env bash
# The half of run.sh that runs in the Debian with Wine.
set -euo pipefail
unset DISPLAY
export HOME=/root WINEPREFIX=/prefix/wine WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES='mshtml=;winemenubuilder.exe,winedbg.exe=d'
export DOTNET_ROOT='Z:\dotnet' DOTNET_ROOT_X64='Z:\dotnet' POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off
if [[ ! -e $WINEPREFIX/system.reg ]]; then
    wineboot -i >/dev/null 2>&1
    wine winecfg -v win10 >/dev/null 2>&1
    wine reg delete 'HKLM\Software\Microsoft\Windows NT\CurrentVersion\AeDebug' /f >/dev/null 2>&1
fi

# A terminal on the input: without one, PowerShell ends in silence. It does not end with the script when that is the fault of Wine, hence the limit.
windows_powershell() {
    timeout 300 script -qfec "wine /packages/powershell/$POWERSHELL/tools/net10.0/any/win/pwsh.exe -NoLogo -NoProfile -NonInteractive -File $1 >/run/$2 2>/run/$2.errors" /dev/null ||
        echo "PowerShell ended with $?" >>"/run/$2"
}

echo "Scene A, emulator on Linux"
windows_powershell 'Z:\\checkout\\tests\\Windows\\scene.ps1' scene.txt
echo "The quickstart, emulator on Windows"
windows_powershell 'Z:\\checkout\\examples\\quickstart.ps1' quickstart.txt

echo "Unit tests"
runner=/checkout/tests/Windows/Runner/bin/Release/net10.0/win-x64/publish/IoTF.Tests.Windows.exe
for ((try = 1; try <= 30; try++)); do
    timeout 1800 wine "$runner" 'Z:\run\unit.tsv' >>/run/unit.log 2>&1 </dev/null || true
    ! grep -q '^ALL' /run/unit.tsv || break
done
wineserver -k || true
