"""What a run leaves: frozen records of what ran, waited, was scheduled and marked, in seconds from its start."""

from __future__ import annotations

from math import floor
from typing import NamedTuple

from course_lib.words import extent, seconds

LONGEST = 16  # times listed of one kind, or marks drawn, before the middle is left out


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


class Gap(NamedTuple):
    """Points of a LoopingCall's grid at which it did not run: at `start + k * interval` seconds, for each k.

    There may be millions, if a job took long and the interval is short: `k` is a range, and only counts them.
    """

    lane: str
    start: float
    interval: float
    k: range

    def points(self, apart: float = 0.0) -> list[float]:
        """List the points, in seconds; of those that are less than `apart` from one another only some, and the last."""
        every = max(1, floor(apart / self.interval))
        return [self.start + k * self.interval for k in (*self.k[:-1:every], self.k[-1])]


class Hold(NamedTuple):
    """A stretch of time in which one lane held the reactor's thread, `start` to `end` seconds."""

    lane: str
    start: float
    end: float
