"""What two runs have in common, floored to what does not depend on load, and where the first difference is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a Timeline prints itself: it comes later
    from course_lib.timeline.timeline import Timeline

from dataclasses import replace
from itertools import zip_longest
from math import floor, isfinite
from typing import Any, NamedTuple, TypeVar

from course_lib.timeline.records import Bar, Call
from course_lib.words import extent

R = TypeVar("R", bound=Any)  # one of the records, a NamedTuple

GRID = 0.25  # seconds; live and virtual runs are compared on this grid
EARLY = 0.001  # seconds; a clock that rounds down must not move an instant to the slot before


def slot(t: float, grid: float = GRID) -> float:
    """Floor a time to the grid, both in seconds; what is never stays so."""
    return floor((t + EARLY) / grid) * grid if isfinite(t) else t


def floored(timeline: Timeline, grid: float = GRID) -> Timeline:
    """Take out of a timeline what depends on load: times are floored to the grid, lateness is gone."""

    def down(t: float | None) -> float | None:
        return None if t is None else slot(t, grid)

    def record(item: R, *fields: str) -> R:
        return item._replace(**{field: down(getattr(item, field)) for field in fields})  # type: ignore[no-any-return]

    whole = timeline.end >= timeline.until
    times = ("scheduled", "due", "ran", "ended", "cancelled")
    return replace(
        timeline,
        live=False,
        end=timeline.until if whole else slot(timeline.end, grid),
        bars=tuple(record(b, "start", "end") for b in timeline.bars),
        waits=tuple(record(w, "start", "end") for w in timeline.waits),
        calls=tuple(record(c, *times)._replace(grid=None, moves=_floored_moves(c, grid)) for c in timeline.calls),
        marks=tuple(sorted(record(m, "at") for m in timeline.marks)),  # which of two at one instant came first varies
        holds=tuple(record(h, "start", "end") for h in timeline.holds),
    )


def _floored_moves(call: Call, grid: float) -> tuple[tuple[float, float], ...]:
    return tuple((slot(at, grid), slot(old, grid)) for at, old in call.moves)


class Difference(NamedTuple):
    """The first place where a timeline is not as expected: the k-th bar of a lane, one of them None if absent."""

    lane: str
    number: int  # from 1
    expected: Bar | None
    got: Bar | None

    @property
    def at(self) -> float:
        """Where to point at, in seconds: the earlier of the two."""
        return min(bar.start for bar in (self.expected, self.got) if bar is not None)

    def __str__(self) -> str:
        job = f"{self.lane} number {self.number}"
        if self.expected is None and self.got is not None:
            return f"{job} at {extent(self.got.start, self.got.end)} s was not expected"
        if self.got is None and self.expected is not None:
            return f"{job} was expected at {extent(self.expected.start, self.expected.end)} s and never came"
        assert self.expected is not None
        assert self.got is not None
        expected, got = (extent(b.start, b.end) for b in (self.expected, self.got))
        return f"{job} was expected at {expected} s and came at {got} s"


def first_difference(expected: Timeline, got: Timeline) -> Difference | None:
    """Find the earliest bar in the lanes of `expected` that is not as expected, or None.

    A bar that is expected without an end may end at any time. A live timeline is compared on the grid.
    """
    if expected.live or got.live:
        expected, got = floored(expected), floored(got)
    found = [d for lane in expected.lanes if (d := _differs(lane, expected, got)) is not None]
    return min(found, key=lambda d: d.at, default=None)


def _differs(lane: str, expected: Timeline, got: Timeline) -> Difference | None:
    pairs = zip_longest(expected.bars_of(lane), got.bars_of(lane))
    return next((Difference(lane, k, e, g) for k, (e, g) in enumerate(pairs, 1) if not _alike(e, g)), None)


def _alike(expected: Bar | None, got: Bar | None) -> bool:
    if expected is None or got is None:
        return expected is got
    any_end = expected.end == expected.start
    return abs(expected.start - got.start) < 2 * EARLY and (any_end or abs(expected.end - got.end) < 2 * EARLY)
