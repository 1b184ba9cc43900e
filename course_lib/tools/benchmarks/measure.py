"""Measure two things side by side, again and again, and compare medians: the machine may be slow, the ratio is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import process_time


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured against what, the ratio (or difference), and the bar it must keep, if any."""

    what: str
    against: str
    value: float
    bar: float | None = None
    unit: str = "times"
    at_least: bool = False

    @property
    def kept(self) -> bool:
        """Say whether the bar is kept."""
        if self.bar is None:
            return True
        return self.value >= self.bar if self.at_least else self.value <= self.bar

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        bar = f"{sign} {self.bar:<5g}" if self.bar is not None else " " * 7
        verdict = "" if self.bar is None else "kept" if self.kept else "MISSED"
        return f"{self.what:<58} {self.against:<42} {self.value:8.3g} {bar} {self.unit:<6} {verdict}".rstrip()


def spent(f: Callable[[], object]) -> float:
    """Return the seconds of processor time that one call of f takes: what others do meanwhile does not count."""
    start = process_time()
    f()
    return process_time() - start


def ratio(f: Callable[[], object], reference: Callable[[], object], rounds: int = 7) -> float:
    """Return the median ratio of the times of two calls that are made in turn."""
    return median(spent(f) / spent(reference) for _ in range(rounds))
