"""What the API's page shows, the real app understands."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest

from api.fake_service import FakeService
from app_home import Home
from daybell.api.answers import STATUS_OF
from daybell.api.calls import Calls
from daybell.api.routes import Routes
from daybell.api.waiting import Waiting
from daybell.store.artifacts import ArtifactFiles

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
EXAMPLES = "".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))
NAMED = {
    (method, re.sub(r"\{\w+\}", "{}", path))
    for method, path in re.findall(r"`(GET|POST|PUT|PATCH|DELETE) (/[^`?]*)[^`]*`", PAGE)
}


def routes(tmp_path: Path) -> set[tuple[str, str]]:
    service = FakeService(tmp_path)
    calls = Calls()
    table = Routes(service, calls, Waiting(service, calls), ArtifactFiles(tmp_path)).table()
    return {
        (method, re.sub(r"\{\w+(:path)?\}", "{}", route.path).removeprefix("/api/v1"))
        for route in table
        for method in (route.methods or set()) - {"HEAD"}
    }


def test_each_address_is_described_and_no_other(tmp_path: Path) -> None:
    assert routes(tmp_path) == NAMED


def test_each_code_of_an_error_is_described() -> None:
    assert [code for code in STATUS_OF if f"`{code}`" not in PAGE and code != "already_running"] == []


@pytest.mark.parametrize("snippet", re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL))
def test_each_piece_of_json_is_valid(snippet: str) -> None:
    json.loads(snippet)


@pytest.mark.system
@pytest.mark.skipif(sys.platform == "win32", reason="Python has no unix sockets on Windows")
@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
def test_each_example_does_what_it_says(tmp_path: Path) -> None:
    home = Home(tmp_path)
    path = os.pathsep.join([str(Path(sys.executable).parent), home.environ["PATH"]])
    with home.running("--headless"):
        done = subprocess.run(
            ["bash", "-eu", "-c", EXAMPLES],
            env={**home.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, done.stderr), done.stdout + done.stderr
        runs = home.history("backup")
    assert [run["outcome"] for run in runs] == ["succeeded", "succeeded"]
    assert runs[0]["retry_of"] == runs[1]["run_id"]
    assert "somebody was faster" in done.stdout
    settings = cast("Any", json.loads((tmp_path / "config" / "settings.json").read_text()))
    assert settings["retention"] == {"days": None}
    assert list(home.jobs.iterdir()) == []
