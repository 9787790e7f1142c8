"""What was written for a terminal, as the page tells it: text in pieces, each with classes at most."""

from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

ESC = "\x1b"
ANSI = "const { parseLine, textOf, styleAfter, classesOf, PLAIN } = await import('/lib/ansi.js');"
PRINTED = "const { Printed, find, BLOCK } = await import('/lib/printed.js');"
PIECES = "return parseLine(of).pieces.map(({ text, style }) => [text, classesOf(style)])"
CONTRAST = """
const { classesOf, parseLine } = await import("/lib/ansi.js");
for (const name of ["base", "log"])
  await new Promise((done) => {
    const sheet = document.createElement("link");
    Object.assign(sheet, { rel: "stylesheet", href: `/style/${name}.css`, onload: done });
    document.head.append(sheet);
  });
document.documentElement.dataset.theme = of;
const log = document.createElement("div");
log.className = "log";
const frame = document.createElement("div");
frame.className = "log-lines";
document.body.append(log);
log.append(frame);
const light = (colour) => {
  const [red, green, blue] = colour.match(/[\\d.]+/g).map((one) => {
    const part = one / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const codes = [...Array(108).keys()];
return codes.flatMap((code) => ["", "2;", "7;"].map((first) => {
  const kind = classesOf(parseLine(`\\x1b[${first}${code}mx`).pieces[0].style);
  const piece = document.createElement("span");
  piece.className = kind;
  frame.append(piece);
  const ground = /ansi-on/.test(kind) ? getComputedStyle(piece) : getComputedStyle(frame);
  const both = [light(getComputedStyle(piece).color), light(ground.backgroundColor)].sort((a, b) => b - a);
  return [kind, (both[0] + 0.05) / (both[1] + 0.05)];
}));
"""


def ask(page: Page, script: str, argument: object = None) -> Any:
    return page.evaluate(f"async (of) => {{ {ANSI} {PRINTED} {script} }}", argument)


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        ("", []),
        ("plain <b>text</b>", [["plain <b>text</b>", ""]]),
        (f"{ESC}[31mred{ESC}[0m plain", [["red", "ansi-1"], [" plain", ""]]),
        (f"{ESC}[1;92mx{ESC}[22;39my", [["x", "ansi-bold ansi-10"], ["y", ""]]),
        (f"{ESC}[3;4;9mx{ESC}[23;24;29my", [["x", "ansi-italic ansi-underline ansi-struck"], ["y", ""]]),
        (f"{ESC}[2mdim{ESC}[m", [["dim", "ansi-dim"]]),
        (f"{ESC}[31;44mx{ESC}[49my", [["x", "ansi-on-4"], ["y", "ansi-1"]]),
        (f"{ESC}[7mx{ESC}[31my{ESC}[27mz", [["x", "ansi-on-text"], ["y", "ansi-on-1"], ["z", "ansi-1"]]),
        (f"{ESC}[38;5;9ma{ESC}[38;5;46mb", [["a", "ansi-9"], ["b", "ansi-10"]]),
        (f"{ESC}[38;5;250ma{ESC}[38;5;900mb", [["ab", "ansi-7"]]),
        (f"{ESC}[38;2;255;0;0;1ma", [["a", "ansi-bold ansi-9"]]),
        (f"{ESC}[48:2::0:0:230ma{ESC}[49mb", [["a", "ansi-on-4"], ["b", ""]]),
        (f"{ESC}[4:3ma{ESC}[4:0mb", [["a", "ansi-underline"], ["b", ""]]),
        (f"{ESC}[31m{ESC}[Kmatch{ESC}[m{ESC}[K", [["match", "ansi-1"]]),
    ],
)
def test_colours_are_classes(page: Page, line: str, pieces: list[list[str]]) -> None:
    assert ask(page, PIECES, line) == pieces


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("windows\r", "windows"),
        ("10%\r20%\r100%", "100%"),
        ("a longer one\rdone", "donenger one"),
        (f"a longer one\r{ESC}[Kdone", "done"),
        (f"gone{ESC}[2K\rx", "x   "),
        ("ab\b\bX", "Xb"),
        ("\b\b\bx", "x"),
        ("a\tb", "a\tb"),
    ],
)
def test_what_is_written_over_is_gone(page: Page, line: str, text: str) -> None:
    assert ask(page, "return textOf(of)", line) == text
    assert "".join(piece for piece, _ in ask(page, PIECES, line)) == text


@pytest.mark.parametrize(
    "line",
    [
        f"{ESC}]0;a title\x07text",
        f"{ESC}]8;;https://example.org{ESC}\\text{ESC}]8;;{ESC}\\",
        f"{ESC}Psome device{ESC}\\text",
        f"{ESC}[?25l{ESC}[2J{ESC}[3;4Htext{ESC}[>4;2m",
        f"{ESC}(B{ESC}=text{ESC}7",
        "te\x00\x07\x7f\x9bxt",
        f"text{ESC}",
        f"text{ESC}[",
    ],
)
def test_whatever_else_a_terminal_is_told_is_dropped(page: Page, line: str) -> None:
    assert ask(page, PIECES, line) == [["text", ""]]
    assert ask(page, "return textOf(of)", line) == "text"


def test_a_style_goes_on_in_the_next_line(page: Page) -> None:
    script = """
      const bytes = new TextEncoder().encode(of);
      const printed = new Printed();
      for (const byte of bytes) printed.append(Uint8Array.of(byte));
      const starts = [0, 1].map((block) => classesOf(printed.styleOf(block)));
      return { count: printed.length, first: printed.lines[0], starts };
    """
    found = ask(page, script, f"{ESC}[32mgrün\n" + "x\n" * 300)
    assert found == {"count": 301, "first": f"{ESC}[32mgrün", "starts": ["", "ansi-2"]}


@pytest.mark.parametrize(
    "script",
    [
        "'\\x1b['.repeat(130_000)",
        "'\\x1b]'.repeat(130_000)",
        "'\\x1b[' + '1;'.repeat(130_000) + 'm'",
        "'\\r'.repeat(260_000)",
        "'\\x1b   '.repeat(65_000)",
        "'x\\b'.repeat(130_000)",
        "'x'.repeat(260_000)",
        "'\\x1b[31mx\\x1b[32my'.repeat(20_000)",
    ],
)
def test_a_hostile_line_costs_little_and_shows_little(page: Page, script: str) -> None:
    took, shown = ask(
        page,
        f"""const line = {script};
        const begun = performance.now();
        const shown = parseLine(line).pieces.reduce((sum, piece) => sum + piece.text.length, 0);
        return [performance.now() - begun, shown]""",
    )
    assert took < 2000
    assert shown <= 130_000


def test_a_line_without_an_end_stays_bounded(page: Page) -> None:
    script = """
      const printed = new Printed();
      const part = new TextEncoder().encode(of.repeat(1000));
      for (let count = 0; count < 400; count += 1) printed.append(part);
      return [printed.length, printed.lines[0].length, textOf(printed.lines[0]).slice(-5)];
    """
    assert ask(page, script, "\r      42 %")[::2] == [1, " 42 %"]
    assert ask(page, script, "0123456789")[1] <= 256 << 10


def test_of_very_much_the_newest_lines_stay_with_their_numbers_and_styles(page: Page) -> None:
    script = """
      const printed = new Printed();
      const part = new TextEncoder().encode("\\x1b[33mline\\n" + "x\\n".repeat(9_999));
      for (let count = 0; count < 60; count += 1) printed.append(part);
      printed.append(new TextEncoder().encode("the end"));
      return [printed.length + printed.dropped, printed.length, printed.dropped % BLOCK, printed.lines.at(-1),
        classesOf(printed.styleOf(0)), find(printed, "THE END").map((place) => place + printed.dropped)];
    """
    total, kept, rest, last, style, found = ask(page, script)
    assert total == 600_001
    assert 300_000 < kept <= 500_000
    assert [rest, last, style, found] == [0, "the end", "ansi-3", [600_000]]


def test_output_that_is_taken_up_in_the_middle_begins_with_a_whole_line(page: Page) -> None:
    script = """
      const printed = new Printed(1000);
      const append = (text) => printed.append(new TextEncoder().encode(text));
      append("half ");
      append("a line\\nwhole\\n");
      return [printed.lines, printed.length];
    """
    assert ask(page, script) == [["whole", ""], 1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_can_be_read(page: Page, scheme: str) -> None:
    contrasts = page.evaluate(f"async (of) => {{ {CONTRAST} }}", scheme)
    assert len({kind for kind, _ in contrasts}) > 40
    assert [(kind, contrast) for kind, contrast in contrasts if contrast < 4.5] == []
