"""What happened and when, as frozen records; knows neither Twisted nor matplotlib."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, floor
from typing import Any

from course_lib.timeline.records import Bar, Call, Gap, Hold, Mark, Wait
from course_lib.timeline.text import rendition
from course_lib.timeline.times import checked_seconds
from course_lib.words import NEVER, seconds


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
        """Make a timeline from plain data, as a prediction is written: `{"heartbeat": [0, 0.25, (1, 1.7)]}`.

        Raises ValueError for what is no number of seconds, and for what cannot be the name of a lane.
        """
        from course_lib.words import check_lane

        for lane in lanes:
            check_lane(lane)
        if (end := checked_seconds(until, "until")) <= 0:
            msg = f"until should be more than 0 s, and is {seconds(end)}."
            raise ValueError(msg)
        return cls(name, end, end, lanes=tuple(lanes), bars=tuple(_bars(lanes)), predicted=True)

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
    def missed(self) -> tuple[Gap, ...]:
        """Find the points of a LoopingCall's grid at which it did not run, because it or another was busy."""
        found: list[Gap] = []
        last: dict[tuple[str, float], tuple[float, float]] = {}
        for call in self.calls:
            if call.grid is None or not 0 < call.grid[1] < NEVER:
                continue
            start, interval = call.grid
            loop = (call.lane, round(start, 6))
            due_before, ran_before = last.get(loop, (start, start))
            between = _grid_points(start, interval, due_before, min(call.due - interval / 2, self.end))
            parts = _without(between, (ran_before - start) / interval, self.tolerance / interval)
            found += [Gap(call.lane, start, interval, k) for k in parts]
            last[loop] = (call.due, call.due if call.ran is None else call.ran)
        return tuple(found)

    def __repr__(self) -> str:
        return rendition(self)

    def _repr_mimebundle_(self, **kw: Any) -> dict[str, str]:
        from course_lib.drawing.diagram import draw  # only when a notebook asks: matplotlib is slow to load

        return draw(self)._repr_mimebundle_(**kw)


def _bars(lanes: Mapping[str, Iterable[float | tuple[float, float]]]) -> Iterator[Bar]:
    for lane, times in lanes.items():
        for t in times:
            start, end = t if isinstance(t, tuple) and len(t) == 2 else (t, t)
            what = f"a time of {lane!r}"
            yield Bar(lane, checked_seconds(start, what), checked_seconds(end, what))


def _grid_points(start: float, interval: float, after: float, before: float) -> range:
    """Say for which k the point start + k * interval lies between two times, in seconds: after one, not after the other."""
    first = floor((after - start) / interval + 0.5) + 1
    last = round((before - start) / interval)
    return range(first, last + 1 if start + last * interval <= before else last)


def _without(points: range, place: float, around: float) -> list[range]:
    """Leave out the points that lie less than `around` from a place."""
    before = range(points.start, min(points.stop, ceil(place - around)))
    after = range(max(points.start, floor(place + around) + 1), points.stop)
    return [part for part in (before, after) if part]
