import json

import pytest

from daybell.core.places import line_of

JOB = """
{
  "name": "a \\" { [",
  "triggers": [
    {"type": "cron", "expression": "x"},
    {
      "type": "interval",
      "every": "5m"
    }
  ],
  "handler": {"type": "command",
    "argv": ["a",
             "b"],
    "env": {"A": "1", "A.B": "2",
            "A.B.C": "3"}
  },
  "tags": []
}
"""


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("", 2),
        ("name", 3),
        ("triggers", 4),
        ("triggers[0]", 5),
        ("triggers[0].expression", 5),
        ("triggers[1]", 6),
        ("triggers[1].every", 8),
        ("triggers[2].every", 4),
        ("triggers[1].anchor", 6),
        ("handler.argv[1]", 13),
        ("handler.env.A", 14),
        ("handler.env.A.B", 14),
        ("handler.env.A.B.C", 15),
        ("handler.cwd", 11),
        ("name.first", 3),
        ("nam", 2),
        ("tags[0]", 17),
    ],
)
def test_a_key_has_its_line(field: str, line: int) -> None:
    json.loads(JOB)
    assert line_of(JOB, field) == line


@pytest.mark.parametrize("text", ["{}", "[]", "1", ' "x"'])
def test_what_is_not_there_has_the_line_of_what_is(text: str) -> None:
    assert line_of(text, "timeout") == 1
