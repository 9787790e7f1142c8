; What does the installer do? For one person, without an administrator. ISCC /DVersion=0.1.0 daybell.iss

#ifndef Version
  #error Give the version: ISCC /DVersion=0.1.0
#endif

[Setup]
AppId={{6E0B5A53-7C2D-4C0B-9F0B-DA1BE1100001}
AppName=Daybell
AppVersion={#Version}
AppPublisher=The Daybell authors
DefaultDirName={localappdata}\Programs\Daybell
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
SetupIconFile=..\..\assets\daybell.ico
UninstallDisplayIcon={app}\daybell.exe
LicenseFile=..\..\LICENSE
OutputDir=..\..\dist
OutputBaseFilename=daybell-{#Version}-windows-x64
Compression=lzma2
SolidCompression=yes
ChangesEnvironment=yes

[Tasks]
Name: path; Description: "Let terminals find the command daybell"

[InstallDelete]
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "..\..\dist\daybell\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{userprograms}\Daybell"; Filename: "{app}\daybellw.exe"; Parameters: "start"; AppUserModelID: "Daybell.Daybell"

[Registry]
Root: HKCU; Subkey: "Environment"; ValueType: expandsz; ValueName: "Path"; ValueData: "{olddata};{app}"; Tasks: path; Check: IsNotOnPath

[Run]
Filename: "{app}\daybellw.exe"; Parameters: "start"; Description: "Start Daybell"; Flags: nowait postinstall
; A silent upgrade goes on where it was.
Filename: "{app}\daybellw.exe"; Parameters: "start"; Flags: nowait; Check: HasRun and WizardSilent

[UninstallRun]
Filename: "{app}\daybell.exe"; Parameters: "stop"; Flags: runhidden; RunOnceId: "stop"

[Code]
var
  WasRunning: Boolean;

function HasRun: Boolean;
begin
  Result := WasRunning;
end;

function IsNotOnPath: Boolean;
var
  Path: String;
begin
  if not RegQueryStringValue(HKCU, 'Environment', 'Path', Path) then
    Path := '';
  Result := Pos(';' + Uppercase(ExpandConstant('{app}')) + ';', ';' + Uppercase(Path) + ';') = 0;
end;

{ The one that runs ends in order before its files are replaced. }
function PrepareToInstall(var NeedsRestart: Boolean): String;
var
  Code: Integer;
begin
  WasRunning := Exec(ExpandConstant('{app}\daybell.exe'), 'stop', '', SW_HIDE, ewWaitUntilTerminated, Code) and (Code = 0);
  Result := '';
end;
