"""What happened and when, as frozen records; knows neither Twisted nor matplotlib."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import floor
from typing import Any, NamedTuple


class Bar(NamedTuple):
    """A job that ran in its lane, from `start` to `end` seconds."""

    lane: str
    start: float
    end: float
    failed: str = ""  # the exception as one line, "" where there was none
    thread: str = ""  # "" is the reactor's own thread

    def __repr__(self) -> str:
        where = f" in {self.thread}" if self.thread else ""
        return f"<{self.lane} ran {extent(self.start, self.end)}{where}{' and failed' if self.failed else ''}>"


class Wait(NamedTuple):
    """A job that waited for its Deferred, from `start` to `end` seconds; `ended` says how."""

    lane: str
    start: float
    end: float
    ended: str  # "fired", "failed", "cancelled" or "pending"

    def __repr__(self) -> str:
        return f"<{self.lane} waited {extent(self.start, self.end)}: {self.ended}>"


class Call(NamedTuple):
    """A call scheduled on the clock: made at `scheduled`, due at `due`, run from `ran` to `ended` (seconds)."""

    lane: str
    scheduled: float
    due: float
    ran: float | None = None
    ended: float | None = None
    cancelled: float | None = None
    moves: tuple[tuple[float, float], ...] = ()  # (when it was moved, its due time before)
    by: str = ""  # the lane whose callback scheduled it
    grid: tuple[float, float] | None = None  # (start, interval) of the LoopingCall it is a tick of
    failed: str = ""

    @property
    def outcome(self) -> str:
        """Say how the call ended: fired, cancelled or pending."""
        return "fired" if self.ran is not None else "cancelled" if self.cancelled is not None else "pending"

    def __repr__(self) -> str:
        when = {"fired": self.ran, "cancelled": self.cancelled, "pending": None}[self.outcome]
        at = "" if when is None else f" at {seconds(when)}"
        return f"<{self.lane or 'call'} due {seconds(self.due)}: {self.outcome}{at}>"


class Mark(NamedTuple):
    """A labelled instant, `at` seconds."""

    at: float
    label: str
    lane: str = ""

    def __repr__(self) -> str:
        return f"<{self.label!r} at {seconds(self.at)}>"


class Hold(NamedTuple):
    """A stretch of time in which one lane held the reactor's thread, `start` to `end` seconds."""

    lane: str
    start: float
    end: float


@dataclass(frozen=True, repr=False, eq=False)
class Timeline:
    """What one run did. Prints as text; shows itself as a timing diagram in a notebook.

    All times are seconds from the start of the run. `end` is where the run ended: `until`, or earlier
    when the experiment's Deferred fired, when the reader ended it, or now, while it still goes on.
    """

    name: str
    until: float
    end: float
    live: bool = False
    lanes: tuple[str, ...] = ()
    bars: tuple[Bar, ...] = ()
    waits: tuple[Wait, ...] = ()
    calls: tuple[Call, ...] = ()
    marks: tuple[Mark, ...] = ()
    notes: tuple[str, ...] = ()
    timed: bool = True  # False: threads, sockets or processes were in it; its text has counts, no times
    holds: tuple[Hold, ...] = ()  # who held the reactor when; a lane "" is the experiment's own body
    ended: str = "ended"  # how, if before `until`: "ended" by its Deferred, "ended by hand", or "now" and still on
    predicted: bool = False  # no run: somebody says what will happen

    @classmethod
    def of(
        cls,
        lanes: Mapping[str, Iterable[float | tuple[float, float]]],
        *,
        until: float,
        name: str = "prediction",
    ) -> Timeline:
        """Make a timeline from plain data, as a prediction is written: `{"heartbeat": [0, 0.25, (1, 1.7)]}`."""
        return cls(name, until, until, lanes=tuple(lanes), bars=tuple(_bars(lanes)), predicted=True)

    def untimed(self) -> Timeline:
        """Return the same with a text that holds counts and no times.

        For what is made of more than the clock (threads, sockets, processes), and so never twice the same.
        """
        return replace(self, timed=False)

    @property
    def tolerance(self) -> float:
        """Seconds by which a call may run after its due time and still count as on time."""
        return 0.02 if self.live else 1e-4

    def times(self, lane: str) -> list[float]:
        """List when the lane's jobs began, in seconds, to the millisecond."""
        return [round(bar.start, 3) + 0.0 for bar in self.bars_of(lane)]

    def bars_of(self, lane: str) -> list[Bar]:
        """List the lane's bars by their start; a call without a bar of its own is one."""
        return self._by_lane.get(lane, [])

    @cached_property
    def _by_lane(self) -> dict[str, list[Bar]]:
        found: dict[str, list[Bar]] = {lane: [] for lane in self.lanes}
        for bar in self.bars:
            found.setdefault(bar.lane, []).append(bar)
        for bars in found.values():
            bars.sort(key=lambda bar: bar.start)
        return found

    @property
    def late(self) -> list[Call]:
        """List the calls that ran later than they were due."""
        return [c for c in self.calls if c.lane and c.ran is not None and c.ran - c.due > self.tolerance]

    @property
    def pending(self) -> list[Call]:
        """List the calls that were still scheduled when the run ended."""
        return [c for c in self.calls if c.lane and c.outcome == "pending"]

    @cached_property
    def missed(self) -> tuple[Mark, ...]:
        """Find the points of a LoopingCall's grid at which it did not run, because it or another was busy."""
        found: list[Mark] = []
        last: dict[tuple[str, float], tuple[float, float]] = {}
        for call in self.calls:
            if call.grid is None or call.grid[1] <= 0:
                continue
            start, interval = call.grid
            loop = (call.lane, round(start, 6))
            due_before, ran_before = last.get(loop, (start, start))
            between = _grid_points(start, interval, due_before, min(call.due - interval / 2, self.end))
            found += [Mark(p, "missed", call.lane) for p in between if abs(p - ran_before) > self.tolerance]
            last[loop] = (call.due, call.due if call.ran is None else call.ran)
        return tuple(found)

    def __repr__(self) -> str:
        from course_lib.text import rendition

        return rendition(self)

    def _repr_mimebundle_(self, **kw: Any) -> dict[str, str]:
        from course_lib.diagram import draw  # only when a notebook asks: matplotlib is slow to load

        return draw(self)._repr_mimebundle_(**kw)


def seconds(t: float) -> str:
    """Print a time to the millisecond, with its unit: 0.25 s."""
    return f"{number(t)} s"


def number(t: float) -> str:
    """Print a time to the millisecond without trailing zeros."""
    return f"{round(t, 3) + 0.0:.10g}"


def extent(start: float, end: float) -> str:
    """Print one instant (0.25) or a stretch of time (1–1.7)."""
    first, last = number(start), number(end)
    return first if first == last else f"{first}–{last}"


def _bars(lanes: Mapping[str, Iterable[float | tuple[float, float]]]) -> Iterator[Bar]:
    for lane, times in lanes.items():
        for t in times:
            start, end = t if isinstance(t, tuple) else (t, t)
            yield Bar(lane, float(start), float(end))


def _grid_points(start: float, interval: float, after: float, before: float) -> Iterator[float]:
    """Yield the points start + k * interval strictly between two times, in seconds."""
    k = floor((after - start) / interval + 0.5) + 1
    while (point := start + k * interval) <= before:
        yield point
        k += 1
