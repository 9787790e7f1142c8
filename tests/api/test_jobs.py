"""Jobs, runs and settings through the API alone, of the real app on a real socket."""

import json
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.talking import Answer, Talk
from app_home import Home
from daybell.machine.clock import SystemClock
from daybell.model.job import Job
from waiting import until

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(sys.platform == "win32", reason="Python has no unix sockets there"),
]

COMMAND = {"type": "command", "argv": ["true"]}
SLEEP = {"type": "command", "argv": ["sleep", "60"]}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    home = Home(tmp_path_factory.mktemp("home"))
    with home.running("--headless"):
        yield home


@pytest.fixture
def talk(home: Home) -> Iterator[Talk]:
    """With no jobs to begin with."""
    talk = Talk(home.path / "run" / "api.sock")
    yield talk
    for job in talk("GET", "/jobs").body:
        talk("POST", "/cancel", {"target": job["id"]})
        talk("DELETE", f"/jobs/{job['id']}")


def add(talk: Talk, job_id: str, **fields: object) -> str:
    """Its tag."""
    answer = talk("POST", "/jobs", {"id": job_id, "handler": COMMAND, **fields})
    assert answer.status == 201, answer.body
    assert answer.etag is not None
    return answer.etag


def ended(talk: Talk, run_id: str) -> Any:
    return talk("GET", f"/runs/{run_id}?wait=20").body


def test_a_job_lives_through_the_api_alone(talk: Talk) -> None:
    """Made, read, run by itself and by hand, tried again, limited, changed and removed."""
    etag = add(talk, "tick", triggers=[{"type": "interval", "every": "1s"}], timeout="30s")
    until(lambda: talk("GET", "/runs?job=tick&outcome=succeeded").body["runs"] != [], 10)
    run = talk("GET", "/runs?job=tick&outcome=succeeded").body["runs"][-1]
    assert (run["cause"], run["retry_of"]) == ("schedule", None)

    changed = talk(
        "PATCH", "/jobs/tick", {"triggers": [], "handler": {"argv": ["sh", "-c", "exit 3"]}}, if_match=etag
    )
    assert (changed.status, changed.body["status"]["schedule"]) == (200, "by hand only")
    first = talk("POST", "/jobs/tick/run")
    assert first.status == 202
    assert (ended(talk, first.body["run_id"])["exit_code"], first.body["run_id"] != run["run_id"]) == (
        3,
        True,
    )
    again = talk("POST", f"/runs/{first.body['run_id']}/retry")
    assert again.status == 202
    retried = ended(talk, again.body["run_id"])
    assert (retried["cause"], retried["retry_of"]) == ("manual", first.body["run_id"])

    limited = {**changed.body["definition"], "handler": SLEEP, "timeout": "1s", "max_runs": 1}
    assert talk("PUT", "/jobs/tick", limited, if_match="*").status == 200
    late = ended(talk, talk("POST", "/jobs/tick/run").body["run_id"])
    assert (late["outcome"], late["error"]) == ("timed_out", "timed out after 1s")

    assert talk("DELETE", "/jobs/tick").status == 204
    assert talk("GET", "/jobs/tick").code == "job_not_found"
    assert len(talk("GET", "/runs?job=tick").body["runs"]) >= 4


def test_a_job_is_told_with_its_file(talk: Talk, home: Home) -> None:
    home.write("backup", '{"handler": {"argv": ["true"], "type": "command"}, "name": "Back up"}')
    until(lambda: talk("GET", "/jobs/backup").status == 200)
    answer = talk("GET", "/jobs/backup")
    assert list(answer.body) == ["job", "status", "definition", "etag"]
    assert answer.etag == f'"{answer.body["etag"]}"'
    assert list(answer.body["definition"]) == ["handler", "name"]
    assert answer.body["job"]["timeout"] is None
    assert talk("GET", "/jobs/backup", if_none_match=answer.etag) == (304, None, answer.etag)
    assert talk("GET", "/jobs/backup", if_none_match='"x", *').status == 200
    assert talk("GET", "/jobs/backup", if_none_match="*").status == 304
    assert talk("HEAD", "/jobs/backup") == (200, None, answer.etag)


def test_a_job_whose_file_was_never_valid_is_there_to_be_mended(talk: Talk, home: Home) -> None:
    home.write("broken", "{")
    until(lambda: talk("GET", "/jobs/broken").status == 200)
    answer = talk("GET", "/jobs/broken")
    assert (answer.body["job"], answer.body["definition"]) == (None, None)
    assert answer.body["status"]["state"] == "invalid"
    assert "the file of broken is not valid" in home.daybell("show", "broken").stderr
    assert talk("PATCH", "/jobs/broken", {"name": "x"}, if_match="*").code == "invalid_definition"
    assert answer.etag
    mended = talk("PUT", "/jobs/broken", {"handler": COMMAND}, if_match=answer.etag)
    assert (mended.status, mended.body["status"]["state"]) == (200, "idle")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{", ""),
        (b"[]", ""),
        (b"", ""),
        (b'{"name": "a", "name": "b"}', "name"),
        ({"colour": "red"}, "colour"),
        ({"id": "other"}, "id"),
        ({"handler": None}, "handler"),
        ({"handler": {"argv": [""]}}, "handler.argv"),
        ({"schema": 2}, "schema"),
        ({"needs": ["backup"]}, "needs[0]"),
    ],
)
def test_what_is_no_job_is_refused_and_the_file_stays(
    talk: Talk, home: Home, body: object, field: str
) -> None:
    etag = add(talk, "backup")
    before = (home.jobs / "backup.json").read_bytes()
    answer = talk("PATCH", "/jobs/backup", body, if_match=etag)
    assert (answer.status, answer.code, answer.fields) == (422, "invalid_definition", [field])
    assert all(problem["message"] for problem in answer.body["error"]["problems"])
    assert (home.jobs / "backup.json").read_bytes() == before


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_who_overwrites_says_what_was_read(talk: Talk, method: str) -> None:
    etag = add(talk, "backup")
    body = {"handler": COMMAND, "name": "new"}
    assert (talk(method, "/jobs/backup", body).status, talk(method, "/jobs/gone", body).status) == (428, 428)
    for wrong in ('"x"', f"W/{etag}", '""', ""):
        refused = talk(method, "/jobs/backup", body, if_match=wrong)
        assert (refused.status, refused.code, refused.etag) == (412, "changed", etag)
        assert f'"{refused.body["error"]["etag"]}"' == etag
    assert talk(method, "/jobs/backup", body, if_match=f'"x", {etag}').status == 200
    assert talk(method, "/jobs/gone", body, if_match="*").code == "job_not_found"


def test_who_removes_may_say_so(talk: Talk) -> None:
    etag = add(talk, "backup")
    assert talk("DELETE", "/jobs/backup", if_match='"x"').status == 412
    assert talk("DELETE", "/jobs/backup", if_match=etag.strip('"')).status == 204


def test_of_two_editors_with_one_tag_the_second_is_told(talk: Talk) -> None:
    etag = add(talk, "backup")
    first = talk("PATCH", "/jobs/backup", {"name": "first"}, if_match=etag)
    second = talk("PATCH", "/jobs/backup", {"name": "second"}, if_match=etag)
    assert (first.status, second.status, second.etag) == (200, 412, first.etag)
    now = talk("GET", "/jobs/backup").body["definition"]
    assert now["name"] == "first"
    again = talk("PATCH", "/jobs/backup", {"description": "second"}, if_match=str(second.etag))
    assert again.body["definition"] == {**now, "description": "second"}


def test_editors_at_once_lose_nothing(talk: Talk) -> None:
    """Four of them, each until its fifty words stand in the file: whoever is told reads it again."""
    add(talk, "backup")

    def editor(name: str) -> int:
        refused = 0
        for number in range(50):
            while True:
                read = talk("GET", "/jobs/backup")
                tags = [*read.body["definition"].get("tags", []), f"{name}{number}"]
                done = talk("PATCH", "/jobs/backup", {"tags": tags}, if_match=str(read.etag))
                if done.status == 200:
                    break
                assert done.status == 412, done.body
                refused += 1
        return refused

    with ThreadPoolExecutor(4) as editors:
        refused = sum(editors.map(editor, "abcd"))
    tags = talk("GET", "/jobs/backup").body["job"]["tags"]
    assert sorted(tags) == sorted(f"{name}{number}" for name in "abcd" for number in range(50))
    assert refused


def test_an_edit_by_hand_counts_as_one_of_the_editors(talk: Talk, home: Home) -> None:
    etag = add(talk, "backup")
    file = home.jobs / "backup.json"
    file.write_text(file.read_text().replace('"true"', '"false"'))
    assert talk("PATCH", "/jobs/backup", {"name": "x"}, if_match=etag).status == 412
    assert '"false"' in file.read_text()


words = st.text(st.characters(categories=["Ll", "Lu", "Nd"]), min_size=9, max_size=12)
unknown_keys = words.filter(lambda word: word not in Job.__struct_fields__)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    unknown=st.dictionaries(
        unknown_keys, st.integers() | st.text('ab"\\ü', max_size=4) | st.none(), max_size=4
    ),
    name=words,
)
def test_a_patch_keeps_the_persons_order_and_what_nobody_knows(
    talk: Talk, home: Home, unknown: dict[str, object], name: str
) -> None:
    before = {
        "name": "a",
        **unknown,
        "handler": COMMAND,
        "$schema": "../schemas/job.schema.json",
        "schema": "1.7",
    }
    home.write("newer", before)
    until(lambda: talk("GET", "/jobs/newer").body.get("definition") == before)
    answer = talk("PATCH", "/jobs/newer", {"name": name, "timeout": "5s"}, if_match="*")
    after = {**before, "name": name, "timeout": "5s"}
    assert (answer.body["definition"], list(answer.body["definition"])) == (after, list(after))
    assert (home.jobs / "newer.json").read_text() == json.dumps(after, indent=2, ensure_ascii=False) + "\n"


def test_a_job_is_switched_in_its_file(talk: Talk, home: Home) -> None:
    etag = add(talk, "backup", triggers=[{"type": "cron", "expression": "@daily"}])
    assert talk("POST", "/jobs/backup/enable").etag == etag
    assert "enabled" not in (home.jobs / "backup.json").read_text()
    off = talk("POST", "/jobs/backup/disable")
    assert (off.status, off.body["state"], off.body["next_run"]) == (200, "disabled", None)
    assert json.loads((home.jobs / "backup.json").read_text())["enabled"] is False
    on = talk("POST", "/jobs/backup/enable")
    assert (on.body["state"], on.etag != etag) == ("idle", True)
    assert talk("POST", "/jobs/gone/enable").code == "job_not_found"


def test_a_pause_says_why_and_until_when(talk: Talk) -> None:
    add(talk, "backup", triggers=[{"type": "cron", "expression": "@daily"}])
    paused = talk("POST", "/jobs/backup/pause", {"until": "2h", "reason": " the disk is away "}).body
    assert (paused["state"], paused["pause_reason"]) == ("paused", "the disk is away")
    end = datetime.fromisoformat(paused["paused_until"]) - SystemClock().now()
    assert timedelta(minutes=119) < end <= timedelta(hours=2)
    paused = talk("POST", "/jobs/backup/pause", {"until": "2099-01-01T00:00:00+02:00"}).body
    assert datetime.fromisoformat(paused["paused_until"]) == datetime(2098, 12, 31, 22, tzinfo=UTC)
    assert paused["pause_reason"] is None
    assert talk("POST", "/jobs/backup/pause").body["paused_until"] is None
    assert talk("POST", "/jobs/backup/pause", {"until": "2001-01-01"}).code == "invalid_request"
    assert talk("POST", "/jobs/backup/pause", {"until": "2001-01-01T00:00"}).code == "conflict"
    resumed = talk("POST", "/jobs/backup/resume").body
    assert (resumed["is_paused"], resumed["pause_reason"]) == (False, None)


@pytest.mark.parametrize(
    "body",
    [
        {"until": "soon"},
        {"until": "0s"},
        {"until": "999999999999d"},
        {"until": "40000d"},
        {"until": "2026-02-30T10:00"},
        {"until": "9999-12-31T23:59"},
        {"until": 5},
        {"reason": "x" * 201},
        {"reason": "two\nlines"},
        {"why": "x"},
        [],
        b"{",
    ],
)
def test_a_pause_that_nobody_understands_is_refused(talk: Talk, body: object) -> None:
    add(talk, "backup")
    assert talk("POST", "/jobs/backup/pause", body).status == 422
    assert talk("GET", "/jobs/backup").body["status"]["is_paused"] is False


def test_a_run_is_ended_once(talk: Talk) -> None:
    add(talk, "sleep", handler=SLEEP)
    run_id = talk("POST", "/jobs/sleep/run").body["run_id"]
    assert talk("POST", f"/runs/{run_id}/retry").code == "conflict"
    assert talk("POST", f"/runs/{run_id}/cancel").body == {"run_ids": [run_id]}
    assert ended(talk, run_id)["outcome"] == "cancelled"
    assert (talk("POST", f"/runs/{run_id}/cancel").status, talk("POST", "/runs/sleep/cancel").status) == (
        409,
        404,
    )
    assert talk("POST", "/runs/gone/retry").code == "run_not_found"
    talk("DELETE", "/jobs/sleep")
    assert talk("POST", f"/runs/{run_id}/retry").code == "job_not_found"


def test_why_a_job_ran_is_told(talk: Talk) -> None:
    add(talk, "asked", triggers=[{"type": "cron", "expression": "0 12 * * *", "timezone": "UTC"}])
    one = talk("GET", "/jobs/asked/why").body
    assert (one["job_id"], one["schedule"], one["at"]) == ("asked", "daily at 12:00 (UTC)", None)
    assert [told["verdict"] for told in one["explanations"]] == ["comes"]
    then = talk("GET", "/jobs/asked/why?at=2999-01-01T12:00:00Z").body
    assert then["explanations"][0]["due"].startswith("2999-01-01T")
    before = talk("GET", "/jobs/asked/why?at=2001-01-01T12:00").body["explanations"]
    assert [told["verdict"] for told in before] == ["not_due"]
    assert talk("GET", "/jobs/gone/why").code == "job_not_found"
    assert talk("GET", "/jobs/asked/why?at=soon").code == "invalid_request"
    talk("DELETE", "/jobs/asked")


def test_how_runs_went_is_counted(talk: Talk) -> None:
    add(talk, "sums", handler={"type": "command", "argv": ["sh", "-c", "exit 3"]})
    ended(talk, talk("POST", "/jobs/sums/run").body["run_id"])
    one = talk("GET", "/jobs/sums/stats?days=1").body
    assert (one["job_id"], one["runs"], one["outcomes"], one["success_rate"]) == ("sums", 1, {"failed": 1}, 0)
    assert one["duration_p50_ms"] == one["duration_p95_ms"] >= 0
    whole = talk("GET", "/stats").body
    assert (whole["days"], whole["is_complete"], whole["jobs"]["sums"]["runs"]) == (30, True, 1)
    add(talk, "idle")
    assert talk("GET", "/jobs/idle/stats").body["success_rate"] is None
    assert talk("GET", "/jobs/gone/stats").code == "job_not_found"
    assert talk("GET", "/stats?days=0").code == "invalid_request"


class TestPreview:
    def test_a_definition_is_explained_and_not_written(self, talk: Talk, home: Home) -> None:
        cron = {"type": "cron", "expression": "30 2 29 2 1", "timezone": "UTC"}
        answer = talk("POST", "/preview?n=3", {"handler": COMMAND, "triggers": [cron]})
        assert (answer.status, answer.body["problems"], len(answer.body["runs"])) == (200, [], 3)
        assert answer.body["description"]
        assert [one["field"] for one in answer.body["warnings"]] == ["triggers[0].expression"]
        for run in answer.body["runs"]:
            assert run["at"].endswith("02:30:00Z")
            assert datetime.fromisoformat(run["local"]) == datetime.fromisoformat(run["at"])
        assert not (home.jobs / "new.json").exists()

    def test_what_is_wrong_is_told_with_its_field(self, talk: Talk) -> None:
        answer = talk("POST", "/preview", {"id": "Bad Id", "handler": COMMAND, "colour": 1})
        assert (answer.status, answer.body["description"], answer.body["runs"]) == (200, None, [])
        assert sorted(one["field"] for one in answer.body["problems"]) == ["", "colour"]
        statuses = {talk("POST", "/preview", body).status for body in (b"[]", b"{", b'{"id": 5}')}
        assert statuses == {422}

    def test_a_job_that_exists_is_previewed_as_it_goes_on(self, talk: Talk) -> None:
        triggers = [{"type": "interval", "every": "1h"}]
        add(talk, "backup", triggers=triggers)
        (coming,) = talk("GET", "/jobs/backup/next?n=1").body["runs"]
        answer = talk("POST", "/preview?n=1", {"id": "backup", "handler": COMMAND, "triggers": triggers})
        (run,) = answer.body["runs"]
        assert run["local"] == coming


class TestSettings:
    def test_settings_are_changed_as_any_file(self, talk: Talk, home: Home) -> None:
        read = talk("GET", "/settings")
        assert (read.body["definition"], read.body["restart_needed"]) == (None, False)
        assert read.body["settings"]["retention"]["days"] == 400
        file = home.path / "config" / "settings.json"
        assert not file.exists()
        assert talk("PATCH", "/settings", {}).status == 428
        changed = talk("PATCH", "/settings", {"notices": {"reminder": "2h"}}, if_match=str(read.etag))
        assert (changed.status, changed.body["restart_needed"], changed.body["waiting"]) == (200, False, [])
        assert file.stat().st_mode & 0o777 == 0o600
        assert talk("PATCH", "/settings", {}, if_match=str(read.etag)).status == 412
        later = {"scheduler": {"max_concurrent_runs": 1, "groups": {"disk": 2}}}
        waits = talk("PATCH", "/settings", later, if_match="*")
        assert (waits.body["restart_needed"], waits.body["waiting"]) == (
            True,
            ["scheduler.max_concurrent_runs"],
        )
        assert list(json.loads(file.read_text())) == ["$schema", "schema", "notices", "scheduler"]
        refused = talk("PATCH", "/settings", {"retention": {"days": 0}}, if_match="*")
        assert (refused.status, refused.code, refused.fields) == (422, "invalid_settings", ["retention.days"])
        assert talk("PUT", "/settings", {}).status == 428
        never = talk("PUT", "/settings", {"notices": {"reminder": None}}, if_match="*").body
        assert (never["definition"]["notices"], never["settings"]["notices"]["reminder"]) == (
            {"reminder": None},
            None,
        )
        file.write_text("{")
        broken = talk("GET", "/settings").body
        assert (broken["settings"], broken["problems"][0]["file"]) == (None, "settings.json")
        assert talk("PATCH", "/settings", {}, if_match="*").code == "invalid_settings"
        file.unlink()
        gone = talk("GET", "/settings").body
        assert gone["waiting"] == ["notices.reminder"]  # until somebody takes them in
        assert talk("PATCH", "/settings", {}, if_match="*").body["waiting"] == []

    def test_a_group_may_have_more_slots_at_once(self, talk: Talk) -> None:
        for name in ("one", "two"):
            add(talk, name, handler=SLEEP, group="disk")
        talk("PATCH", "/settings", {"scheduler": {"groups": None}}, if_match="*")
        runs = [talk("POST", f"/jobs/{name}/run").body["run_id"] for name in ("one", "two")]
        until(lambda: talk("GET", f"/runs/{runs[0]}").body["started"] is not None)
        assert talk("GET", "/jobs/two").body["status"]["state"] == "queued"
        talk("PATCH", "/settings", {"scheduler": {"groups": {"disk": 2}}}, if_match="*")
        until(lambda: talk("GET", f"/runs/{runs[1]}").body["started"] is not None)


def test_the_command_line_asks_the_same(talk: Talk, home: Home) -> None:
    add(talk, "backup")
    assert home.daybell("disable", "backup").stderr == "disabled backup\n"
    assert home.json("enable", "backup")["state"] == "idle"
    assert home.daybell("enable", "gone").returncode == 4
    assert home.daybell("pause", "backup", "--until", "2h", "--reason", "the disk is away").returncode == 0
    assert "the disk is away" in home.daybell("show", "backup").stdout
    assert home.daybell("pause", "--all", "--reason", "x").returncode == 2
    assert home.daybell("pause", "backup", "--until", "soon").returncode != 0
    home.daybell("resume", "backup")
    first = home.daybell("run", "backup", "--wait")
    assert (first.returncode, first.stdout) == (0, "")
    (run,) = talk("GET", "/runs?job=backup").body["runs"]
    assert home.json("retry", run["run_id"], "--wait")["retry_of"] == run["run_id"]
    assert home.daybell("retry", "gone").returncode == 4


def test_nothing_is_left_beside_the_files(talk: Talk, home: Home) -> None:
    etag = add(talk, "backup")
    line = threading.Barrier(8)

    def edit(number: int) -> Answer:
        line.wait(10)
        return talk("PATCH", "/jobs/backup", {"name": str(number)}, if_match=etag)

    with ThreadPoolExecutor(8) as editors:
        statuses = sorted(answer.status for answer in editors.map(edit, range(8)))
    assert statuses == [200, *[412] * 7]
    assert [path.name for path in Path(home.jobs).iterdir() if path.name.startswith(".")] == []
