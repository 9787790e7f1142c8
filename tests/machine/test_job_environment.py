import os
import sys
import threading
from pathlib import Path

import pytest

from daybell.machine.clock import SystemClock
from daybell.machine.job_environment import ANEW, EVERY, JobEnvironment
from daybell.model.errors import Conflict, NoFindings
from waiting import until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no login shell")


def environment(home: Path, limit: float = 30.0, **environ: str) -> JobEnvironment:
    own = {"SHELL": "/bin/sh", "HOME": str(home), "PATH": "/own", **environ}
    return JobEnvironment(own, SystemClock(), limit)


def profile(home: Path, content: str) -> None:
    (home / ".profile").write_text(content)


def test_until_the_shell_answers_jobs_get_daybells_own_and_that_is_said(tmp_path: Path) -> None:
    one = environment(tmp_path)
    assert one.base()["PATH"].startswith("/own:")
    assert one.is_first_answer_awaited
    assert one.known.word == "the login shell has not answered yet: jobs get Daybell's own environment"


def test_then_they_get_what_it_says_and_whoever_asked_hears_of_it(tmp_path: Path) -> None:
    profile(tmp_path, "export PATH=/login:$PATH FOO=1")
    one, heard = environment(tmp_path), threading.Event()
    one.tell(heard.set)
    assert not heard.is_set()
    one.start()
    until(heard.is_set)
    one.stop()
    assert one.base()["PATH"].startswith("/login:")
    assert (one.known.word, one.known.shell, one.is_first_answer_awaited) == ("", "/bin/sh", False)
    assert one.known.asked is not None
    late = threading.Event()
    one.tell(late.set)
    assert late.is_set()


def test_a_shell_that_hangs_costs_nobody_anything_and_is_named(tmp_path: Path) -> None:
    profile(tmp_path, "sleep 60")
    one = environment(tmp_path, limit=0.6)
    one.start()
    until(lambda: not one.is_first_answer_awaited)
    word = "the login shell /bin/sh did not answer within 0.4 s: jobs get Daybell's own environment"
    assert one.known.word == word
    assert one.base()["PATH"].startswith("/own:")


def test_a_changed_profile_is_noticed_on_the_beat(tmp_path: Path) -> None:
    profile(tmp_path, "export FOO=1")
    one = environment(tmp_path)
    one.refresh()
    base = one.base()
    assert one.beat() == EVERY
    assert one.base() is base
    profile(tmp_path, "export FOO=other")
    one.beat()
    until(lambda: one.base().get("FOO") == "other")
    one.stop()


def test_a_shell_that_writes_its_own_files_is_not_asked_for_ever(tmp_path: Path) -> None:
    profile(tmp_path, f"echo '# seen' >>{tmp_path}/.profile; echo x >>{tmp_path}/asked\n")
    one = environment(tmp_path)
    one.refresh()
    one.refresh()
    times = (tmp_path / "asked").read_text()
    one.beat()
    until(lambda: "login-shell" not in {thread.name for thread in threading.enumerate()})
    assert (tmp_path / "asked").read_text() == times


def test_a_shell_that_could_not_answer_is_asked_again_later(tmp_path: Path) -> None:
    profile(tmp_path, f"test -e {tmp_path}/network || exit 1; export FOO=1")
    one = environment(tmp_path)
    one.start()
    until(lambda: not one.is_first_answer_awaited)
    (tmp_path / "network").touch()
    for _ in range(ANEW - 1):
        one.beat()
    assert one.known.login is None
    one.beat()
    until(lambda: one.base().get("FOO") == "1")
    one.stop()


def test_what_was_had_stays_when_a_later_question_fails(tmp_path: Path) -> None:
    profile(tmp_path, "export FOO=1")
    one = environment(tmp_path, limit=3)
    one.refresh()
    profile(tmp_path, "exit 4")
    assert one.refresh().base["FOO"] == "1"
    assert "exit code 4" in one.known.word
    assert one.known.word.endswith("jobs get what it said before")


def test_a_shell_that_daybell_does_not_wait_for_has_done_nothing_wrong(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    os.mkfifo(tmp_path / "pipe")
    profile(tmp_path, f": > {tmp_path}/begun; read line < {tmp_path}/pipe")
    one = environment(tmp_path)
    one.start()
    until((tmp_path / "begun").exists)
    one.stop()
    assert one.is_first_answer_awaited
    assert caplog.records == []


def test_one_question_at_a_time(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    profile(tmp_path, f": > {tmp_path}/begun; read line < {tmp_path}/pipe")
    one = environment(tmp_path)
    one.start()
    until((tmp_path / "begun").exists)
    with pytest.raises(Conflict):
        one.refresh()
    one.stop()


@pytest.mark.parametrize(
    ("shell", "word"), [("/bin/false", "knows how to ask"), ("/no/such", "cannot be found")]
)
def test_without_a_shell_to_ask_a_refresh_says_so(shell: str, word: str, tmp_path: Path) -> None:
    one = environment(tmp_path, SHELL=shell)
    with pytest.raises(NoFindings, match=word):
        one.refresh()
    one.start()
    one.stop()
    assert one.base()["PATH"].startswith("/own:")
