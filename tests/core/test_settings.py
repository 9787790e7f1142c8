import json
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import BERLIN
from daybell.core.settings import parse_settings
from daybell.model.durations import Duration
from daybell.model.errors import InvalidSettings
from daybell.model.settings import ApiConfig, NoticeConfig, QuietHours, Retention, SchedulerConfig, Settings
from daybell.model.sizes import Size

A_ZONE = 'expected a time zone such as "Europe/Berlin", or "local"'
NO_REMINDERS = "write null for no reminders"
A_TIME = 'expected a time of day such as "22:00"'
TWO_TIMES = 'expected two different times, found "22:00" twice; for no notices at all, see notify of each job'
KEEP_ALL = "write null to keep all"
A_COUNT = "expected at least 1 run at once, found 0; leave the key out to let Daybell choose"


def test_an_empty_object_means_the_defaults() -> None:
    assert parse_settings("settings.json", b"{}", BERLIN) == Settings()


def test_every_key_is_read() -> None:
    content = b"""{"schema": 1, "scheduler": {"enabled": false,
        "default_timezone": "Europe/Berlin", "shutdown_timeout": "1m", "max_concurrent_runs": 3,
        "groups": {"disk": 2}},
        "notices": {"quiet_hours": {"from": "22:00", "to": "07:30"}, "reminder": "12h"},
        "retention": {"days": 30, "runs": 1000, "bytes": "2G", "free_disk": "0"},
        "api": {"grpc": true}}"""
    expected = SchedulerConfig(False, "Europe/Berlin", Duration(minutes=1), 3, {"disk": 2})
    assert parse_settings("settings.json", content, BERLIN) == Settings(
        scheduler=expected,
        notices=NoticeConfig(QuietHours(time(22), time(7, 30)), Duration(hours=12)),
        retention=Retention(30, 1000, Size(2 << 30), Size(0)),
        api=ApiConfig(grpc=True),
    )


def test_reminders_may_be_turned_off() -> None:
    content = b'{"notices": {"reminder": null, "quiet_hours": null}}'
    assert parse_settings("settings.json", content, BERLIN) == Settings(notices=NoticeConfig(reminder=None))


def test_the_past_may_be_kept_for_ever() -> None:
    content = b'{"retention": {"days": null, "runs": null, "bytes": null}}'
    expected = Settings(retention=Retention(days=None, runs=None, bytes=None))
    assert parse_settings("settings.json", content, BERLIN) == expected


def test_the_number_of_runs_may_be_left_to_daybell() -> None:
    content = b'{"scheduler": {"max_concurrent_runs": null}}'
    assert parse_settings("settings.json", content, BERLIN) == Settings()


def test_a_group_of_none_is_refused() -> None:
    with pytest.raises(
        InvalidSettings, match=r"scheduler\.groups\.disk: expected at least 1 run at once, found 0"
    ):
        parse_settings("settings.json", b'{"scheduler": {"groups": {"disk": 0, "net": 1}}}', BERLIN)


def test_every_problem_is_told_at_once() -> None:
    content = b"""{"schema": 0, "sheduler": {}, "scheduler": {
        "default_timezone": "berlin", "shutdown_timeout": "0s", "max_concurrent_runs": 0}}"""
    with pytest.raises(InvalidSettings) as refusal:
        parse_settings("settings.json", content, BERLIN)
    assert str(refusal.value).splitlines() == [
        "settings.json: schema: expected 1, found 0",
        f'settings.json: scheduler.default_timezone: {A_ZONE}, found "berlin", did you mean "Europe/Berlin"?',
        'settings.json: scheduler.shutdown_timeout: expected more than no time at all, found "0s"',
        f"settings.json: scheduler.max_concurrent_runs: {A_COUNT}",
        'settings.json: sheduler: unknown key, did you mean "scheduler"?',
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "settings.json: the file is empty, expected an object in braces: {…}"),
        (
            b'{"schema": 2, "new": true}',
            "settings.json: schema: written by a newer Daybell: expected 1, found 2; update this one",
        ),
        (
            b'{"notices": {"quiet_hours": {"from": "7:00", "to": "24:00"}, "reminder": "0s"}}',
            (
                f'settings.json: notices.quiet_hours.from: {A_TIME}, found "7:00"\n'
                f'settings.json: notices.quiet_hours.to: {A_TIME}, found "24:00"\n'
                f'settings.json: notices.reminder: expected at least "1m", found "0s"; {NO_REMINDERS}'
            ),
        ),
        (
            b'{"notices": {"quiet_hours": {"from": "22:00", "start": "07:00"}}}',
            (
                'settings.json: notices.quiet_hours.to: missing, write for example "07:00"\n'
                "settings.json: notices.quiet_hours.start: unknown key, expected from, to"
            ),
        ),
        (
            b'{"notices": {"quiet_hours": {"from": "22:00", "to": "22:00"}}}',
            f"settings.json: notices.quiet_hours: {TWO_TIMES}",
        ),
        (
            b'{"retention": {"days": 0, "runs": 0, "bytes": "1023K", "free_disk": 5}}',
            (
                "settings.json: retention.days: expected a number of days from 1 to 36500, found 0"
                f"; {KEEP_ALL}\n"
                f"settings.json: retention.runs: expected at least 1, found 0; {KEEP_ALL}\n"
                f'settings.json: retention.bytes: expected at least "1M", found "1023K"; {KEEP_ALL}\n'
                'settings.json: retention.free_disk: expected a size such as "512M" or "2G", found 5, '
                'write "5" for bytes'
            ),
        ),
        (b'{"scheduler": 5}', "settings.json: scheduler: expected an object, found 5"),
    ],
)
def test_what_cannot_be_settings_says_why(content: bytes, message: str) -> None:
    with pytest.raises(InvalidSettings) as refusal:
        parse_settings("settings.json", content, BERLIN)
    assert str(refusal.value) == message


values = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9))
WORDS = [*Settings.__struct_fields__, *SchedulerConfig.__struct_fields__, *NoticeConfig.__struct_fields__]
WORDS += Retention.__struct_fields__
keys = st.sampled_from([*WORDS, "$schema"])


@given(st.dictionaries(keys, values | st.dictionaries(keys, values)))
def test_any_document_is_read_or_refused(document: dict[str, object]) -> None:
    try:
        settings = parse_settings("settings.json", json.dumps(document).encode(), BERLIN)
    except InvalidSettings:
        return
    assert settings.schema == 1
