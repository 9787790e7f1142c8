import json
from datetime import datetime

import pytest

from builders import BERLIN, a_job, at, cron, every, once
from daybell.core.definitions import dump_job, parse_job
from daybell.core.references import NAMES
from daybell.model.durations import Duration
from daybell.model.errors import InvalidDefinition
from daybell.model.job import CatchUp, CommandHandler, Job, Notify, StartupTrigger

COMMAND = {"type": "command", "argv": ["true"]}
A_DURATION = 'expected a duration such as "90s", "5m", "2h" or "1d", at most 100 years, found'
A_MOMENT = 'expected a date and time such as "2026-12-24T18:00:00", from 1970 to 2999, found'
A_TRIGGER = '"cron" or "interval" or "once" or "startup" or "job"'
A_TEXT = "expected text without the character \\u0000, which no program can be given"
AN_EXIT_CODE = "expected an exit code from 0 to 255, found"
A_STARTUP = 'write the trigger {"type": "startup"} instead'
KEYS = "handler, schema, name, description, tags, enabled, triggers, start, end, max_runs"
KEYS += ", timeout, retry, overlap, max_concurrent, group, priority, catch_up, jitter, jitter_mode"
KEYS += ", needs, conditions, limits, on_interrupt, notify, ping, keep, keep_awake"
KEYS += ", late_after, too_long_after"
AN_OVERLAP = 'expected "concurrent" or "queue" or "replace" or "skip", found'


def parse(document: object, job_id: str = "backup") -> Job:
    return parse_job(job_id, f"{job_id}.json", json.dumps(document).encode(), BERLIN)


def problems(document: object, job_id: str = "backup") -> list[tuple[str, str]]:
    """What is said of this file: pairs of path and message."""
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    with pytest.raises(InvalidDefinition) as refusal:
        parse_job(job_id, f"{job_id}.json", content, BERLIN)
    assert {problem.file for problem in refusal.value.problems} == {f"{job_id}.json"}
    return [(problem.field, problem.message) for problem in refusal.value.problems]


def test_only_a_handler_is_needed() -> None:
    assert parse({"handler": COMMAND}) == Job(id="backup", handler=CommandHandler(argv=("true",)))


def test_every_key_is_read() -> None:
    document = {
        "$schema": "https://daybell.example/job.schema.json",
        "schema": 1,
        "name": "Back up",
        "description": "Everything",
        "tags": ["a", "b"],
        "enabled": False,
        "triggers": [
            {"type": "cron", "expression": "@daily", "timezone": "Europe/Berlin"},
            {"type": "interval", "every": "1h30m", "anchor": "2026-01-01T00:00:00Z"},
            {"type": "interval", "every": "5m", "anchor": None},
            {"type": "once", "at": "2026-12-24T18:00:00"},
            {"type": "startup"},
        ],
        "handler": {
            "type": "command",
            "argv": ["tar c . | gzip"],
            "cwd": "~",
            "env": {"A": "b"},
            "shell": True,
            "success_exit_codes": [0, 1],
        },
        "timeout": "2h",
        "overlap": "concurrent",
        "max_concurrent": 3,
        "group": "disk",
        "priority": -5,
        "catch_up": {"policy": "all", "window": "6h"},
        "on_interrupt": "rerun",
        "notify": {"on": ["failure"]},
        "late_after": "10m",
        "too_long_after": "1h",
    }
    assert parse(document) == Job(
        id="backup",
        name="Back up",
        description="Everything",
        tags=("a", "b"),
        enabled=False,
        triggers=(
            cron("@daily", "Europe/Berlin"),
            every("90m", at("2026-01-01 00:00")),
            every("5m"),
            once(datetime(2026, 12, 24, 18)),  # noqa: DTZ001 - as the file says it
            StartupTrigger(),
        ),
        handler=CommandHandler(
            argv=("tar c . | gzip",), cwd="~", env={"A": "b"}, shell=True, success_exit_codes=(0, 1)
        ),
        timeout=Duration(hours=2),
        overlap="concurrent",
        max_concurrent=3,
        group="disk",
        priority=-5,
        catch_up=CatchUp("all", Duration(hours=6)),
        on_interrupt="rerun",
        notify=Notify(on=("failure",)),
        late_after=Duration(minutes=10),
        too_long_after=Duration(hours=1),
    )


def test_every_problem_of_a_file_is_told_at_once() -> None:
    document = {
        "nmae": "x",
        "tags": [1],
        "triggers": [
            {"type": "cron", "expression": "0 25 * * *", "timezone": "Europe/Berln"},
            {"type": "once"},
        ],
        "handler": {"type": "command", "argv": [], "env": {"A=B": 1, "C": "keyring:"}},
        "timeout": "soon",
    }
    assert [field for field, _ in problems(document)] == [
        "handler.argv",
        "handler.env.A=B",
        "handler.env.C",
        "tags[0]",
        "triggers[0].expression",
        "triggers[0].timezone",
        "triggers[1].at",
        "timeout",
        "nmae",
    ]


def test_a_file_full_of_mistakes_is_given_up_after_fifty() -> None:
    assert len(problems({"handler": COMMAND, "tags": [1] * 10_000})) == 50


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"name": 5}, "name", 'expected a string, found 5, write "5"'),
        ({"name": None}, "name", "expected a string, found null"),
        ({"name": "a\nb"}, "name", r'expected one line of text, found "a\nb"'),
        ({"tags": "a b"}, "tags", 'expected a list of strings, found "a b", write ["a", "b"]'),
        ({"tags": 5}, "tags", "expected a list of strings, found 5"),
        ({"tags": ["a", True]}, "tags[1]", 'expected a string, found true, write "true"'),
        ({"enabled": "true"}, "enabled", 'expected true or false, found "true", write it without quotes'),
        ({"enabled": 1}, "enabled", "expected true or false, found 1"),
        ({"overlap": "wait"}, "overlap", f'{AN_OVERLAP} "wait"'),
        ({"overlap": []}, "overlap", f"{AN_OVERLAP} []"),
        (
            {"overlap": "concurrent"},
            "max_concurrent",
            'with "overlap": "concurrent", say how many at once: expected at least 2',
        ),
        (
            {"max_concurrent": 3},
            "max_concurrent",
            'means something only with "overlap": "concurrent"; leave one of both out',
        ),
        ({"group": " "}, "group", 'expected a name such as "disk", found ""; leave the key out for no group'),
        ({"group": ""}, "group", 'expected a name such as "disk", found ""; leave the key out for no group'),
        ({"priority": 1001}, "priority", "expected a number from -1000 to 1000, found 1001"),
        ({"schema": 0}, "schema", "expected 1, found 0"),
        ({"schema": True}, "schema", "expected 1, found true"),
        (
            {"schema": 2, "new": 1},
            "schema",
            "written by a newer Daybell: expected 1, found 2; update this one",
        ),
        ({"nmae": "x"}, "nmae", 'unknown key, did you mean "name"?'),
        ({"x": 1}, "x", f"unknown key, expected {KEYS}"),
        ({"id": "backup"}, "id", "the file's name says it, remove this key"),
        ({"timeout": "0s"}, "timeout", 'expected more than no time at all, found "0s"'),
        ({"timeout": 5}, "timeout", f'{A_DURATION} 5, write "5s" for seconds'),
        ({"timeout": True}, "timeout", f"{A_DURATION} true"),
        ({"timeout": "9" * 400 + "d"}, "timeout", A_DURATION + ' "' + "9" * 58 + "…"),
        ({"late_after": "0s"}, "late_after", 'expected more than no time at all, found "0s"'),
        ({"too_long_after": "0s"}, "too_long_after", 'expected more than no time at all, found "0s"'),
        ({"notify": ["failure"]}, "notify", 'expected an object, found ["failure"]'),
        (
            {"notify": {"on": "failure"}},
            "notify.on",
            'expected a list of "failure" or "recovery", found "failure", write ["failure"]',
        ),
        (
            {"notify": {"on": ["failure", "success"]}},
            "notify.on[1]",
            'expected "failure" or "recovery", found "success"',
        ),
        (
            {"notify": {"on": ["recovery"]}},
            "notify.on",
            'a recovery is told only of a failure that was told, add "failure"',
        ),
        ({"timeout": "36501d"}, "timeout", f'{A_DURATION} "36501d"'),
        ({"handler": "x"}, "handler", 'expected an object, found "x"'),
        ({"handler": {}}, "handler.type", 'missing, expected "command"'),
        (
            {"handler": {"type": "comand"}},
            "handler.type",
            'expected "command", found "comand", did you mean "command"?',
        ),
        ({"handler": {"type": 1}}, "handler.type", 'expected "command", found 1'),
        (
            {"triggers": {"type": "startup"}},
            "triggers",
            'expected a list of objects, found {"type": "startup"}, put it in brackets: [{…}]',
        ),
        ({"triggers": ["startup"]}, "triggers[0]", 'expected an object, found "startup"'),
        ({"triggers": [{"type": "x"}]}, "triggers[0].type", f'expected {A_TRIGGER}, found "x"'),
        ({"triggers": [{}]}, "triggers[0].type", f"missing, expected {A_TRIGGER}"),
        (
            {"triggers": [{"type": "cron"}]},
            "triggers[0].expression",
            'missing, write for example "30 2 * * *"',
        ),
        (
            {"triggers": [{"type": "cron", "expression": "@reboot"}]},
            "triggers[0].expression",
            f"for a job that runs whenever Daybell starts, {A_STARTUP}",
        ),
        ({"triggers": [{"type": "startup", "x": 1}]}, "triggers[0].x", "unknown key, expected none"),
        (
            {"triggers": [{"type": "interval", "every": "999ms"}]},
            "triggers[0].every",
            'expected at least "1s", found "999ms"',
        ),
        ({"triggers": [{"type": "once", "at": "2026-12-24"}]}, "triggers[0].at", f'{A_MOMENT} "2026-12-24"'),
        ({"triggers": [{"type": "once", "at": "soon"}]}, "triggers[0].at", f'{A_MOMENT} "soon"'),
        (
            {"start": "2026-12-24T18:00", "end": "2026-12-24T17:59"},
            "end",
            "expected an instant later than start",
        ),
        ({"jitter": "25h"}, "jitter", 'expected at most "1d", found "1d1h"'),
        ({"max_runs": 0}, "max_runs", "expected at least 1, found 0"),
        ({"retry": {"multiplier": 0.5}}, "retry.multiplier", "expected a number from 1 to 100, found 0.5"),
        ({"limits": {"nice": 20}}, "limits.nice", "expected a whole number from -20 to 19, found 20"),
        ({"keep": {"artifacts": "2T"}}, "keep.artifacts", 'expected at most "1T", found "2T"'),
        ({"limits": {"memory": "1K"}}, "limits.memory", 'expected at least "1M", found "1K"'),
        (
            {"limits": {"memory": "1 kg"}},
            "limits.memory",
            'expected a size such as "512M" or "2G", found "1 kg"',
        ),
        ({"keep": {"runs": 0}}, "keep.runs", "expected at least 1, found 0"),
        ({"keep": {"days": 0}}, "keep.days", "expected a number of days from 1 to 36500, found 0"),
        ({"keep": {"days": 36501}}, "keep.days", "expected a number of days from 1 to 36500, found 36501"),
        ({"keep": {"output": "1K"}}, "keep.output", 'expected at least "64K", found "1K"'),
        ({"needs": ["a", "B"]}, "needs[1]", 'expected the id of another job, found "B"'),
        ({"start": "2026-02-30T18:00"}, "start", f'{A_MOMENT} "2026-02-30T18:00"'),
        ({"start": "20261224T18:00"}, "start", f'{A_MOMENT} "20261224T18:00"'),
        ({"start": "2026-12-24T18:00\n"}, "start", f'{A_MOMENT} "2026-12-24T18:00\\n"'),
        (
            {"triggers": [{"type": "once", "at": "9999-12-31T23:59:59-12:00"}]},
            "triggers[0].at",
            f'{A_MOMENT} "9999-12-31T23:59:59-12:00"',
        ),
    ],
)
def test_a_problem_names_its_place_and_the_remedy(
    changes: dict[str, object], field: str, message: str
) -> None:
    assert problems({"handler": COMMAND} | changes) == [(field, message)]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"argv": "ls -l"}, "argv", 'expected a list of strings, found "ls -l", write ["ls", "-l"]'),
        ({"argv": []}, "argv", "expected a program, and then its arguments, found []"),
        ({"argv": ["", "x"]}, "argv", 'expected a program, and then its arguments, found ["", "x"]'),
        ({"argv": ["a", "b\0"]}, "argv[1]", A_TEXT),
        (
            {"argv": ["ls", "-l"], "shell": True},
            "argv",
            'with "shell": true, expected one command line, found 2, write ["ls -l"]',
        ),
        (
            {"cwd": ""},
            "cwd",
            'expected a directory such as "~/Pictures", found ""; leave the key out for the home directory',
        ),
        ({"cwd": "a\0"}, "cwd", A_TEXT),
        ({"env": []}, "env", "expected an object that maps strings to strings, found []"),
        ({"env": {"A": 1.5}}, "env.A", 'expected a string, found 1.5, write "1.5"'),
        ({"env": {"": "x"}}, "env.", 'expected the name of a variable, without =, found ""'),
        ({"env": {"A=B": "x"}}, "env.A=B", 'expected the name of a variable, without =, found "A=B"'),
        ({"env": {"A": "\0"}}, "env.A", A_TEXT),
        (
            {"env": {"A": "keyring:my secret"}},
            "env.A",
            f'expected "keyring:" and the name of a secret, {NAMES}, found "keyring:my secret"',
        ),
        (
            {"success_exit_codes": []},
            "success_exit_codes",
            "expected at least one exit code, else no run could succeed, found []",
        ),
        ({"success_exit_codes": [0, 256]}, "success_exit_codes[1]", f"{AN_EXIT_CODE} 256"),
        ({"success_exit_codes": [-1]}, "success_exit_codes[0]", f"{AN_EXIT_CODE} -1"),
        ({"success_exit_codes": ["0"]}, "success_exit_codes[0]", 'expected a whole number, found "0"'),
        ({"success_exit_codes": 0}, "success_exit_codes", "expected a list of whole numbers, found 0"),
    ],
)
def test_a_command_that_could_not_run_is_refused(
    changes: dict[str, object], field: str, message: str
) -> None:
    assert problems({"handler": COMMAND | changes}) == [(f"handler.{field}", message)]


def test_a_job_needs_a_handler() -> None:
    example = '{"type": "command", "argv": ["program", "argument"]}'
    assert problems({}) == [("handler", f"missing, write for example {example}")]


@pytest.mark.parametrize("job_id", ["a", "0", "back-up_2", "a" * 64, "console", "com10"])
def test_a_slug_is_an_id(job_id: str) -> None:
    assert parse({"handler": COMMAND}, job_id).id == job_id


@pytest.mark.parametrize("job_id", ["", "A", "-a", "_a", "a b", "a.b", "ä", "a/b", "..", "a" * 65, "a\n"])
def test_an_id_that_is_no_slug_is_refused(job_id: str) -> None:
    ((field, message),) = problems({"handler": COMMAND}, job_id)
    assert field == ""
    assert "expected at most 64 of a-z, 0-9, - and _" in message


@pytest.mark.parametrize("job_id", ["con", "nul", "aux", "prn", "com1", "lpt9"])
def test_names_that_windows_keeps_are_refused(job_id: str) -> None:
    message = f'Windows keeps the name "{job_id}" for itself, rename the file'
    assert problems({"handler": COMMAND}, job_id) == [("", message)]


@pytest.mark.parametrize(
    ("content", "field", "message"),
    [
        (b"", "", "the file is empty, expected an object in braces: {…}"),
        (b" \n", "", "the file is empty, expected an object in braces: {…}"),
        (b"[]", "", "expected an object in braces: {…}, found []"),
        (b'{\n"a": "\xff"}', "", "line 2: the file is not UTF-8 text, save it with that encoding"),
        (b" " * 1_048_577, "", "expected at most 1 MiB, found 1,048,577 bytes"),
        (b'{\n "a": 1,\n}', "", "line 2, column 8: there is a comma too many"),
        (b'{"a": 1,, "b": 2}', "", "line 1, column 9: there is a comma too many"),
        (b"{'a': 1}", "", "line 1, column 2: JSON has double quotes, not single ones"),
        (b'{"a": 1 // one\n}', "", 'line 1, column 9: JSON has no comments, use the key "description"'),
        (b'{"a": "C:\\Users"}', "", r"line 1, column 10: a backslash is written twice: \\"),
        (b'{"a": 1', "", "line 1, column 8: the file ends too early, a closing bracket is missing"),
        (b'{"a" 1}', "", "line 1, column 6: expecting ':' delimiter"),
        (b'{"a": "x', "", "line 1, column 7: unterminated string"),
        (b'{"a": NaN}', "", "NaN is not a number that JSON knows"),
        (b'{"a": "\\ud800"}', "", r"half a character stands alone: a \ud… escape needs its other half"),
        (b"[" * 500_000, "", "its brackets are too deep, or a number too long, for a definition"),
        (b"1" * 5000, "", "its brackets are too deep, or a number too long, for a definition"),
        (b'{"a": {"b": 1, "b": 2}}', "b", "this key stands twice in one object: keep one"),
    ],
)
def test_a_file_that_is_no_json_object_says_where_it_breaks(content: bytes, field: str, message: str) -> None:
    assert problems(content) == [(field, message)]


def test_a_byte_order_mark_does_no_harm() -> None:
    content = b'\xef\xbb\xbf{"handler": {"type": "command", "argv": ["true"]}}'
    assert parse_job("backup", "backup.json", content, BERLIN) == a_job()


def test_a_job_is_written_without_what_stands_at_its_default() -> None:
    job = a_job(name="Bäckup", triggers=(every("5m"),), timeout=Duration(minutes=90))
    assert dump_job(job).decode() == (
        '{\n  "$schema": "../schemas/job.schema.json",\n  "schema": 1,\n  "name": "Bäckup",\n'
        '  "triggers": [\n    {\n      "type": "interval",\n      "every": "5m"\n    }\n  ],\n'
        '  "timeout": "1h30m",\n'
        '  "handler": {\n    "type": "command",\n    "argv": [\n      "true"\n    ]\n  }\n}\n'
    )


@pytest.mark.parametrize("key", ["handler", "triggers", "name", "unknown"])
def test_brackets_of_any_depth_are_refused(key: str) -> None:
    """Just below what the decoder bears, a value can still be too deep to be shown."""
    for depth in range(900, 1000):
        content = f'{{"{key}": {"[" * depth}{"]" * depth}}}'.encode()
        with pytest.raises(InvalidDefinition):
            parse_job("backup", "backup.json", content, BERLIN)
