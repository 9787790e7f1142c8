"""The real app without a desktop: real files, real processes, real signals, the real command line."""

import json
import os
import signal
import stat
import subprocess
import time
from datetime import datetime
from pathlib import Path
from typing import cast

import pytest

from app_home import DAYBELL, Home
from daybell.api.client import Client
from waiting import until

pytestmark = pytest.mark.system

EVERY_SECOND = [{"type": "cron", "expression": "* * * * * *"}]


def seconds_between(first: str, second: str) -> float:
    return (datetime.fromisoformat(second) - datetime.fromisoformat(first)).total_seconds()


def problem_files(home: Home) -> set[str]:
    return {problem["file"] for problem in home.json("status")["problems"]}


def test_due_runs_happen_on_time(home: Home) -> None:
    home.command("tick", "true", triggers=EVERY_SECOND)
    with home.running("--headless"):
        until(lambda: len(home.ended("tick")) >= 3, 15)
        runs = home.ended("tick")
    late = [seconds_between(run["due"], run["started"]) for run in runs]
    assert all(0 <= one < 10 for one in late), late
    assert min(late) < 0.5, "but for a moment in which the machine was busy"
    assert {run["outcome"] for run in runs} == {"succeeded"}
    assert len({run["due"] for run in runs}) == len(runs)


def test_run_wait_returns_the_command_s_own_exit_code(home: Home) -> None:
    home.command("good", "true")
    home.shell("bad", "echo no such volume >&2; exit 3")
    home.command("slow", "sleep", "60", timeout="300ms")
    with home.running("--headless"):
        assert home.daybell("run", "good", "--wait").returncode == 0
        bad = home.daybell("run", "bad", "--wait")
        assert home.daybell("run", "slow", "--wait").returncode == 124
        job = home.job("bad")
    assert bad.returncode == 3
    assert "no such volume" in bad.stderr
    assert (job["last_outcome"], job["last_error"], job["error_count"]) == ("failed", "no such volume", 1)


def test_a_pause_survives_a_restart(home: Home) -> None:
    home.command("tick", "true", triggers=EVERY_SECOND)
    with home.running("--headless"):
        assert home.daybell("pause", "tick").returncode == 0
        count = home.job("tick")["run_count"]
    with home.running("--headless"):
        job = home.job("tick")
        assert (job["state"], job["is_paused"], job["run_count"]) == ("paused", True, count)
        assert home.daybell("resume", "tick").returncode == 0
        until(lambda: home.job("tick")["run_count"] > count)


def test_an_edited_file_takes_effect_within_two_seconds(home: Home) -> None:
    home.command("greet", "sh", "-c", "exit 1")
    with home.running("--headless"):
        api = Client(home.path / "run" / "api.sock")
        home.shell("greet", "exit 7", name="Greeting")
        edited = time.monotonic()
        until(lambda: cast("list[dict[str, str]]", api.get("/api/v1/jobs"))[0]["name"] == "Greeting")
        took = time.monotonic() - edited
        assert home.daybell("run", "greet", "--wait").returncode == 7
    assert took < 2 + 3, "three for a machine that is busy"


def test_a_broken_file_is_reported_and_harms_nothing(home: Home) -> None:
    home.command("tick", "true", triggers=EVERY_SECOND)
    home.command("kept", "true", name="As it was")
    with home.running("--headless"):
        home.write("kept", '{"handler": {"type": "command", "argv": ["true"], "timeouts": 5')
        home.write("never", '{"triggers": [{"type": "cron", "expression": "0 0 30 2 *"}]}')
        until(
            lambda: (
                {problem["file"] for problem in home.json("status")["problems"]}
                == {"kept.json", "never.json"}
            )
        )
        status = home.json("status")
        states = {job["id"]: job["state"] for job in status["jobs"]}
        assert (states["never"], home.job("kept")["name"]) == ("invalid", "As it was")
        assert home.daybell("run", "kept", "--wait").returncode == 0
        count = home.job("tick")["run_count"]
        until(lambda: home.job("tick")["run_count"] > count)
    fields = {(problem["file"], problem["field"]) for problem in status["problems"]}
    assert {("never.json", "handler"), ("never.json", "triggers[0].expression")} <= fields


def test_a_removed_file_ends_the_job_and_keeps_its_history(home: Home) -> None:
    home.command("once", "true")
    with home.running("--headless"):
        home.daybell("run", "once", "--wait")
        (home.jobs / "once.json").unlink()
        until(lambda: not home.json("status")["jobs"])
        assert [run["outcome"] for run in home.history("once")] == ["succeeded"]


def test_jobs_are_added_and_removed_from_the_command_line(home: Home) -> None:
    with home.running("--headless"):
        added = home.daybell("add", "hello", "--every", "1h", "--", "echo", "hello")
        assert added.returncode == 0, added.stderr
        assert json.loads((home.jobs / "hello.json").read_text())["handler"]["argv"] == ["echo", "hello"]
        assert home.daybell("run", "hello", "--wait").returncode == 0
        assert home.daybell("logs", "hello").stdout == "hello\n"
        assert home.daybell("add", "hello", "--every", "1h", "--", "true").returncode == 7
        assert home.daybell("remove", "hello").returncode == 0
        assert home.daybell("show", "hello").returncode == 4


def test_the_command_s_environment_tells_its_run_and_its_trace(home: Home) -> None:
    home.shell("show", 'echo "$DAYBELL_RUN_ID $TRACEPARENT"')
    with home.running("--headless"):
        home.daybell("run", "show", "--wait")
        (run,) = home.ended("show")
        assert home.daybell("logs", "show").stdout == f"{run['run_id']} {run['traceparent']}\n"


def killed_while_running(home: Home) -> None:
    """In a run of "long", whose command lives on."""
    app = home.start("--headless")
    home.daybell("run", "long")
    until(lambda: home.job("long")["is_running"] and home.job("long")["run_count"] == 1)
    app.kill()
    app.wait(10)


def test_history_and_counters_survive_a_sigkill(home: Home) -> None:
    home.command("good", "true")
    home.command("long", "sleep", "300")
    with home.running("--headless"):
        home.daybell("run", "good", "--wait")
        before = home.job("good")
    killed_while_running(home)
    with home.running("--headless"):
        assert home.job("good") == before
        assert home.job("long")["run_count"] == 1


def test_what_outlived_a_sigkill_is_adopted_and_blocks_and_can_be_cancelled(home: Home) -> None:
    home.shell("long", f"echo $$ > {home.path}/pid; sleep 300")
    killed_while_running(home)
    with home.running("--headless"):
        assert home.job("long")["state"] == "running"
        refused = home.daybell("run", "long")
        assert (refused.returncode, "running already" in refused.stderr) == (7, True)
        assert home.daybell("cancel", "long").returncode == 0
        until(lambda: home.job("long")["state"] == "idle")
        assert {run["outcome"] for run in home.ended("long")} == {"cancelled", "skipped"}
    stat = Path(f"/proc/{(home.path / 'pid').read_text().strip()}/stat")
    assert not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def test_an_adopted_run_that_ends_by_itself_says_that_nobody_knows_how(home: Home) -> None:
    home.shell("long", f"while test ! -e {home.path}/enough; do sleep 0.05; done; echo done")
    killed_while_running(home)
    with home.running("--headless"):
        assert home.job("long")["state"] == "running"
        (home.path / "enough").touch()
        until(lambda: home.job("long")["state"] == "idle")
        (run,) = home.ended("long")
        assert (run["outcome"], run["exit_code"]) == ("interrupted", None)
        assert "how it ended cannot be known" in run["reason"]
        assert home.daybell("logs", "long").stdout == "done\n"


def test_what_its_job_wants_ended_after_a_crash_is_ended(home: Home) -> None:
    home.command("long", "sleep", "300", on_interrupt="end")
    killed_while_running(home)
    with home.running("--headless"):
        until(lambda: home.job("long")["state"] == "idle")
        (run,) = home.ended("long")
        assert (run["outcome"], run["reason"]) == ("interrupted", "Daybell ended while it ran")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_cleanly(home: Home, number: signal.Signals) -> None:
    home.command("long", "sleep", "300")
    app = home.start("--headless")
    home.daybell("run", "long")
    until(lambda: home.job("long")["run_count"] == 1)
    app.send_signal(number)
    assert app.wait(15) == 0
    assert not (home.path / "run" / "api.sock").exists()
    ended = [line for line in home.log() if line["event"] == "run_finished"]
    assert [(line["job"], line["outcome"]) for line in ended] == [("long", "interrupted")]


def test_a_second_signal_forces_the_end(home: Home) -> None:
    home.shell("stubborn", f"trap '' TERM; echo $$ > {home.path}/pid; while :; do sleep 1; done")
    app = home.start("--headless")
    home.daybell("run", "stubborn")
    pid = home.path / "pid"
    until(lambda: pid.exists() and bool(pid.read_text()))
    app.send_signal(signal.SIGTERM)
    until(lambda: home.json("status")["scheduler"]["state"] == "stopped")
    app.send_signal(signal.SIGTERM)
    assert app.wait(20) == 130
    os.kill(int(pid.read_text()), signal.SIGKILL)


def test_nohup_is_respected(home: Home) -> None:
    command = f"trap '' HUP; exec {' '.join(DAYBELL)} start --headless"
    with subprocess.Popen(["sh", "-c", command], env=home.environ, stderr=subprocess.DEVNULL) as app:
        until(home.answers, 20)
        app.send_signal(signal.SIGHUP)
        assert home.json("status")["scheduler"]["state"] == "running"
        assert home.daybell("stop").returncode == 0
        assert app.wait(10) == 0


def test_stop_waits_until_the_app_is_gone(home: Home) -> None:
    app = home.start("--headless")
    assert home.daybell("stop").returncode == 0
    assert app.wait(20) == 0
    status = home.daybell("status")
    assert (status.returncode, "is stopped" in status.stdout) == (3, True)
    assert "daybell start" in status.stderr


def test_a_second_start_says_who_runs(home: Home) -> None:
    with home.running("--headless") as app:
        second = home.daybell("start", "--headless")
        assert second.returncode == 7
        assert f"process {app.pid}" in second.stderr
        assert home.daybell("status").returncode == 0


def test_invalid_settings_start_nothing_and_are_all_told(home: Home) -> None:
    settings = {"scheduler": {"default_timezone": "Europe/Berlim", "shutdown_timeout": "soon"}}
    (home.path / "config" / "settings.json").write_text(json.dumps(settings))
    done = home.daybell("start", "--headless")
    assert done.returncode == 5
    assert "Europe/Berlin" in done.stderr
    assert "scheduler.shutdown_timeout" in done.stderr
    told = [line["message"] for line in home.log() if line["level"] == "error"]
    assert len(told) == 1, "who has it started at login sees no terminal"
    assert told[0].startswith("Daybell cannot start: settings.json: ")
    assert "scheduler.shutdown_timeout" in told[0]


def test_the_log_is_json_lines_with_time_level_event_job_run_and_trace(home: Home) -> None:
    home.command("good", "true")
    with home.running("--headless"):
        home.daybell("run", "good", "--wait")
    lines = home.log()
    finished = next(line for line in lines if line["event"] == "run_finished")
    assert {"time", "level", "event", "job", "run", "trace_id", "duration_ms", "outcome"} <= finished.keys()
    assert any("scheduler started with 1 jobs" in line["message"] for line in lines)


def test_directories_are_0700_and_files_0600(home: Home) -> None:
    home.command("good", "true")
    with home.running("--headless"):
        home.daybell("run", "good", "--wait")
        home.daybell("add", "hello", "--every", "1h", "--", "true")
        ours = [path for path in home.path.rglob("*") if path.name not in ("stderr", "good.json")]
        modes = {path: stat.S_IMODE(path.stat().st_mode) for path in ours}
    assert {path for path, mode in modes.items() if mode & 0o077} == {home.path / "config"} - {
        home.path / "config"
    }


def test_headless_says_so_and_how_to_look(home: Home) -> None:
    with home.running():
        told = Path(home.path / "stderr").read_text()
    assert "no desktop session was found" in told
    assert "daybell status" in told


def test_start_answers_with_a_sentence_where_it_cannot_create_its_home(home: Home) -> None:
    blocked = home.path / "a-file"
    blocked.write_text("")
    done = subprocess.run(
        [*DAYBELL, "start", "--headless"],
        env={**home.environ, "DAYBELL_HOME": str(blocked)},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 1
    assert "a-file" in done.stderr
    assert "Traceback" not in done.stderr
