"""How is systemd told to start Daybell with the session, and what has it been told?

By a unit of the person's own, bound to the graphical session. Some desktops never tell systemd that
there is one: so it is made only when somebody asks for it.
"""

import re

from daybell.core.autostart import Command, as_argument, as_meant, refuse_unspeakable

UNIT = "daybell.service"
ON = {"enabled", "enabled-runtime", "alias", "static"}
OFF = {"disabled": "`systemctl --user disable`", "linked": "`systemctl --user disable`"}
MASKED = {"masked", "masked-runtime"}
WORD = re.compile(r'"((?:\\.|[^"\\])*)"|(\S+)')


def render(command: Command) -> str:
    """The unit. Conflict where it cannot say that."""
    refuse_unspeakable(command)
    if re.search(r"[\"'\\]", command[0]):  # which it takes for no path
        command = as_argument(command)
    # A colon keeps variables from being put in; systemd older than 244 does not know it.
    prefix = ":" if any("$" in word for word in command) else ""
    line = " ".join(map(_quoted, command))
    return f"""[Unit]
Description=Daybell
Documentation=man:daybell(1)
PartOf=graphical-session.target
After=graphical-session.target

[Service]
ExecStart={prefix}{line}
# Its jobs get the grace that Daybell gives them. 7: another one runs already.
KillMode=mixed
Restart=on-failure
RestartPreventExitStatus=7

[Install]
WantedBy=graphical-session.target
"""


def read(content: str) -> Command:
    """What it starts; nothing where that cannot be understood."""
    found = re.search(r"^ExecStart=[@:+!-]*(.*)$", content, re.MULTILINE)
    return as_meant(tuple(map(_unquoted, WORD.finditer(found[1])))) if found else ()


def blocked_by(said: str) -> str | None:
    """From what `systemctl --user is-enabled` says."""
    word = said.strip()
    if word in ON:
        return None
    if word in MASKED:
        return "`systemctl --user mask`"
    return OFF.get(word, "systemctl, which knows nothing of it,")


def _quoted(word: str) -> str:
    return '"' + re.sub(r'(["\\])', r"\\\1", word).replace("%", "%%") + '"'


def _unquoted(word: re.Match[str]) -> str:
    text = word[2] if word[1] is None else re.sub(r"\\(.)", r"\1", word[1])
    return text.replace("%%", "%")
