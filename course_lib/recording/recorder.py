"""The notes of one run: who held the reactor, who waited, what was scheduled and what was marked.

How it works. The reactor's thread is always in somebody's hands: the experiment's own body, a scheduled call, a traced
job inside it, or nobody's. `enter` puts a *frame* on a stack, `leave` takes it off; the topmost is the lane that holds
the reactor now. A frame is [lane, since when it holds the reactor, lane of the first job inside it].

From the frames come the *holds*, the stretches shown in the reactor's own row; two of them never overlap:
1. Whoever enters ends the stretch of the frame below, and whoever leaves begins a new one for it.
2. A stretch of no length is noted only where nothing ran inside: in virtual time most jobs take none.
3. What a job does just before and just after a traced call of its own lane is one stretch with it.

While the run goes on, a scheduled call only notes times; its record is made afterwards, when nothing waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import current_thread, get_ident
from types import FunctionType
from typing import Any, Protocol

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import LoopingCall
from twisted.python.failure import Failure

from course_lib.recording.lanes import Job, is_a, job_of
from course_lib.timeline.records import Bar, Call, Hold, Mark, Wait
from course_lib.timeline.timeline import Timeline
from course_lib.words import in_a_line as in_a_line  # others know it from here

TOUCHING = 1e-6  # seconds; what a job does before and after a traced call is one stretch with it
OF_A_STEP = (StopIteration, GeneratorExit)  # the end of an iterator, or of a generator that is dropped, is no failure

UNRUN = {
    "generator": "Decorate it with inlineCallbacks, or give it to coiterate.",
    "coroutine": "Schedule what calls Deferred.fromCoroutine with it.",
}

# Makes a NamedTuple without its own slower __new__, and without looking: a value for every field, in order.
record = tuple.__new__


class Recordable(Protocol):
    """A call on the clock that can tell what has become of it."""

    def active(self) -> bool:
        """Say whether the call is still to come."""

    @property
    def begun(self) -> bool:
        """Say whether the call has been made, or is being made."""

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
        self.errors: list[BaseException] | None = None  # where to keep what delayed calls raise, if anybody wants it
        self.frames: list[list[Any]] = []
        self._jobs: dict[int, Job] = {}  # by the id of what is scheduled, which the job keeps alive
        self._waiting: dict[object, tuple[str, float]] = {}

    def now(self) -> float:
        """Read the clock, in seconds from the start of the run."""
        return self.seconds() - self.zero

    @property
    def lane(self) -> str:
        """Name the lane that holds the reactor now, "" if it is the experiment's own body or nobody."""
        return str(self.frames[-1][0]) if self.frames else ""

    def pending(self) -> list[Recordable]:
        """List the calls that are still to come, in the order in which they were made."""
        return [call for call in self.calls if call.active()]

    def job_for(self, func: Any) -> Job:
        """Look at what is scheduled: once, and again when a LoopingCall calls another function or has another grid."""
        known = self._jobs.get(id(func))
        if known is not None and (known.f is None or _is_unchanged(known)):
            return known
        job = job_of(func, self.lane)
        if is_a(func, LoopingCall):
            job.f, job.start, job.interval = func.f, func.starttime, func.interval
            job.grid = self._grid(job, known)
        if job.unrun:
            job.call = partial(self._call_unrun, job)
        if job.lane:
            self.lanes.setdefault(job.lane)
        if job.own_bar and job.deferred is not None:
            job.deferred.addErrback(job.note_failure)
        if job.f is not None or type(func) is FunctionType:  # others, as methods are, are made anew each time
            self._jobs[id(func)] = job
        return job

    def _grid(self, job: Job, before: Job | None) -> tuple[float, float] | None:
        """Find the points at which a LoopingCall is due; of a function that takes over, from where the other ran last."""
        if job.start is None or job.interval is None:
            return None
        start = job.start - self.zero
        if before is not None and before.f is not job.f and before.start == job.start and job.interval > 0:
            begun = (call.record() for call in reversed(self.calls) if call.begun)
            ran = (call for call in begun if call.grid is before.grid)
            start += job.interval * round((next((call.due for call in ran), start) - start) / job.interval)
        return start, job.interval

    def enter(self, lane: str) -> float:
        """Let a lane hold the reactor from now on, and return now."""
        now = self.seconds() - self.zero
        frames = self.frames
        if frames:
            outer = frames[-1]
            if now > outer[1]:
                self.holds.append(record(Hold, (outer[0], outer[1], now)))
            outer[2] = outer[2] or lane
        frames.append([lane, now, ""])
        return now

    def leave(self) -> float:
        """Give the reactor back to whoever held it before, and return now."""
        now = self.seconds() - self.zero
        frames, holds = self.frames, self.holds
        lane, since, inside = frames.pop()
        if holds and (before := holds[-1])[0] == lane and since - before[2] < TOUCHING:
            if now - before[2] > TOUCHING:
                holds[-1] = record(Hold, (lane, before[1], now))
        elif now > since or not inside:
            holds.append(record(Hold, (lane, since, now)))
        if frames:
            frames[-1][1] = now
        return now

    def ran(self, lane: str, f: Callable[..., Any], args: Any, kw: Any, ends: tuple[type, ...] = ()) -> Any:
        """Call f and note it as a bar, failed if it raised, but for what `ends` it; result and exception pass through.

        A Deferred that it returns is waited for.
        """
        if self.over:
            return f(*args, **kw)
        if get_ident() != self.thread:
            return self._ran_in_thread(lane, f, args, kw)
        start, failed = self.enter(lane), ""
        try:
            result = f(*args, **kw)
        except BaseException as error:
            failed = "" if isinstance(error, ends) else in_a_line(error)
            raise
        finally:
            self.bars.append(record(Bar, (lane, start, self.leave(), failed, "")))
        if result is not None and is_a(result, Deferred):
            self._wait(lane, result)
        return result

    def _ran_in_thread(self, lane: str, f: Callable[..., Any], args: Any, kw: Any) -> Any:
        start, failed = self.now(), ""
        try:
            return f(*args, **kw)
        except BaseException as error:
            failed = in_a_line(error)
            raise
        finally:
            self.bars.append(Bar(lane, start, self.now(), failed, current_thread().name))

    def _wait(self, lane: str, deferred: Deferred[Any]) -> None:
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

    def catch(self, error: BaseException) -> str:
        """Keep what a delayed call has raised, if anybody wants it, and tell it in a line."""
        if self.errors is not None:
            self.errors.append(error)
        return in_a_line(error)

    def _call_unrun(self, job: Job, *args: Any, **kw: Any) -> None:
        """Make a call that only makes a generator or a coroutine, which whoever scheduled the call drops: note it."""
        made = job.func(*args, **kw)
        if job.unrun == "coroutine":
            made.close()  # or Python warns, some time later, that it was never awaited
        note = f"{job.lane} returned a {job.unrun}: its body never ran. {UNRUN[job.unrun]}"
        if note not in self.notes:
            self.notes.append(note)

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
            waits=tuple(sorted(self.waits + still, key=lambda wait: wait.start)),
            calls=tuple(call.record() for call in self.calls),
            marks=tuple(self.marks),
            notes=tuple(self.notes),
            holds=tuple(self.holds),
            ended=ended,
        )


def _is_unchanged(job: Job) -> bool:
    """Say whether a LoopingCall still calls the same function, at the points of the same grid."""
    loop = job.func
    return loop.f is job.f and loop.starttime == job.start and loop.interval == job.interval


def _how_it_ended(result: Any) -> str:
    if not isinstance(result, Failure):
        return "fired"
    return "cancelled" if isinstance(result.value, CancelledError) else "failed"
