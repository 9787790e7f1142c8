import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybell.core.tables import Cell, Column, Row, clean, columns_of, cut, fit, pairs, table, wrapped

COLUMNS = [Column("JOB"), Column("STATE"), Column("RUNS", is_number=True)]


def rows(*texts: tuple[str, str, str]) -> list[Row]:
    return [Row([Cell(text) for text in row]) for row in texts]


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    lines = table(COLUMNS, rows(("backup", "idle", "3"), ("a", "running", "1000")), 80, has_colour=False)
    assert lines == [
        "JOB     STATE    RUNS",
        "backup  idle        3",
        "a       running  1000",
    ]


def test_the_widest_column_gives_way() -> None:
    lines = table(COLUMNS, rows(("a-very-long-name", "idle", "3")), 20, has_colour=False)
    assert lines == [
        "JOB      STATE  RUNS",
        "a-very…  idle      3",
    ]


def test_notes_stand_below_their_row_and_are_cut() -> None:
    lines = table(
        [Column("JOB")], [Row([Cell("backup")], note="exit code 3: disk full")], 12, has_colour=False
    )
    assert lines == ["JOB", "backup", "  exit code…"]


def test_styles_change_nothing_but_the_style() -> None:
    row = Row([Cell("backup"), Cell("failed", "red"), Cell("3", "red")])
    plain = table(COLUMNS, [row], 80, has_colour=False)
    coloured = table(COLUMNS, [row], 80, has_colour=True)
    assert "\x1b" not in "".join(plain)
    assert "\x1b[31mfailed\x1b[0m" in coloured[1]
    assert [clean(line).rstrip() for line in coloured] == plain


@pytest.mark.parametrize(
    ("natural", "room", "widths"),
    [([3, 5], 10, [3, 5]), ([3, 9], 10, [3, 7]), ([9, 9], 10, [5, 5]), ([9, 2], 3, [4, 2]), ([], 5, [])],
)
def test_widths_fit_the_room(natural: list[int], room: int, widths: list[int]) -> None:
    assert fit(natural, room) == widths


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("two\nlines\tand a tab\r", "two lines and a tab "),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;new title\x07text", "text"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b31mred", "red"),
        ("\x1bcreset", "reset"),
        ("bell\x07 null\x00 delete\x7f", "bell null delete"),
        ("\u202eright to left\u202c", "right to left"),
        ("half an escape \x1b", "half an escape "),
        ("Müller → 日本", "Müller → 日本"),
    ],
)
def test_nothing_steers_the_terminal(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(st.text())
def test_what_is_clean_holds_no_control(text: str) -> None:
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in clean(text))


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("backup", 6, "backup"),
        ("backup", 5, "back…"),
        ("back up", 6, "back…"),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("backup", 1, "…"),
        ("backup", 0, ""),
    ],
)
def test_long_texts_end_in_an_ellipsis(text: str, width: int, shown: str) -> None:
    assert cut(text, width) == shown


def test_accents_of_their_own_take_no_column() -> None:
    assert columns_of("e\u0301") == 1


@given(
    st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30)), max_size=5),
    st.integers(20, 140),
)
def test_no_line_is_wider_than_the_window(texts: list[tuple[str, str, str]], width: int) -> None:
    assert all(columns_of(line) <= width for line in table(COLUMNS, rows(*texts), width, has_colour=False))


def test_pairs_leave_out_what_is_empty() -> None:
    fields = [("job", "backup"), ("name", ""), ("schedule", "every hour")]
    assert pairs(fields, has_colour=False) == ["job       backup", "schedule  every hour"]
    assert pairs([], has_colour=False) == []


@pytest.mark.parametrize(
    ("natural", "room", "names", "widths"),
    [
        ([13, 20, 8], 41, {0}, [13, 20, 8]),
        ([13, 20, 8], 31, {0}, [13, 10, 8]),
        ([13, 20, 8], 21, {0}, [13, 4, 4]),
        ([13, 20, 8], 17, {0}, [9, 4, 4]),
        ([13, 20, 8], 2, {0}, [4, 4, 4]),
        ([13, 9], 20, {0, 1}, [11, 9]),
    ],
)
def test_names_give_last(natural: list[int], room: int, names: set[int], widths: list[int]) -> None:
    assert fit(natural, room, names) == widths


@pytest.mark.parametrize(("name", "shown"), [("n" * 10, "n" * 10), ("n" * 11, "n" * 8 + "…")])
def test_a_name_that_takes_too_much_gives_as_others_do(name: str, shown: str) -> None:
    columns = [Column("JOB", is_name=True), Column("A"), Column("B")]
    lines = table(columns, [Row([Cell(name), Cell("a" * 20), Cell("b" * 20)])], 31, has_colour=False)
    assert lines[1].split()[0] == shown


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 9, [""]),
        ("one two three", 7, ["one two", "three"]),
        ("one  two", 3, ["one", "two"]),
        ("unbreakable is it", 4, ["unbreakable", "is", "it"]),
        ("週に 一度", 4, ["週に", "一度"]),
    ],
)
def test_sentences_break_between_words(text: str, width: int, lines: list[str]) -> None:
    assert wrapped(text, width) == lines
