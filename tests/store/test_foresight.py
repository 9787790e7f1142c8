from pathlib import Path

import pytest

from builders import BERLIN, a_job, at, once
from daybell.model.job import CommandHandler
from daybell.store.foresight import foreseen


@pytest.mark.parametrize(
    ("platform", "fields"),
    [("darwin", ["cdw", "triggers[0].at", "handler.cwd"]), ("linux", ["cdw", "triggers[0].at"])],
)
def test_only_a_mac_keeps_folders_from_programs(
    platform: str, fields: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    job = a_job(
        handler=CommandHandler(argv=("make",), cwd="~/Documents"), triggers=(once(at("2026-01-01 00:00")),)
    )
    now = at("2026-06-01 00:00")
    found = foreseen(job, b'{"schema": "1.99", "cdw": 1}', "backup.json", BERLIN, now, platform=platform)
    assert [one.field for one in found] == fields
