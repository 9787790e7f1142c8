"""What would keep a person who cannot see, or has no mouse, from using a page? Asked of axe."""

from functools import cache
from pathlib import Path
from typing import TypedDict

from playwright.sync_api import Page

AXE = Path(__file__).parents[1] / "assets" / "vendor" / "axe.min.js"
ASK = """
async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.flatMap(({ id, impact, help, nodes }) =>
    nodes.map(({ target, html, failureSummary }) => ({
      id, impact, help, html, where: target.flat().join(" "), summary: failureSummary
    })));
}
"""


class Violation(TypedDict):
    """One rule, broken by one element."""

    id: str
    impact: str
    help: str
    html: str
    where: str
    summary: str


@cache
def axe() -> str:
    return AXE.read_text("utf-8")


def check_accessible(page: Page) -> list[str]:
    """What axe objects to on the page as it is now, a line each; best compared with []."""
    # By the debugger, which the page's policy does not bind: a script element would be refused.
    page.evaluate(f"globalThis.axe === undefined && (() => {{ {axe()} }})(), null")
    found: list[Violation] = page.evaluate(ASK)
    return [_line(violation) for violation in found]


def _line(violation: Violation) -> str:
    summary, html = " ".join(violation["summary"].split()), violation["html"][:200]
    return f"{violation['id']} ({violation['impact']}) at {violation['where']}: {summary} {html}"
