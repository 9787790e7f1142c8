"""What the editor decides without a page: paths of a definition, JSON as it is typed, schedules, ids."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

CALL = """
async ([name, calls]) => {
  const module = await import(`/lib/${name}.js`);
  return calls.map(([act, ...given]) => {
    const answer = module[act](...given);
    return answer === undefined ? null : JSON.parse(JSON.stringify(answer));
  });
}
"""


def ask(page: Page, module: str, *calls: Sequence[object]) -> Any:
    """What these functions answer: each call is a name and what it is given."""
    return page.evaluate(CALL, [module, list(calls)])


JOB: dict[str, Any] = {
    "$schema": "s",
    "triggers": [{"type": "cron", "expression": "1", "timezone": "local"}, {"type": "startup"}],
    "newer": {"a": 1},
    "handler": {"type": "command", "argv": ["a"]},
}


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("name", "x", {**JOB, "name": "x"}),
        ("retry.max_attempts", 3, {**JOB, "retry": {"max_attempts": 3}}),
        ("newer.a", None, {key: value for key, value in JOB.items() if key != "newer"}),
        ("handler.argv[0]", "b", {**JOB, "handler": {"type": "command", "argv": ["b"]}}),
        (
            "triggers[0].timezone",
            None,
            {**JOB, "triggers": [{"type": "cron", "expression": "1"}, *JOB["triggers"][1:]]},
        ),
        ("triggers[0]", None, {**JOB, "triggers": JOB["triggers"][1:]}),
        ("absent.key", None, JOB),
    ],
)
def test_an_edit_changes_one_place_and_keeps_all_else_in_its_order(
    page: Page, path: str, value: object, expected: dict[str, object]
) -> None:
    edit = ["write", JOB, path] if value is None else ["write", JOB, path, value]
    (found,) = ask(page, "definition", edit)
    assert json.dumps(found) == json.dumps(expected)


def test_the_last_trigger_takes_its_list_along(page: Page) -> None:
    start = {"triggers": [{"type": "startup"}], "name": "x"}
    assert ask(page, "definition", ["drop", start, "triggers", 0]) == [{"name": "x"}]
    assert ask(page, "definition", ["add", {}, "triggers", 1]) == [{"triggers": [1]}]


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        (JOB, ""),
        ({"handler": {"type": "command"}}, ""),
        ({}, "handler is no object"),
        ({**JOB, "handler": {"type": "python"}}, "of a kind"),
        ({**JOB, "handler": {"type": "command", "argv": "a"}}, "handler.argv"),
        ({**JOB, "handler": {"type": "command", "env": {"A": 1}}}, "handler.env"),
        ({**JOB, "triggers": [1]}, "triggers"),
        ({**JOB, "retry": 3}, "The key retry"),
    ],
)
def test_what_a_form_cannot_show_is_said(page: Page, definition: dict[str, object], words: str) -> None:
    (found,) = ask(page, "definition", ["unfit", definition])
    assert bool(found) == bool(words)
    assert words in found


def test_an_id_follows_from_a_name_and_is_free(page: Page) -> None:
    names = ["Back up Ährenfotos!", "نسخ", "con", "x" * 80, "a"]
    found = ask(page, "definition", *(["suggestId", name, ["a", "a-2"]] for name in names))
    assert found == ["back-up-ahrenfotos", "job", "con-job", "x" * 55, "a-3"]
    problems = ask(
        page, "definition", *(["idProblem", job_id, ["a"]] for job_id in ["b_1", "", "B", "-a", "nul", "a"])
    )
    assert [bool(problem) for problem in problems] == [False, True, True, True, True, True]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('{"a": [1, -2.5e3, true, null, "\\u00e9"], "b": {}}', None, ""),
        ("", 1, "found the end"),
        ("[1]", 1, "an object in braces"),
        ('{\n  "a": 1,\n}', 3, "no comma may stand before }"),
        ('{\n  "a": 1\n  "b": 2\n}', 3, "expected a comma or }"),
        ('{"a" 1}', 1, 'a colon after "a"'),
        ("{'a': 1}", 1, "a key in double quotes"),
        ('{\n"a": 1,\n"a": 2}', 3, "twice"),
        ('{"a": nul}', 1, "expected a value"),
        ('{"a": 01}', 1, "expected a comma or }"),
        ('{"a": "b\n"}', 1, "no end in its line"),
        ('{"a": 1} x', 1, "nothing more"),
        ('{"a": {"b": 1}', 1, "found the end"),
    ],
)
def test_text_is_json_or_it_is_said_in_which_line_it_is_not(
    page: Page, text: str, line: int | None, words: str
) -> None:
    (found,) = ask(page, "json_text", ["parseObject", text])
    if line is None:
        assert found["value"] == json.loads(text)
    else:
        assert found["line"] == line
        assert words in found["message"]


@pytest.mark.parametrize(
    ("expression", "shape"),
    [
        ("15 * * * *", {"kind": "hourly", "minute": 15}),
        ("@daily", {"kind": "daily", "time": "00:00"}),
        ("30 2 * * *", {"kind": "daily", "time": "02:30"}),
        ("5 9 * * MON-fri", {"kind": "weekdays", "time": "09:05"}),
        ("0 9 * * 7", {"kind": "weekly", "time": "09:00", "weekday": 0}),
        ("0 9 * * thu", {"kind": "weekly", "time": "09:00", "weekday": 4}),
        ("0 9 L * *", {"kind": "monthly", "time": "09:00", "day": "L"}),
        ("*/5 * * * *", None),
        ("0 0 9 * * *", None),
        ("0 9 1 * mon", None),
        ("0 9 1 2 *", None),
        ("61 9 * * *", None),
        ("0 24 * * *", None),
        ("", None),
    ],
)
def test_everyday_schedules_are_recognised_and_nothing_else(
    page: Page, expression: str, shape: dict[str, object] | None
) -> None:
    assert ask(page, "cron_shapes", ["shapeOf", expression]) == [shape]
    if shape:
        (written,) = ask(page, "cron_shapes", ["expressionOf", shape])
        assert ask(page, "cron_shapes", ["shapeOf", written]) == [shape]


def test_a_schedule_keeps_its_time_of_day_in_another_shape(page: Page) -> None:
    kinds = ["daily", "weekdays", "weekly", "monthly", "hourly"]
    assert ask(page, "cron_shapes", *(["reshaped", "30 2 * * *", kind] for kind in kinds)) == [
        "30 2 * * *",
        "30 2 * * mon-fri",
        "30 2 * * mon",
        "30 2 1 * *",
        "0 * * * *",
    ]


def test_a_command_line_becomes_words_and_a_line_again(page: Page) -> None:
    words = ["rsync", "-a", "it's here", 'a "b"', ""]
    (line,) = ask(page, "shell_words", ["lineOf", words])
    assert line == """rsync -a 'it'\\''s here' 'a "b"' ''"""
    assert ask(page, "shell_words", ["wordsOf", "tar \"a b\"c 'd' e\\f"]) == [["tar", "a bc", "d", "e\\f"]]
    assert ask(page, "shell_words", ["lineOf", ["a b", "c"], True]) == ['"a b" c']


def test_a_problem_stands_at_the_nearest_field(page: Page) -> None:
    problems = [
        {"field": field, "message": "bad"}
        for field in (
            "timeout",
            "triggers[0].expression",
            "triggers[1].type",
            "needs[2]",
            "zork",
            "handler",
            "",
        )
    ]
    definition = {**JOB, "triggers": [{"type": "cron"}, {"type": "zork"}]}
    (places,) = ask(page, "job_fields", ["placesOf", definition])
    (found,) = ask(page, "job_fields", ["placed", problems, places])
    assert found == {
        "timeout": ["bad"],
        "triggers[0].expression": ["bad"],
        "triggers[1]": ["triggers[1].type: bad"],
        "needs": ["needs[2]: bad"],
        "": ["zork: bad", "handler: bad", "bad"],
    }


def test_every_system_has_templates_of_its_own(page: Page) -> None:
    agents = ["Mozilla/5.0 (Windows NT 10.0)", "Mozilla/5.0 (Macintosh; Intel)", "Mozilla/5.0 (X11; Linux)"]
    systems = ask(page, "templates", *(["systemOf", agent] for agent in agents))
    assert systems == ["windows", "mac", "unix"]
    for offered in ask(page, "templates", *(["templatesFor", system] for system in systems)):
        assert len(offered) == 7
        assert all(one["definition"]["handler"]["argv"] for one in offered)
