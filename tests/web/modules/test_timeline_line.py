"""Where things stand on the line of time: the functions below its page, asked in a real browser."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

BERLIN = ("2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00")
BERLIN_AUTUMN = ("2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00")
PLAIN = ("2026-11-21T00:00:00+01:00", "2026-11-22T00:00:00+01:00")
SCALE = "const { scaleOf, ticks, place, shiftWords, stamp } = await import('/lib/timeline_scale.js');"
LANES = (
    "const { pack, strokes, nearest, leftOutAfter, lanesOf, concerns } ="
    " await import('/lib/timeline_lanes.js');"
)


def ask(page: Page, script: str, argument: object = None) -> Any:
    """What the functions say: `of` is the argument."""
    return page.evaluate(f"async (of) => {{ {SCALE} {LANES} {script} }}", argument)


def words(page: Page, stretch: tuple[str, str], width: float, nearby: str = "Europe/Berlin") -> list[str]:
    script = "return ticks(scaleOf(of.since, of.until, [], of.nearby), of.width).map((tick) => tick.words)"
    since, until = stretch
    found: list[str] = ask(page, script, {"since": since, "until": until, "width": width, "nearby": nearby})
    return found


def clocks(*hours: int) -> list[str]:
    return [f"{hour:02}:00" for hour in hours]


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (24 * 60, clocks(*range(24))),
        (600, clocks(*range(0, 24, 2))),
        (200, clocks(0, 6, 12, 18)),
        (30, ["00:00"]),
    ],
)
def test_a_wider_line_has_more_labels(page: Page, width: float, expected: list[str]) -> None:
    assert words(page, PLAIN, width) == expected


@pytest.mark.parametrize(
    ("stretch", "expected"),
    [(BERLIN, clocks(0, 1, *range(3, 24))), (BERLIN_AUTUMN, clocks(0, 1, 2, *range(2, 24)))],
    ids=["23 hours", "25 hours"],
)
@pytest.mark.parametrize("nearby", ["Europe/Berlin", "Asia/Tokyo"])
def test_labels_follow_the_wall_when_the_clocks_are_set(
    page: Page, stretch: tuple[str, str], expected: list[str], nearby: str
) -> None:
    """Even in the browser of somebody far away."""
    assert words(page, stretch, 25 * 60, nearby) == expected


def test_an_hour_that_comes_twice_has_no_room_for_two_labels_when_narrow(page: Page) -> None:
    assert words(page, BERLIN_AUTUMN, 25 * 25) == clocks(*range(0, 24, 2))


@pytest.mark.parametrize(
    ("stretch", "said"),
    [
        (PLAIN, ""),
        (BERLIN, "The clocks go forward from 02:00 to 03:00."),
        (BERLIN_AUTUMN, "The clocks go back from 03:00 to 02:00."),
        # No zone does this: what is not known is not said.
        (("2026-07-01T00:00:00+01:00", "2026-07-02T00:00:00+09:30"), "The clocks go forward."),
    ],
)
def test_it_says_when_the_clocks_are_set(page: Page, stretch: tuple[str, str], said: str) -> None:
    assert ask(page, "return shiftWords(scaleOf(...of))", stretch) == said


def test_more_times_tell_apart_zones_that_turn_at_different_instants(page: Page) -> None:
    """Athens turns on the Sunday of that week, Jerusalem earlier, with the same offsets around it."""
    since, until = "2026-03-23T00:00:00+02:00", "2026-03-30T00:00:00+03:00"
    script = "return shiftWords(scaleOf(of.since, of.until, of.told, 'Europe/Athens'))"
    assert "from 03:00 to 04:00" in ask(page, script, {"since": since, "until": until, "told": []})
    told = ["2026-03-28T12:00:00+03:00"]
    assert "from 02:00 to 03:00" in ask(page, script, {"since": since, "until": until, "told": told})


def test_each_day_of_a_week_has_its_name(page: Page) -> None:
    """Also one that begins at 01:00, as the clocks are set at midnight."""
    week = ("2026-04-20T00:00:00+02:00", "2026-04-27T00:00:00+03:00")
    found = words(page, week, 700, "Africa/Cairo")
    days = ["Mon 20", "Tue 21", "Wed 22", "Thu 23", "Fri 24", "Sat 25", "Sun 26"]
    assert [word for word in found if ":" not in word] == days


@pytest.mark.parametrize("stretch", [PLAIN, BERLIN, BERLIN_AUTUMN])
@pytest.mark.parametrize("width", [150, 333, 480, 901, 1777, 6400])
def test_no_label_stands_on_another(page: Page, stretch: tuple[str, str], width: float) -> None:
    script = """const scale = scaleOf(...of.stretch, [], "Europe/Berlin");
    return ticks(scale, of.width).map((tick) => place(scale, tick.at) * of.width);"""
    places = ask(page, script, {"stretch": stretch, "width": width})
    assert all(after - before >= 36 for before, after in pairwise(places))


def test_a_day_of_23_hours_is_measured_by_what_passes(page: Page) -> None:
    noon = datetime(2026, 3, 29, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    part = ask(page, "return place(scaleOf(of[0], of[1]), Date.parse(of[2]))", [*BERLIN, noon.isoformat()])
    assert part == pytest.approx(11 / 23)


def test_times_that_come_twice_have_their_offset(page: Page) -> None:
    script = "return stamp(scaleOf(of[0], of[1]), of[2])"
    assert ask(page, script, [*BERLIN_AUTUMN, "2026-10-25T02:30:00+02:00"]) == "02:30:00 +02:00"
    assert ask(page, script, [*PLAIN, "2026-11-21T02:30:00+01:00"]) == "02:30:00"
    assert ask(page, script, [*PLAIN, "2026-11-20T23:30:00+01:00"]) == "Fri 23:30:00"


def run(second: float, took: float | None = 1, outcome: str = "succeeded") -> dict[str, object]:
    start = datetime.fromisoformat(PLAIN[0]) + timedelta(seconds=second)
    end = None if took is None else (start + timedelta(seconds=took)).isoformat()
    return {
        "job_id": "a",
        "run_id": f"r{second}",
        "started": start.isoformat(),
        "finished": end,
        "outcome": outcome if end else None,
    }


def gap(second: float, until: float | None = None, outcome: str | None = "skipped") -> dict[str, object]:
    since, last = (
        datetime.fromisoformat(PLAIN[0]) + timedelta(seconds=one)
        for one in (second, second if until is None else until)
    )
    ends = {"since": since.isoformat(), "until": last.isoformat()}
    return {"job_id": "a", "run_id": f"g{second}", "outcome": outcome, "reason": None, **ends}


def packed(page: Page, runs: list[dict[str, object]], gaps: list[dict[str, object]] | None = None) -> Any:
    """On a line on which a pixel is 100 seconds."""
    script = "return pack(of, scaleOf(...of.stretch), 864)"
    return ask(page, script, {"runs": runs, "gaps": gaps or [], "stretch": PLAIN})


def test_runs_too_close_for_a_bar_each_are_one_that_counts_them(page: Page) -> None:
    runs = [run(5 * count, outcome="failed" if count == 30 else "succeeded") for count in range(80)]
    (crowd,) = packed(page, runs)
    assert (crowd["count"], crowd["outcome"]) == (80, "failed")
    assert crowd["counts"] == {"succeeded": 79, "failed": 1}


def test_a_job_of_every_five_seconds_never_has_more_marks_than_columns(page: Page) -> None:
    marks = packed(page, [run(5 * count) for count in range(17_280)])
    assert len(marks) == 216
    assert sum(mark["count"] for mark in marks) == 17_280
    assert {mark["level"] for mark in marks} == {0}


def test_what_is_long_enough_has_a_bar_of_its_own(page: Page) -> None:
    marks = packed(page, [run(0, 3600), run(4000, 2), run(8000, 3600)])
    assert [mark.get("count") for mark in marks] == [None, None, None]
    assert [round(mark["size"] * 864) for mark in marks] == [36, 0, 36]


def test_runs_at_the_same_time_stand_below_each_other(page: Page) -> None:
    marks = packed(page, [run(0, 3600), run(600, 3600), run(1200, 600), run(3650, 600), run(9000, None)])
    assert [mark["level"] for mark in marks] == [0, 1, 2, 0, 0]
    assert len(packed(page, [run(count * 500, 80_000) for count in range(30)])) == 30
    assert max(mark["level"] for mark in packed(page, [run(count * 500, 80_000) for count in range(30)])) == 4


def test_what_was_skipped_while_another_ran_is_not_hidden_by_it(page: Page) -> None:
    marks = packed(page, [run(0, 7200)], [gap(3600), gap(9000)])
    assert [(mark["kind"], mark["level"]) for mark in marks] == [("run", 0), ("gap", 1), ("gap", 0)]


def test_a_run_of_before_begins_at_the_edge(page: Page) -> None:
    (mark,) = packed(page, [run(-7200, 10_800)])
    assert (mark["x"], round(mark["size"] * 864)) == (0, 36)


def test_coming_starts_too_close_are_one_stroke_and_can_be_found(page: Page) -> None:
    coming = [
        (datetime.fromisoformat(PLAIN[0]) + timedelta(seconds=5 * one)).isoformat() for one in range(500)
    ]
    script = "return strokes(of.coming, scaleOf(...of.stretch), 864)"
    assert ask(page, script, {"coming": coming, "stretch": PLAIN}).count("M") == 9
    script = "return of.places.map((x) => nearest(of.coming.slice(-1), scaleOf(...of.stretch), 864, x))"
    argument = {"coming": coming, "stretch": PLAIN, "places": [24.9 + 4, 24.9 + 6]}
    assert ask(page, script, argument) == [coming[-1], None]


def line(**more: object) -> dict[str, object]:
    since, until = PLAIN
    whole = {
        "truncated": False,
        "cut": {},
        "left_out": {},
        "complete_until": until,
        "runs": [],
        "gaps": [],
        "upcoming": [],
    }
    return {"since": since, "until": until, "now": since, **whole, **more}


def test_what_is_left_out_is_known(page: Page) -> None:
    script = "return leftOutAfter(of)"
    assert ask(page, script, line()) is None
    until = "2026-11-21T20:00:00+01:00"
    assert ask(page, script, line(truncated=True, complete_until=until)) == until


def test_a_lane_is_there_for_each_job_that_has_something(page: Page) -> None:
    told = line(
        runs=[run(0, outcome="timed_out"), {**run(9), "job_id": "b"}],
        gaps=[gap(60)],
        upcoming=[{"job_id": "c", "at": PLAIN[1]}],
        cut={"c": PLAIN[1]},
    )
    script = """return [...lanesOf(of).values()].map(({ id, hasFailed, runs, gaps, coming, cut }) =>
      [id, hasFailed, runs.length, gaps.length, coming.length, cut])"""
    assert ask(page, script, told) == [
        ["a", True, 1, 1, 0, None],
        ["b", False, 1, 0, 0, None],
        ["c", False, 0, 0, 1, PLAIN[1]],
    ]


@pytest.mark.parametrize(
    ("hour", "name", "members", "expected"),
    [
        (12, "job_paused", {"job_id": "a"}, True),
        (30, "job_paused", {"job_id": "a"}, False),
        (12, "run_finished", {"run": run(3600)}, True),
        (30, "run_finished", {"run": run(3600)}, True),
        (30, "run_finished", {"run": run(30 * 3600)}, False),
        (30, "run_claimed", {"run": run(30 * 3600, None)}, False),
        (30, "run_finished", {"run": run(23 * 3600, 4 * 3600)}, True),
    ],
)
def test_only_what_happens_there_changes_it(
    page: Page, hour: int, name: str, members: dict[str, object], *, expected: bool
) -> None:
    """At that hour after the day began."""
    now = datetime.fromisoformat(PLAIN[0]) + timedelta(hours=hour)
    script = """const [since, until, now] = of.times.map((time) => Date.parse(time));
    return concerns(since, until, now, of.name, of.members)"""
    argument = {"times": [*PLAIN, now.isoformat()], "name": name, "members": members}
    assert ask(page, script, argument) is expected


@pytest.mark.parametrize(
    ("span", "date", "expected"),
    [
        ("day", "2026-02-28", {"from": "2026-02-28", "to": "2026-03-01"}),
        ("week", "2026-11-21", {"from": "2026-11-16", "to": "2026-11-23"}),
        ("week", "2026-11-16", {"from": "2026-11-16", "to": "2026-11-23"}),
        ("week", "2027-01-03", {"from": "2026-12-28", "to": "2027-01-04"}),
    ],
)
def test_a_week_begins_on_monday(page: Page, span: str, date: str, expected: dict[str, str]) -> None:
    script = "return (await import('/lib/timeline_scale.js')).stretch(of.date, of.span)"
    assert ask(page, script, {"date": date, "span": span}) == expected


def test_an_act_is_done_at_once_and_then_at_a_pace(page: Page) -> None:
    script = """
    const { paced } = await import("/lib/paced.js");
    const times = [];
    await new Promise((done) => {
      const { again } = paced(() => times.push(performance.now()) === 3 && done(), 60);
      const timer = setInterval(again, 5);
      again();
    });
    return times.slice(1).map((time, place) => time - times[place]);
    """
    assert all(apart >= 40 for apart in ask(page, script))  # or a little less, on a busy machine
