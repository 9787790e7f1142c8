"""What was measured, beside what, and is it within its budget?"""

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "above aim", "OVER", ""]
HEADINGS = ("what", "measured", "rival", "ratio", "budget", "")


class Skipped(Exception):
    """This machine lacks what a measurement needs; the message is a sentence."""


@dataclass(frozen=True)
class Budget:
    """Above the aim is worth a look; above the gate, the benchmarks fail."""

    aim: float
    gate: float | None = None
    """None: there is only an aim."""
    of_ratio: bool = False

    def __str__(self) -> str:
        sign = "×" if self.of_ratio else ""
        if self.gate is None or self.gate == self.aim:
            return f"≤ {sign}{self.aim:g}" + (" (aim)" if self.gate is None else "")
        return f"≤ {sign}{self.aim:g}, gate {sign}{self.gate:g}"


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    what: str
    """Empty where the line above measured the same, beside another rival."""
    measured: float
    unit: str
    beside: str = ""
    """Who the rival is; without a figure of it, why there is none."""
    rival: float | None = None
    """In the same unit."""
    budget: Budget | None = None
    notes: tuple[str, ...] = ()
    """Said below the table where the budget is not kept."""
    remark: str = ""
    """Said below the table, once: what the figure means."""

    @property
    def ratio(self) -> float | None:
        return self.measured / self.rival if self.rival else None

    @property
    def verdict(self) -> Verdict:
        if self.budget is None:
            return ""
        judged = self.ratio if self.budget.of_ratio else self.measured
        if judged is None or judged <= self.budget.aim:
            return "ok"
        return "above aim" if self.budget.gate is None or judged <= self.budget.gate else "OVER"

    def cells(self) -> tuple[str, ...]:
        rival = self.beside if self.rival is None else f"{number(self.rival)} {self.beside}"
        ratio = "" if self.ratio is None else f"×{self.ratio:.2{'f' if self.ratio >= 0.1 else 'g'}}"
        measured = f"{number(self.measured)} {self.unit}" if self.what else ""
        return (self.what, measured, rival, ratio, str(self.budget or ""), self.verdict)


def against(figure: Figure, others: Mapping[str, float | str]) -> Iterator[Figure]:
    """This one, and a line for each other rival: its figure, or why there is none."""
    yield figure
    for who, rival in others.items():
        if isinstance(rival, str):
            yield Figure("", figure.measured, figure.unit, f"{who}: {rival}")
        else:
            yield Figure("", figure.measured, figure.unit, who, rival)


def number(value: float) -> str:
    """Three digits are more than the noise allows."""
    if value == 0:
        return "0"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def table(figures: Sequence[Figure]) -> list[str]:
    rows = [HEADINGS, *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return [lines[0], "-" * max(map(len, lines)), *lines[1:]]
