"""What do the help pages show below the flags?"""

EPILOG = """\
try it:
  daybell start --demo --seconds 30      see it work, without touching your own jobs
  daybell start                          run it here, with its icon in the tray
  daybell add backup --cron "30 2 * * *" -- restic backup ~/Pictures
  daybell status                         what runs, ran and will run
  daybell logs backup -f                 what it prints

exit codes:
  0 ok   1 failure   2 usage   3 Daybell is not running   4 no such job or run
  5 invalid definition   7 not possible now   8 `daybell doctor` found an error
  `run --wait` gives the command's own
"""
ADD_EPILOG = """\
examples:
  daybell add backup --cron "30 2 * * *" --timeout 2h -- restic backup ~/Pictures
  daybell add water --every 45m --shell -- 'notify-send "Drink" || true'
  daybell add report --file report.json
  daybell add news --cron "@hourly" --dry-run -- fetch-news    only shows what it would be

Times are "30s", "5m", "1h30m" or "1d". Without a time it runs only on `daybell run`.
Commands run in your home directory unless --cwd says otherwise.
"""
HISTORY_EPILOG = """\
examples:
  daybell history --outcome failed --outcome timed_out --since 7d
  daybell history backup --cause schedule --since 2026-10-01 --until 2026-11-01
  daybell history --grep "no space left" -n 50

outcomes: succeeded failed timed_out cancelled replaced interrupted skipped missed
causes:   schedule manual catch_up event dependency
A run is of the time it started; one that never did, of the time it was due.
"""
KEYRING_EPILOG = """\
examples:
  daybell secret set restic                       asks for it twice, without showing it
  pass show restic | daybell secret set restic --stdin
  daybell secret list                             their names, and which jobs use them
  daybell secret remove restic

A job gets it as a variable: "env": {"RESTIC_PASSWORD": "keyring:restic"} in its handler.
"""
NEXT_EPILOG = """\
examples:
  daybell next backup -n 3
  daybell next --cron "0 9 * * 1-5" --timezone Europe/Berlin --from 2026-12-24

With --cron no app needs to run.
"""
OPEN_EPILOG = """\
The page is on this machine alone, at a port that is closed again when nobody has used it for ten minutes.
To see it from another machine, where --print-url gives http://127.0.0.1:43123/#code=...:
  ssh -t -L 43123:127.0.0.1:43123 THIS-MACHINE daybell open --print-url
and open the address that this prints. A browser in a sandbox may need --print-url as well.
"""
