import pytest

from daybell.core.drift import drift, is_harmless, remark, traces

SALT = b"salt"


def phrases(before: dict[str, str], now: dict[str, str]) -> list[str]:
    return drift(traces(before, SALT), traces(now, SALT))


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ({"PATH": "/a:/b"}, {"PATH": "/a:/b"}, []),
        ({"PATH": "/a:/b"}, {"PATH": "/b:/c"}, ["PATH lacks /a and has /c"]),
        ({"PATH": "/a:/b"}, {"PATH": "/b:/a"}, ["PATH is in another order"]),
        ({"LANG": "C"}, {"LANG": "de_DE.UTF-8"}, ["LANG is 'de_DE.UTF-8', not 'C'"]),
        ({"FOO": "1"}, {"FOO": "2"}, ["FOO is different"]),
        ({"FOO": "1"}, {"BAR": "1"}, ["BAR is new", "FOO is gone"]),
        ({}, {"A": "1", "LANG": "C", "PATH": "/a"}, ["PATH is new", "LANG is new", "A is new"]),
        ({"SSH_AUTH_SOCK": "/a", "DISPLAY": ":0", "SHLVL": "1"}, {"DISPLAY": ":1", "TERM_PROGRAM": "a"}, []),
    ],
)
def test_each_difference_is_a_phrase(before: dict[str, str], now: dict[str, str], told: list[str]) -> None:
    assert phrases(before, now) == told


@pytest.mark.parametrize("name", ["API_TOKEN", "SECRET_DIR", "MY_KEY_PATH", "DB_PASSWORD", "FOO", "AWS_AUTH"])
def test_no_value_that_may_be_secret_is_kept_or_told(name: str) -> None:
    assert not is_harmless(name)
    kept = traces({name: "hunter22"}, SALT)
    assert len(kept[name]) == 4
    assert "hunter" not in f"{kept}{phrases({name: 'hunter22'}, {name: 'other'})}"


@pytest.mark.parametrize("name", ["PATH", "LANG", "LC_ALL", "JAVA_HOME", "Path"])
def test_directories_and_locales_are_harmless(name: str) -> None:
    assert is_harmless(name)


def test_the_same_value_leaves_another_trace_elsewhere() -> None:
    assert traces({"FOO": "1"}, b"here") != traces({"FOO": "1"}, b"there")


def test_bytes_that_are_no_text_can_be_kept_and_told() -> None:
    before, now = {"PATH": "/a"}, {"PATH": "/a:/x\udcff", "F\udcffO": "\udcfe", "FOO": "\udcfe"}
    assert traces(now, SALT).keys() == {"PATH", "F\\udcffO", "FOO"}
    told = phrases(before, now)
    assert told == ["PATH has /x\\udcff", "FOO is new", "F\\udcffO is new"]
    assert remark(told).encode()


def test_a_remark_names_the_first_and_counts_the_rest() -> None:
    assert remark([]) == ""
    assert remark(["A is new"]) == " (since its last success the environment has changed: A is new)"
    assert remark([f"{name} is new" for name in "ABCDEFG"]).endswith("; E is new; and 2 more)")
