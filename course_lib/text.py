"""A timeline as text: a picture in characters, then the times; exact, or floored to what every run agrees on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import zip_longest
from math import ceil, floor
from textwrap import wrap
from typing import Any, NamedTuple, TypeVar

from course_lib.timeline import Bar, Call, Timeline, Wait, extent, number

R = TypeVar("R", bound=Any)  # one of the records, a NamedTuple

GRID = 0.25  # seconds; live and virtual runs are compared on this grid
EARLY = 0.001  # seconds; a clock that rounds down must not move an instant to the slot before
COLUMNS = 60
ENDS = {"ended": "when the experiment's Deferred had fired", "ended by hand": "by hand", "now": "so far"}
LINE = 90  # characters of a note; longer ones are broken between words
NICE = [m * 10.0**e for e in range(-4, 12) for m in (1, 2, 2.5, 5)]
LONGEST = 16  # times listed of one lane before the middle is left out


def rendition(timeline: Timeline) -> str:
    """Render a timeline as its kind asks: exact, floored to the grid, or counted."""
    if not timeline.timed:
        return counted_text(timeline)
    return comparison_text(timeline) if timeline.live else exact_text(timeline)


def counted_text(timeline: Timeline) -> str:
    """Render what does not depend on load where threads, sockets or processes are at work: how often, not when."""
    width = max(map(len, (*timeline.lanes, "note"))) + 2
    rows = [f"{lane:{width}}{_counted(timeline, lane)}" for lane in timeline.lanes]
    rows += [f"{name:{width}}{line}" for name, line in _told_notes(timeline)]
    return "\n".join([f"{timeline.name}: in real time only, so counted and not timed", *rows])


def _counted(timeline: Timeline, lane: str) -> str:
    bars = timeline.bars_of(lane)
    waits = [w for w in timeline.waits if w.lane == lane]
    failed = [b for b in bars if b.failed]
    parts: list[tuple[str, list[Any]]] = [("ran", bars), ("waited", waits), ("failed", failed)]
    counts = [f"{verb} {len(found)} time{'s' * (len(found) != 1)}" for verb, found in parts if found]
    where = " in a thread" if any(b.thread for b in bars) else ""
    return (", ".join(counts) or "never ran") + where


def exact_text(timeline: Timeline) -> str:
    """Render a virtual run: every time to the millisecond, with what was late and what was missed."""
    column = next(step for step in NICE if timeline.until / step <= COLUMNS)
    return _render(timeline, column, f"virtual time, one character is {column:.10g} s")


def comparison_text(timeline: Timeline, grid: float = GRID) -> str:
    """Render what a live and a virtual run must have in common: all times floored to the grid, in seconds."""
    return _render(floored(timeline, grid), grid / 4, f"times floored to {number(grid)} s")


def slot(t: float, grid: float = GRID) -> float:
    """Floor a time to the grid, both in seconds."""
    return floor((t + EARLY) / grid) * grid


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


def _render(timeline: Timeline, column: float, heading: str) -> str:
    width = max(map(len, (*timeline.lanes, "reactor"))) + 2
    picture = [("", _axis(timeline, column)), *_strips(timeline, column)]
    told = [(lane, _tell(timeline, lane)) for lane in timeline.lanes]
    told += [("mark", f"{m.label} at {number(m.at)}") for m in sorted(timeline.marks, key=lambda m: round(m.at, 6))]
    if timeline.end < timeline.until:
        told.append(("end", f"at {number(timeline.end)}, {ENDS[timeline.ended]}"))
    told += _told_notes(timeline)
    rows = [f"{name:{width}}{line}".rstrip() for name, line in picture + told]
    return "\n".join([f"{timeline.name}: {heading}", *rows])


def _told_notes(timeline: Timeline) -> Iterator[tuple[str, str]]:
    for note in timeline.notes:
        yield from zip_longest(["note"], wrap(note, LINE), fillvalue="")


def _axis(timeline: Timeline, column: float) -> str:
    """Write the numbers of the axis, at the first round step that leaves room for them."""
    steps = (s for s in NICE if s >= 2 * column and abs(s / column - round(s / column)) < 1e-6)
    numbered = ((round(s / column), _numbers(timeline.until, s)) for s in steps)
    every, labels = next((every, labels) for every, labels in numbered if every >= max(map(len, labels)) + 3)
    return "".join(f"{label:{every}}" for label in labels[:-1]) + f"{labels[-1]} s"


def _numbers(until: float, step: float) -> list[str]:
    return [number(k * step) for k in range(floor(until / step + 1e-9) + 1)]


def _strips(timeline: Timeline, column: float) -> Iterator[tuple[str, str]]:
    reactor = [(h.start, h.end, "#") for h in timeline.holds]
    yield "reactor", _strip(timeline, column, reactor)
    for lane in timeline.lanes:
        spans = [(w.start, w.end, "~") for w in timeline.waits if w.lane == lane]
        spans += [(p.at, p.at, ".") for p in timeline.missed if p.lane == lane]
        spans += [(c.due, c.due, ".") for c in timeline.late if c.lane == lane]
        spans += [(c.due, c.due, "x") for c in timeline.calls if c.lane == lane and c.outcome == "cancelled"]
        spans += [(c.due, c.due, "o") for c in timeline.pending if c.lane == lane]
        spans += [(b.start, b.end, "!" if b.failed else "#") for b in timeline.bars_of(lane)]
        yield lane, _strip(timeline, column, spans)


def _strip(timeline: Timeline, column: float, spans: Iterable[tuple[float, float, str]]) -> str:
    """Paint spans of seconds into a row of characters, the later over the earlier."""
    cells = [" "] * max(1, ceil(timeline.until / column - 1e-9))
    for start, end, char in spans:
        first = floor((start + EARLY * column) / column)
        last = max(first + 1, ceil((end - EARLY * column) / column))
        if end - start < column / 2 and char == "#":
            char, last = "|", first + 1
        for i in range(max(first, 0), min(last, len(cells))):  # a call may be moved to before the start
            cells[i] = char
    return "".join(cells).rstrip()


def _tell(timeline: Timeline, lane: str) -> str:
    """Say in words and times what happened in a lane."""
    bars = timeline.bars_of(lane)
    calls = [c for c in timeline.calls if c.lane == lane]
    cancelled = [f"{number(c.due)} (at {number(c.cancelled)})" for c in calls if c.cancelled is not None]
    moved = [f"{number(old)} (at {number(at)})" for c in calls for at, old in c.moves]
    parts = [
        ("ran", _ran(timeline, lane, bars)),
        ("waited", [_waited(w) for w in timeline.waits if w.lane == lane]),
        ("moved from", moved),
        ("missed", [number(p.at) for p in timeline.missed if p.lane == lane]),
        ("cancelled", cancelled),
        ("next due", sorted({number(c.due) for c in timeline.pending if c.lane == lane}, key=float)),
    ]
    threads = " in a thread" if any(b.thread for b in bars) else ""
    said = "; ".join(f"{verb} {_listed(times)}" for verb, times in parts if times) + threads
    return said if bars else "; ".join(filter(None, ["never ran", said]))


def _ran(timeline: Timeline, lane: str, bars: list[Bar]) -> list[str]:
    """Print each bar of a lane, with its due time where it was late and its error where it failed."""
    late = [c for c in timeline.late if c.lane == lane]
    told = []
    for bar in bars:
        due = next((c for c in late if c.ran is not None and c.ran <= bar.start <= (c.ended or c.ran)), None)
        if due is not None:
            late.remove(due)
        late_by = "" if due is None else f" (due {number(due.due)})"
        told.append(extent(bar.start, bar.end) + late_by + (f" (failed: {bar.failed})" if bar.failed else ""))
    return told


def _waited(wait: Wait) -> str:
    return extent(wait.start, wait.end) + ("" if wait.ended == "fired" else f" ({wait.ended})")


def _listed(times: list[str]) -> str:
    if len(times) <= LONGEST:
        return ", ".join(times)
    return ", ".join([*times[: LONGEST - 4], "…", *times[-2:]]) + f" ({len(times)} in all)"


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
