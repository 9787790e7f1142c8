# How does dist\daybell, which PyInstaller has made, become an installer? Prints its path. Needs Inno Setup 6.3 or newer.
#
# DAYBELL_CERTIFICATE: the thumbprint of a code-signing certificate of this person; without one nothing is signed.
$ErrorActionPreference = 'Stop'
$root = Resolve-Path "$PSScriptRoot\..\.."
$version = (& "$root\dist\daybell\daybell.exe" version).Split(' ')[1]

function Sign([string[]]$Files) {
    if ($env:DAYBELL_CERTIFICATE) {
        signtool sign /sha1 $env:DAYBELL_CERTIFICATE /fd SHA256 /tr http://timestamp.digicert.com /td SHA256 $Files
        if ($LASTEXITCODE) { throw 'It could not be signed.' }
    }
}

Sign "$root\dist\daybell\daybell.exe", "$root\dist\daybell\daybellw.exe"
$compiler = (Get-Command iscc -ErrorAction SilentlyContinue).Source
if (-not $compiler) { $compiler = "${env:ProgramFiles(x86)}\Inno Setup 6\ISCC.exe" }
& $compiler /Qp "/DVersion=$version" "$PSScriptRoot\daybell.iss"
if ($LASTEXITCODE) { throw 'Inno Setup could not build it.' }
$installer = "$root\dist\daybell-$version-windows-x64.exe"
Sign $installer
$installer
