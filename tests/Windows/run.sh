#!/usr/bin/env bash
# Runs the unit tests and scene A as Windows programs, on Wine 10 in a Debian 13 of its own. README.md says what for, and what Wine cannot do.
# Usage: tests/Windows/run.sh [work folder]
# Needs root, mmdebstrap, the .NET SDK, about 2 GB, and 'dotnet tool restore' in the checkout or a PowerShell in the variable PWSH. Keeps the work folder for the next run.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$here/../.." && pwd)
work=$(realpath -m "${1:-${TMPDIR:-/tmp}/iotf-windows}")
runtime=10.0.12
powershell=7.6.9
((EUID == 0)) || { echo "Run this as root: it mounts folders and changes its root."; exit 2; }
mkdir -p "$work"

if [[ ! -e $work/debian/usr/bin/wine ]]; then
    echo "Making a Debian 13 with Wine in $work/debian"
    mmdebstrap --mode=root --variant=minbase --include=wine,wine64,libgnutls30t64,ca-certificates,tzdata trixie "$work/debian" >"$work/debian.log" 2>&1 ||
        { tail "$work/debian.log"; exit 1; }
    printf '127.0.0.1 localhost\n::1 localhost\n' >"$work/debian/etc/hosts"
fi

echo "Building for Windows"
dotnet build "$checkout/src/IoTF.PowerShell" --configuration Release --verbosity quiet --nologo >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
dotnet publish "$here/Runner" --configuration Release --runtime win-x64 --self-contained -p:RuntimeFrameworkVersion=$runtime --verbosity quiet --nologo \
    >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }

# A Windows .NET as its installer lays it out, and the Windows PowerShell. The build of tests/Interop downloads the packages, too.
dotnet restore "$checkout/tests/Interop" --verbosity quiet >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
packages=$(dotnet nuget locals global-packages --list | sed 's/^global-packages: //')
if [[ ! -e $work/dotnet/host ]]; then
    core=$packages/microsoft.netcore.app.runtime.win-x64/$runtime/runtimes/win-x64
    desktop=$packages/microsoft.windowsdesktop.app.runtime.win-x64/$runtime/runtimes/win-x64
    mkdir -p "$work/dotnet/shared/Microsoft.NETCore.App/$runtime" "$work/dotnet/shared/Microsoft.WindowsDesktop.App/$runtime" "$work/dotnet/host/fxr/$runtime"
    cp "$core"/native/* "$core"/lib/net10.0/* "$work/dotnet/shared/Microsoft.NETCore.App/$runtime"
    cp "$desktop"/native/* "$desktop"/lib/net10.0/*.* "$work/dotnet/shared/Microsoft.WindowsDesktop.App/$runtime"
    cp "$core/native/hostfxr.dll" "$work/dotnet/host/fxr/$runtime"
fi

# The emulator of scene A, on this side. It says when it is there, and ends with its input.
rm -rf "$work/run"
mkdir "$work/run"
coproc EMULATOR { cd "$checkout" && exec ${PWSH:-dotnet pwsh} -NoProfile -NonInteractive -File "$here/emulator.ps1" -Folder "$work/run" 2>&1; }
emulator=$EMULATOR_PID
input=${EMULATOR[1]}
trap 'exec {input}>&-; wait $emulator || true' EXIT
read -r ready <&"${EMULATOR[0]}"
[[ $ready == ready ]] || { echo "The emulator did not start: $ready"; exit 1; }

# The checkout at its own path, too: the unit tests have the path of their sources built in.
mkdir -p "$work"/debian/{checkout,packages,dotnet,run,prefix} "$work/debian$checkout"
unshare --mount bash -euo pipefail <<MOUNTS
for pair in "$checkout:checkout" "$checkout:${checkout#/}" "$packages:packages" "$work/dotnet:dotnet" "$work/run:run" /dev:dev /proc:proc; do
    mount --rbind "\${pair%%:*}" "$work/debian/\${pair##*:}"
done
POWERSHELL=$powershell chroot "$work/debian" bash /checkout/tests/Windows/inside.sh </dev/null
MOUNTS

"$here/report.py" "$work/run" "$here/wine.tsv"
