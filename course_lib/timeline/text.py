"""A timeline as text: a picture in characters, then the times; exact, or floored to what every run agrees on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a Timeline prints itself: it comes later
    from course_lib.timeline.timeline import Timeline

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count, islice, zip_longest
from math import ceil, floor
from textwrap import wrap
from typing import Any

from course_lib.timeline.compare import GRID, floored
from course_lib.timeline.records import LONGEST, Bar, Gap, Mark, Wait
from course_lib.words import NEVER, extent, number

COLUMNS = 60
PRINTED = 0.001  # seconds; points that are closer would be printed as the same number
EARLY = 0.001  # of a column; what a clock has rounded down is not painted a character too early
ENDS = {"ended": "when the experiment's Deferred had fired", "ended by hand": "by hand", "now": "so far"}
LINE = 90  # characters of a note; longer ones are broken between words


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
    column = next(step for step in _round_steps() if timeline.until / step <= COLUMNS)
    return _render(timeline, column, f"virtual time, one character is {column:.10g} s")


def comparison_text(timeline: Timeline, grid: float = GRID) -> str:
    """Render what a live and a virtual run must have in common: all times floored to the grid, in seconds."""
    steps = chain((grid / 4, grid / 2), (step for step in _round_steps() if step >= grid and _fits(grid, step)))
    column = next(step for step in steps if timeline.until / step <= COLUMNS)
    width = "" if column == grid / 4 else f", one character is {column:.10g} s"
    return _render(floored(timeline, grid), column, f"times floored to {number(grid)} s{width}")


def _round_steps() -> Iterator[float]:
    """Yield 1, 2, 2.5 and 5 times each power of ten, in seconds, from a tenth of a millisecond on."""
    return (m * 10.0**e for e in count(-4) for m in (1, 2, 2.5, 5))


def _fits(short: float, long: float) -> bool:
    """Say whether one step is a whole number of times in another."""
    return abs(long / short - round(long / short)) < 1e-6


def _render(timeline: Timeline, column: float, heading: str) -> str:
    width = max(map(len, (*timeline.lanes, "reactor"))) + 2
    picture = [("", _axis(timeline, column)), *_strips(timeline, column)]
    told = [(lane, _tell(timeline, lane)) for lane in timeline.lanes]
    told += [("mark", line) for line in _told_marks(timeline.marks)]
    if timeline.end < timeline.until:
        told.append(("end", f"at {number(timeline.end)}, {ENDS[timeline.ended]}"))
    told += _told_notes(timeline)
    rows = [f"{name:{width}}{line}".rstrip() for name, line in picture + told]
    return "\n".join([f"{timeline.name}: {heading}", *rows])


def _told_marks(marks: Iterable[Mark]) -> list[str]:
    lines = [f"{m.label} at {number(m.at)}" for m in sorted(marks, key=lambda m: round(m.at, 6))]
    return lines if len(lines) <= LONGEST else [*lines[: LONGEST - 4], f"… ({len(lines)} in all)", *lines[-2:]]


def _told_notes(timeline: Timeline) -> Iterator[tuple[str, str]]:
    for note in timeline.notes:
        yield from zip_longest(["note"], wrap(note, LINE), fillvalue="")


def _axis(timeline: Timeline, column: float) -> str:
    """Write the numbers of the axis, at the first round step that leaves room for them."""
    steps = (s for s in _round_steps() if s >= 2 * column and _fits(column, s))
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
        spans += [(t, t, ".") for gap in _gaps(timeline, lane) for t in gap.points(column / 2)]
        spans += [(c.due, c.due, ".") for c in timeline.late if c.lane == lane]
        spans += [(c.due, c.due, "x") for c in timeline.calls if c.lane == lane and c.outcome == "cancelled"]
        spans += [(c.due, c.due, "o") for c in timeline.pending if c.lane == lane]
        spans += [(b.start, b.end, "!" if b.failed else "#") for b in timeline.bars_of(lane)]
        yield lane, _strip(timeline, column, spans)


def _strip(timeline: Timeline, column: float, spans: Iterable[tuple[float, float, str]]) -> str:
    """Paint spans of seconds into a row of characters, the later over the earlier."""
    cells = [" "] * max(1, ceil(timeline.until / column - 1e-9))
    for start, end, char in spans:
        if start == NEVER:
            continue
        first = floor((start + EARLY * column) / column)
        if start < timeline.until:  # what is just before the end belongs to the last character
            first = min(first, len(cells) - 1)
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
    due = sorted(c.due for c in timeline.pending if c.lane == lane)
    parts = [
        ("ran", _listed(_ran(timeline, lane, bars))),
        ("waited", _listed([_waited(w) for w in timeline.waits if w.lane == lane])),
        ("moved from", _listed(moved)),
        ("missed", _missed(_gaps(timeline, lane))),
        ("cancelled", _listed(cancelled)),
        ("next due", _listed(list(dict.fromkeys(map(number, due))))),
    ]
    threads = " in a thread" if any(b.thread for b in bars) else ""
    said = "; ".join(f"{verb} {times}" for verb, times in parts if times) + threads
    return said if bars else "; ".join(filter(None, ["never ran", said]))


def _gaps(timeline: Timeline, lane: str) -> list[Gap]:
    return [gap for gap in timeline.missed if gap.lane == lane]


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


def _missed(gaps: Sequence[Gap]) -> str:
    """List the points that were missed, of which there may be millions: only those that are printed are looked at."""
    total = sum(len(gap.k) for gap in gaps)
    if total <= LONGEST:
        return _listed([number(t) for gap in gaps for t in gap.points()])
    if min(gap.interval for gap in gaps) < PRINTED:
        ends = (gap._replace(k=gap.k[:: max(1, len(gap.k) - 1)]).points() for gap in gaps)
        return _listed([extent(points[0], points[-1]) for points in ends], total)
    first = chain.from_iterable(gap._replace(k=gap.k[:LONGEST]).points() for gap in gaps)
    last = chain.from_iterable(gap._replace(k=gap.k[-2:]).points() for gap in gaps[-2:])
    return _listed([*map(number, islice(first, LONGEST)), *map(number, last)], total)


def _listed(times: Sequence[str], total: int = 0) -> str:
    """List times; of many only the first and the last. Not all of `total` need be given."""
    if len(times) > LONGEST:
        times, total = [*times[: LONGEST - 4], "…", *times[-2:]], total or len(times)
    return ", ".join(times) + (f" ({total} in all)" if total else "")
