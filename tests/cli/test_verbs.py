"""What the verbs say on a real app, in detail; that each of them does its part, test_each_verb has."""

import json
import re
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from app_home import Home
from cli.program import Program
from waiting import until

pytestmark = pytest.mark.system

READING = (
    "list",
    "show backup",
    "history",
    "logs backup",
    "next backup",
    "timeline",
    "stats",
    "settings get",
)


@pytest.fixture(scope="module")
def app_home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """With a job that has run, and one that has failed."""
    home = Home(tmp_path_factory.mktemp("app"))
    every_day = [{"type": "cron", "expression": "30 2 * * *"}]
    home.command("backup", "echo", "all is well", triggers=every_day, name="Back up")
    home.shell("broken", "echo no space left; exit 3")
    with home.running("--headless"):
        assert home.daybell("run", "backup", "--wait").returncode == 0
        assert home.daybell("run", "broken", "--wait").returncode == 3
        yield home


@pytest.fixture
def app(app_home: Home) -> Program:
    daybell = Program(app_home.path)
    daybell.now = moment(app_home)
    return daybell


def moment(home: Home) -> datetime:
    """Now, as the app says."""
    return datetime.fromisoformat(home.json("timeline")["now"])


def last_run(app: Program, job: str) -> str:
    run_id: str = json.loads(app("history", job, "-n", "1", "--json").out)["runs"][0]["run_id"]
    return run_id


@pytest.mark.parametrize(
    ("line", "pattern"),
    [
        ("status", r"Daybell [\d.]+ is running since .*: 2 jobs, 1 failing\n\nJOB     STATE"),
        ("list", r"JOB     NAME     STATE  SCHEDULE        NEXT RUN\nbackup  Back up  idle   daily at 02:30"),
        ("show backup", r"job        backup\nname       Back up\n"),
        (
            "history broken",
            r"STARTED +JOB +CAUSE +OUTCOME +TOOK  DETAIL\n.* broken  manual  failed +\d+m?s  exit",
        ),
        ("logs backup", r"all is well\n$"),
        ("next backup -n 2", r"(\w{3} \d{4}-\d\d-\d\d \d\d:30:00 [+-]\d\d:\d\d\n){2}$"),
        ("stats", r"JOB +RUNS  OK  FAILED  OTHER +RATE +MEDIAN +95 %\nbackup +1   1       0      0  100%"),
        ("stats broken", r"job +broken\nsince .*\nruns +1\noutcomes +1 failed\nsuccess rate +0%\nmedian"),
        ("settings get retention.bytes", r"5G\n$"),
        ("settings", r"scheduler.enabled +true\n(.*\n)*retention.free_disk +1G\n"),
        ("handlers", r"HANDLER  MEANS\ncommand  Runs a program"),
        ("handlers command", r"KEY +VALUE +WITHOUT IT\nargv +list of strings +required\n  The program"),
        (
            "add new --every 5m --dry-run -- true",
            r"job        new\nschedule   every 5 min\nnext runs  .*\n  ",
        ),
    ],
)
def test_a_verb_that_reads_says_what_is_there(app: Program, line: str, pattern: str) -> None:
    said = app(*line.split())
    assert said.code == 0, said.err
    assert re.match(pattern, said.out), said.out


@pytest.mark.parametrize(
    ("line", "key"),
    [
        *(("stats backup", "success_rate"), ("handlers command", "command")),
        *(("add x --dry-run -- true", "warnings"), ("settings set notices.reminder 1d", "etag")),
    ],
)
def test_their_other_ways_have_json_too(app: Program, line: str, key: str) -> None:
    line, dashes, command = line.partition(" -- ")
    said = app(*f"{line} --json{dashes}{command}".split())
    assert (said.code, said.err) == (0, "")
    assert key in json.loads(said.out)


@pytest.mark.parametrize("action", ["set retention.days 5", "reset retention.days"])
def test_settings_are_changed_by_the_app_alone(lonely: Program, action: str) -> None:
    said = lonely("settings", *action.split())
    assert said == (3, "", "daybell: Daybell is not running; start it with `daybell start`\n")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("timeline --day soon", "--day: expected a date such as 2026-11-20, found 'soon'"),
        ("status --watch", "--watch needs a terminal; programs follow GET /api/v1/events"),
        ("settings get retention.days 5", "expected `daybell settings get [KEY]`"),
        ("settings set retention.days", "expected `daybell settings set KEY VALUE`, as in retention.days"),
        ("settings reset", "expected `daybell settings reset KEY`, as in retention.days"),
        ("pause", "say which job to pause, or --all"),
        ("next", "say which job, or give an expression with --cron"),
    ],
)
def test_a_wrong_use_is_told(app: Program, line: str, sentence: str) -> None:
    assert app(*line.split()) == (2, "", f"daybell: {sentence}\n")


def test_a_setting_is_set_and_taken_back(app: Program, app_home: Home) -> None:
    restart = "that holds from the next start on: `daybell stop`, then `daybell start`\n"
    assert app("settings", "set", "retention.days", "null").err == f"retention.days null\n{restart}"
    assert app("settings", "get", "retention.days") == (
        0,
        "null\n",
        "retention.days holds from the next start on\n",
    )
    assert app("settings", "set", "notices.reminder", "2d") == (0, "", "notices.reminder 2d\n")
    app("settings", "set", "scheduler.groups.disk", "2")
    written = json.loads((app_home.path / "config" / "settings.json").read_text())
    assert (written["retention"], written["scheduler"]) == ({"days": None}, {"groups": {"disk": 2}})
    assert app("settings", "reset", "retention.days").err == "retention.days 400\n"
    said = app("settings", "set", "retention.dayz", "5")
    assert (said.code, said.err) == (
        5,
        'daybell: settings.json: retention.dayz: unknown key, did you mean "days"?\n',
    )
    said = app("settings", "get", "retention.dayz")
    assert (said.code, said.err) == (
        4,
        "daybell: there is no setting 'retention.dayz'; did you mean 'retention.days'?\n",
    )


def test_a_run_is_tried_again(app: Program) -> None:
    said = app("retry", last_run(app, "backup"), "--wait")
    assert (said.code, said.out) == (0, "")
    assert said.err.startswith("backup succeeded after ")
    assert app("retry", "20260101-000000-aaaaaaaa").code == 4


def test_an_unknown_handler_is_named(app: Program) -> None:
    assert app("handlers", "http") == (4, "", "daybell: there is no handler 'http'; there is command\n")


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("line", ["status", "list", "history", "stats", "timeline", "handlers command"])
def test_each_width_is_kept_with_colour_and_without(app: Program, width: int, line: str) -> None:
    app.width = width
    plain = app(*line.split()).out
    app.has_colour = True
    painted = app(*line.split()).out
    tables = [one for one in plain.splitlines() if not one.startswith("Daybell")]
    assert max(map(len, tables)) <= width
    assert re.sub(r"\x1b\[\d+m", "", painted) == plain
    assert painted != plain


def test_a_day_is_drawn_for_every_terminal(app: Program) -> None:
    heading, scale, *lanes = app("timeline").out.splitlines()
    assert (heading, scale.split()[0]) == (f"{app.now:%a %Y-%m-%d}", "00")
    assert {"backup", "broken"} <= {lane.partition(" ")[0] for lane in lanes}
    assert app("timeline", "--ascii").out.isascii()
    assert app("timeline", "broken", "--day", "2020-02-29") == (
        0,
        "",
        "nothing ran on Sat 2020-02-29, and nothing will\n",
    )


def test_files_answer_where_the_app_does_not_run(tmp_path: Any) -> None:
    """What they say is what the app would have said."""
    home = Home(tmp_path)
    home.command("backup", "echo", "all is well", triggers=[{"type": "cron", "expression": "30 2 * * *"}])
    home.shell("broken", "echo no; touch $DAYBELL_ARTIFACTS/x; exit 3")
    home.write("invalid", "{}")
    app = Program(home.path)
    steady = partial(re.compile(r"^since .*$", re.MULTILINE).sub, "")  # the days end now
    lines = [
        *READING,
        "stats backup",
        "history backup --outcome succeeded",
        "show broken",
        "show broken --report md",
        "show broken --report json",
        "history --grep WELL",
    ]
    with home.running("--headless"):
        app.now = moment(home)
        home.daybell("run", "backup", "--wait")
        home.daybell("run", "broken", "--wait")
        app("pause", "broken", "--reason", "why not")
        until(lambda: app("list", "--json").out.count('"id"') == 3)
        lines += [f"show {last_run(app, 'broken')}", "logs broken -f", "settings get retention"]
        before = {line: app(*line.split()) for line in lines}
    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    note = "Daybell is not running: this is what its files say; `daybell start` starts it\n"
    for line, said in before.items():
        code, out, err = app(*line.split())
        assert (code, steady(out), err) == (said.code, steady(said.out), note + said.err), line
    assert app("status").code == 3
    assert "is stopped: 3 jobs, 1 failing, 1 problem" in app("status").out
    assert app("show", "bakcup") == (
        4,
        "",
        f"{note}daybell: there is no job and no run 'bakcup'; did you mean 'backup'?\n",
    )
    assert app("history", "--outcome", "bad").code == 2
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == files


def test_what_a_killed_app_left_is_told_from_its_journal(tmp_path: Any) -> None:
    """Also what no checkpoint holds yet; half a line at the end is passed over."""
    home = Home(tmp_path)
    home.command("nap", "sleep", "30", on_interrupt="end")
    app = home.start("--headless")
    run_id = home.daybell("run", "nap").stdout.strip()
    until(lambda: home.job("nap")["is_running"])
    app.kill()
    app.wait(10)
    with (tmp_path / "state" / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"number":')
    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    daybell = Program(home.path)
    status = json.loads(daybell("status", "--json").out)
    assert (status["scheduler"]["state"], status["jobs"][0]["state"]) == ("stopped", "running")
    assert [run["run_id"] for run in json.loads(daybell("history", "--json").out)["runs"]] == [run_id]
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == files
    with home.running("--headless"):  # ends what the other one has left
        until(lambda: not home.job("nap")["is_running"])
