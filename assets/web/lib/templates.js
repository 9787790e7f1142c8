// What do people let run again and again? Jobs to begin with, whose commands work as they are.

const NETWORK = { network: "online" };
const cron = (expression) => [{ type: "cron", expression }];
const line = (text, more = {}) => ({ type: "command", argv: [text], shell: true, ...more });

const UPDATES = [
  "if command -v apt-get >/dev/null; then apt-get -s upgrade | grep '^Inst' || echo 'Nothing to update'",
  "elif command -v dnf >/dev/null; then dnf -q check-update || [ $? -eq 100 ]",
  "elif command -v pacman >/dev/null; then pacman -Qu || echo 'Nothing to update'",
  "else echo 'This job knows apt-get, dnf and pacman only' >&2; exit 1; fi",
].join("\n");
const SPACE = 'df -Ph "$HOME"\nused=$(df -P "$HOME" | awk \'NR == 2 {print $5 + 0}\')\n[ "$used" -lt 90 ] || { echo "$used % of the disk is used" >&2; exit 1; }';
const SPACE_ON_WINDOWS = "powershell -NoProfile -Command \"$d = Get-PSDrive C; $free = [int](100 * $d.Free / ($d.Free + $d.Used)); Write-Output ($free.ToString() + ' percent free'); if ($free -lt 10) { exit 1 }\"";
const POPUP = "powershell -NoProfile -Command \"(New-Object -ComObject WScript.Shell).Popup('Stand up and look out of the window.', 60, 'Time for a break', 64) | Out-Null\"";
const ARCHIVE = 'from="$HOME/Documents" to="$HOME/Backups"\nmkdir -p "$to" && tar -czf "$to/documents-$(date +%u).tar.gz" -C "$from" . && ls -lh "$to"';

// `handlers`: by system; where there is none for this one, the template is not offered. `look`: what to change in it.
const TEMPLATES = [
  {
    name: "backup",
    title: "Back up a folder",
    look: "Seven archives, one for each day of the week. Change the two folders.",
    lookOnWindows: "Copies what is new, and deletes nothing. Change the two folders.",
    job: { tags: ["backup"], triggers: cron("30 2 * * *"), timeout: "2h", limits: { nice: 10 } },
    handlers: {
      unix: line(ARCHIVE),
      windows: line('robocopy "%USERPROFILE%\\Documents" "%USERPROFILE%\\Backups\\Documents" /E /R:2 /W:5', { success_exit_codes: [0, 1, 2, 3, 4, 5, 6, 7] }),
    },
  },
  {
    name: "check-page",
    title: "Check that a web page answers",
    look: "Fails where it does not, after three attempts. Change the address.",
    job: { tags: ["net"], triggers: cron("*/15 * * * *"), retry: { max_attempts: 3, delay: "20s" }, catch_up: { policy: "skip" }, conditions: { ...NETWORK, max_wait: "10m" } },
    handlers: {
      unix: line("curl -fsS -o /dev/null -w 'answered %{http_code} after %{time_total} s\\n' --max-time 20 https://example.com/"),
      windows: line("curl -fsS -o NUL --max-time 20 https://example.com/ && echo It answered."),
    },
  },
  {
    name: "downloads",
    title: "Clean up old downloads",
    look: "Only lists what is older than 30 days. When the list is right, write -delete in the place of -print.",
    lookOnWindows: "Only lists what is older than 30 days. When the list is right, write del in the place of echo.",
    job: { triggers: cron("0 10 * * sun") },
    handlers: {
      unix: line('find "$HOME/Downloads" -type f -mtime +30 -print'),
      windows: line('forfiles /P "%USERPROFILE%\\Downloads" /S /D -30 /C "cmd /c if @isdir==FALSE echo @path"', { success_exit_codes: [0, 1] }),
    },
  },
  {
    name: "git-pull",
    title: "Pull a repository",
    look: "Never asks for a password: it fails instead. Change the working directory.",
    job: { tags: ["git"], triggers: [{ type: "interval", every: "1h" }], timeout: "5m", conditions: NETWORK },
    handlers: { any: { type: "command", argv: ["git", "pull", "--ff-only"], cwd: "~/project", env: { GIT_TERMINAL_PROMPT: "0" } } },
  },
  {
    name: "updates",
    title: "Look for updates",
    look: "Lists what could be updated, and installs nothing.",
    job: { triggers: cron("0 10 * * mon"), conditions: NETWORK },
    handlers: { unix: line(UPDATES), mac: line("softwareupdate --list"), windows: line("winget upgrade --disable-interactivity") },
  },
  {
    name: "reminder",
    title: "Remind me",
    look: "A notice on the desktop at each full hour of a working day. Change its words.",
    job: { triggers: cron("0 10-17 * * mon-fri"), catch_up: { policy: "skip" } },
    handlers: {
      unix: { type: "command", argv: ["notify-send", "Time for a break", "Stand up and look out of the window."] },
      mac: { type: "command", argv: ["osascript", "-e", 'display notification "Stand up and look out of the window." with title "Time for a break"'] },
      windows: line(POPUP),
    },
  },
  {
    name: "disk-space",
    title: "Watch the disk space",
    look: "Fails when less than a tenth is free, and so Daybell tells you.",
    job: { triggers: [{ type: "interval", every: "1h" }], catch_up: { policy: "skip" } },
    handlers: { unix: line(SPACE), windows: line(SPACE_ON_WINDOWS) },
  },
];

// "windows", "mac" or "unix"
export function systemOf(agent) {
  if (agent.includes("Windows")) return "windows";
  return agent.includes("Macintosh") ? "mac" : "unix";
}

// Those for that system: { name, title, look, definition }.
export const templatesFor = (system) =>
  TEMPLATES.map(({ name, title, look, lookOnWindows, job, handlers }) => ({
    name,
    title,
    look: (system === "windows" && lookOnWindows) || look,
    definition: { name: title, ...job, handler: handlers[system] ?? handlers.any ?? (system === "mac" ? handlers.unix : undefined) },
  })).filter(({ definition }) => definition.handler);

export const EMPTY = { name: "", triggers: [{ type: "cron", expression: "0 9 * * *" }], handler: { type: "command", argv: [""], shell: true } };
