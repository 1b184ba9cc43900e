"""The notes of one run: who held the reactor, who waited, what was scheduled and what was marked."""

from __future__ import annotations

from collections.abc import Callable
from threading import current_thread, get_ident
from types import FunctionType
from typing import Any, Protocol

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import LoopingCall
from twisted.python.failure import Failure

from course_lib.lanes import lane_of
from course_lib.timeline import Bar, Call, Hold, Mark, Timeline, Wait

TOUCHING = 1e-6  # seconds; what a job does before and after a traced call is one stretch with it
LOOKED_AT_ONCE = {FunctionType, LoopingCall}

record = tuple.__new__  # makes a NamedTuple without its own slower __new__


class Recordable(Protocol):
    """A call on the clock that can tell what has become of it."""

    def active(self) -> bool:
        """Say whether the call is still to come."""

    def record(self) -> Call:
        """Make the frozen record of the call."""

    def disarm(self) -> None:
        """Make cancel, reset and delay do nothing from now on."""

    def clean(self) -> None:
        """Take the call off the clock."""


class Recorder:
    """Note, in seconds from the start of the run, who held the reactor, who waited, and what was marked.

    Only the reactor's thread calls it, but for what runs in another thread, which appends and nothing else.
    """

    def __init__(self, seconds: Callable[[], float], name: str) -> None:
        self.seconds, self.name = seconds, name
        self.zero = seconds()
        self.thread = get_ident()
        self.over = False
        self.lanes: dict[str, None] = {}
        self.bars: list[Bar] = []
        self.waits: list[Wait] = []
        self.calls: list[Recordable] = []
        self.marks: list[Mark] = []
        self.holds: list[Hold] = []
        self.notes: list[str] = []
        self._waiting: dict[object, tuple[str, float]] = {}
        self.known: dict[Any, tuple[str, bool]] = {}
        self.frames: list[list[Any]] = []  # [lane, holding since, lane of the first job inside]

    def now(self) -> float:
        """Read the clock, in seconds from the start of the run."""
        return self.seconds() - self.zero

    @property
    def lane(self) -> str:
        """Name the lane that holds the reactor now, "" if it is the experiment's own body or nobody."""
        return str(self.frames[-1][0]) if self.frames else ""

    def lane_for(self, func: Any) -> tuple[str, bool]:
        """Find the lane of a call, and whether the call itself is its bar."""
        found = lane_of(func, self.lane)
        if func.__class__ in LOOKED_AT_ONCE:
            self.known[func] = found
        if found[0]:
            self.lanes.setdefault(found[0])
        return found

    def enter(self, lane: str) -> float:
        """Let a lane hold the reactor from now on, and return now."""
        now = self.seconds() - self.zero
        if self.frames:
            outer = self.frames[-1]
            if now > outer[1]:
                self.holds.append(record(Hold, (outer[0], outer[1], now)))
            outer[2] = outer[2] or lane
        self.frames.append([lane, now, ""])
        return now

    def leave(self) -> float:
        """Give the reactor back to whoever held it before, and return now."""
        now = self.seconds() - self.zero
        lane, since, inside = self.frames.pop()
        holds = self.holds
        if holds and (before := holds[-1])[0] == lane and since - before[2] < TOUCHING:
            if now - before[2] > TOUCHING:
                holds[-1] = record(Hold, (lane, before[1], now))
        elif now > since or not inside:
            holds.append(record(Hold, (lane, since, now)))
        if self.frames:
            self.frames[-1][1] = now
        return now

    def ran(self, lane: str, f: Callable[..., Any], args: Any, kw: Any) -> Any:
        """Call f and note it as a bar, failed if it raised; its result and its exception pass through."""
        if self.over:
            return f(*args, **kw)
        if get_ident() != self.thread:
            return self._ran_in_thread(lane, f, args, kw)
        start, failed = self.enter(lane), ""
        try:
            return f(*args, **kw)
        except BaseException as error:
            # The end of an iterator, or of a generator that is dropped, is no failure.
            failed = "" if isinstance(error, (StopIteration, GeneratorExit)) else in_a_line(error)
            raise
        finally:
            self.bars.append(record(Bar, (lane, start, self.leave(), failed, "")))

    def _ran_in_thread(self, lane: str, f: Callable[..., Any], args: Any, kw: Any) -> Any:
        start, failed = self.now(), ""
        try:
            return f(*args, **kw)
        except BaseException as error:
            failed = in_a_line(error)
            raise
        finally:
            self.bars.append(Bar(lane, start, self.now(), failed, current_thread().name))

    def waits_for(self, lane: str, deferred: Deferred[Any]) -> None:
        """Note that a lane waits until the Deferred fires; whatever it fires with passes through."""
        if self.over or (deferred.called and not deferred.paused):
            return
        wait = object()
        self._waiting[wait] = (lane, self.now())

        def fired(result: Any) -> Any:
            if not self.over:  # what is cancelled because the run is over was still waiting at its end
                self.waits.append(Wait(*self._waiting.pop(wait), self.now(), _how_it_ended(result)))
            return result

        deferred.addBoth(fired)

    def timeline(self, *, until: float, end: float, live: bool, ended: str) -> Timeline:
        """Make the record of the run up to `end`; `until` and `end` in seconds."""
        still = [Wait(lane, since, end, "pending") for lane, since in self._waiting.values()]
        return Timeline(
            name=self.name,
            until=until,
            end=end,
            live=live,
            lanes=tuple(self.lanes),
            bars=tuple(self.bars),
            waits=tuple(sorted(self.waits + still, key=lambda w: w.start)),
            calls=tuple(call.record() for call in self.calls),
            marks=tuple(self.marks),
            notes=tuple(self.notes),
            holds=tuple(self.holds),
            ended=ended,
        )


def _how_it_ended(result: Any) -> str:
    if not isinstance(result, Failure):
        return "fired"
    return "cancelled" if isinstance(result.value, CancelledError) else "failed"


def in_a_line(error: BaseException) -> str:
    """Print an exception as one line: its type and the first line of its message."""
    message = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__}: {message}" if message else type(error).__name__
