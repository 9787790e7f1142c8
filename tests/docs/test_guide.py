"""What the guide shows, Daybell understands."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app_home import Home
from builders import BERLIN
from daybell.core.definitions import parse_job
from daybell.core.settings import parse_settings
from daybell.model.job import Job

GUIDE = (Path(__file__).parents[2] / "docs" / "guide.md").read_text("utf-8")
SNIPPETS = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)
KEYS = re.findall(r"^\| (`[$a-z_`, ]+) \|", GUIDE, re.MULTILINE)
TRIGGERS = re.findall(r"^\| `(\{\"type\".*?\})` \|", GUIDE, re.MULTILINE)
BEGINNING = GUIDE.partition("## The first ten minutes")[2].partition("\n## ")[0]
WALK = "".join(re.findall(r"```sh\n(.*?)```", BEGINNING, re.DOTALL))
HANDLER = {"type": "command", "argv": ["true"]}


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_each_piece_of_json_is_valid(snippet: str) -> None:
    shown = json.loads(snippet)
    if "scheduler" in shown:
        parse_settings("settings.json", snippet.encode(), BERLIN)
        return
    job = parse_job("backup", "backup.json", json.dumps({"handler": HANDLER} | shown).encode(), BERLIN)
    assert all(getattr(job, key) is not None for key in shown.keys() - {"$schema"})


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_each_trigger_is_valid(trigger: str) -> None:
    content = json.dumps({"handler": HANDLER, "triggers": [json.loads(trigger)]}).encode()
    assert parse_job("backup", "backup.json", content, BERLIN).triggers


def test_each_key_of_a_job_is_in_the_table() -> None:
    named = {name for line in KEYS for name in re.findall(r"[a-z_]+", line)}
    assert set(Job.__struct_fields__) - {"id", "schema", "max_concurrent"} <= named


@pytest.mark.system
@pytest.mark.skipif(sys.platform == "win32", reason="the guide speaks to a POSIX shell")
def test_the_first_ten_minutes_go_as_they_are_told(tmp_path: Path) -> None:
    home = Home(tmp_path)
    path = os.pathsep.join([str(Path(sys.executable).parent), home.environ["PATH"]])
    with home.running("--headless"):
        done = subprocess.run(
            ["sh", "-eu", "-c", WALK],
            env={**home.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert [job["id"] for job in home.json("list")] == ["hello"]
    for said in ("next runs", "Hello, it works", "exit code 3", "no such disk", "that was expected"):
        assert said in done.stdout + done.stderr
    assert "removed broken; its history stays" in done.stderr
