"""Records what an experiment does: a clock and delayed calls that note all they are asked to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import current_thread, get_ident
from types import FunctionType
from typing import Any, cast

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.task import Cooperator, LoopingCall
from twisted.python.failure import Failure
from zope.interface import implementer

from course_lib.naming import name_of, unwrapped
from course_lib.timeline import Bar, Call, Hold, Mark, Timeline, Wait

TOUCHING = 1e-6  # seconds; what a job does before and after a traced call is one stretch with it
record = tuple.__new__  # makes a NamedTuple without its own slower __new__

LOOKED_AT_ONCE = {FunctionType, LoopingCall}

REFUSED = {
    "run": "it is running already, in a thread of its own",
    "stop": "a reactor cannot be started twice, so no later cell could run; return a Deferred that fires to end early",
    "crash": "a reactor cannot be started twice, so no later cell could run; return a Deferred that fires to end early",
    "iterate": "it is running already, in a thread of its own",
}


class ExperimentError(Exception):
    """The experiment, or the way it was run, cannot work; the message says what to do instead."""


class Recorder:
    """Note, in seconds from the start of the run, who held the reactor, who waited, and what was marked.

    Only the reactor's thread calls it, but for `running_in_thread`, which appends and nothing else.
    """

    def __init__(self, seconds: Callable[[], float], name: str) -> None:
        self.seconds, self.name = seconds, name
        self.zero = seconds()
        self.thread = get_ident()
        self.over = False
        self.lanes: dict[str, None] = {}
        self.bars: list[Bar] = []
        self.waits: list[Wait] = []
        self.calls: list[RecordedCall] = []
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

    def timeline(self, *, until: float, end: float, live: bool) -> Timeline:
        """Make the record of the run that is over; `until` and `end` in seconds."""
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
        )


@implementer(IDelayedCall)
class RecordedCall:
    """A delayed call that notes what becomes of it. It runs in the reactor's thread and never raises there."""

    # Set only when it comes to that: most of these never do, and there are many calls.
    _grid: tuple[float, float] | None = None
    _ran: float | None = None
    _ended: float | None = None
    _cancelled: float | None = None
    _moves: tuple[tuple[float, float], ...] = ()
    _failed = ""
    _cleaned = False

    def __init__(self, recorder: Recorder, clock: Any, delay: float, func: Any, args: Any, kw: Any) -> None:
        self._recorder, self._delay = recorder, delay
        self.func, self.args, self.kw = func, args, kw
        frames = recorder.frames
        self.by = frames[-1][0] if frames else ""
        try:
            self.lane, self._own_bar = recorder.known[func]
        except (KeyError, TypeError):  # TypeError: not every callable can be a key
            self.lane, self._own_bar = recorder.lane_for(func)
        if func.__class__ is LoopingCall and func.starttime is not None:
            self._grid = (func.starttime - recorder.zero, func.interval)
        self._inner = clock.callLater(delay, self)  # on a reactor or a VirtualClock

    def __call__(self) -> None:
        recorder = self._recorder
        if recorder.over:
            return
        self._ran = recorder.enter(self.lane)
        frame = recorder.frames[-1]
        try:
            self.func(*self.args, **self.kw)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # the real reactor would log it and go on
            self._failed = in_a_line(error)
        finally:
            self._ended = recorder.leave()
            if self._own_bar:
                recorder.bars.append(Bar(self.lane, self._ran, self._ended, self._failed))
            elif not self.lane and not is_machinery(self.func):
                self.lane = frame[2]

    def getTime(self) -> float:
        """Return the time at which the call is due, in seconds on its clock: IDelayedCall."""
        return float(self._inner.getTime())

    def active(self) -> bool:
        """Say whether the call is still to come: IDelayedCall."""
        return bool(self._inner.active())

    def cancel(self) -> None:
        """Unschedule the call: IDelayedCall. After the run has been cleaned up it does nothing."""
        if not self._cleaned:
            self._inner.cancel()
            self._cancelled = self._recorder.now()

    def reset(self, secondsFromNow: float) -> None:
        """Make the call due that many seconds from now: IDelayedCall."""
        self._move(self._inner.reset, secondsFromNow)

    def delay(self, secondsLater: float) -> None:
        """Make the call due that many seconds later than it was: IDelayedCall."""
        self._move(self._inner.delay, secondsLater)

    def _move(self, move: Callable[[float], None], amount: float) -> None:
        if not self._cleaned:
            due = self.getTime() - self._recorder.zero
            move(amount)
            self._moves += ((self._recorder.now(), due),)

    def disarm(self) -> None:
        """Make cancel, reset and delay do nothing from now on: the run is over and will clean up."""
        self._cleaned = True

    def clean(self) -> None:
        """Take the call off the clock because the run is over; its record says that it was still pending."""
        if self._inner.active():
            self._inner.cancel()

    def record(self) -> Call:
        """Make the frozen record of the call."""
        due = self._inner.getTime() - self._recorder.zero
        made = (self._moves[0][1] if self._moves else due) - self._delay
        ended = (self._ran, self._ended, self._cancelled)
        return record(Call, (self.lane, made, due, *ended, self._moves, self.by, self._grid, self._failed))

    @property
    def called(self) -> int:
        """Say whether the call was made, as DelayedCall does."""
        return int(self._inner.called)

    @property
    def cancelled(self) -> int:
        """Say whether the call was cancelled, as DelayedCall does."""
        return int(self._inner.cancelled)

    def __repr__(self) -> str:
        return repr(self.record())


@implementer(IReactorTime)
class RecordingClock:
    """The clock that an experiment is handed: it notes every call, and is in all else the clock it stands for."""

    def __init__(self, recorder: Recorder, clock: Any) -> None:
        self._recorder, self._clock = recorder, clock
        self.seconds = clock.seconds

    def callLater(self, delay: float, callable: Callable[..., Any], *args: object, **kw: object) -> IDelayedCall:
        """Schedule a call `delay` seconds from now, and note it: IReactorTime."""
        recorder = self._recorder
        if get_ident() != recorder.thread:
            raise ExperimentError(_wrong_thread())
        if recorder.over:
            msg = f"callLater({delay:g}, {name_of(callable)}): this clock's run is over; start a new one with run()."
            raise ExperimentError(msg)
        call = RecordedCall(recorder, self._clock, delay, callable, args, kw)
        recorder.calls.append(call)
        return call  # type: ignore[return-value]

    def getDelayedCalls(self) -> Sequence[IDelayedCall]:
        """List the calls of this run that are still to come: IReactorTime."""
        return [cast("IDelayedCall", call) for call in self._recorder.calls if call.active()]

    def __getattr__(self, name: str) -> Any:
        if name in REFUSED:
            msg = f"an experiment may not call {name}() on the reactor: {REFUSED[name]}."
            raise ExperimentError(msg)
        return getattr(self._clock, name)


def lane_of(func: Any, current: str) -> tuple[str, bool]:
    """Find the lane of a call, and whether the call itself is to be drawn as a bar (nothing inside is traced)."""
    f = unwrapped(func)
    if (lane := traced_lane(f)) is not None:
        return lane, False
    owner = getattr(f, "__self__", None)
    if isinstance(owner, Deferred):  # deferLater: what it will call, or else whoever waits for it
        for wanted in filter(callable, _closed_over(owner)):
            return lane_of(wanted, current)
        return current, False
    if is_machinery(f):
        return "", False
    return name_of(f).strip("<>"), True


def traced_lane(f: Any) -> str | None:
    """Find the lane of a traced callable, looking through withCount, or None."""
    lane = getattr(f, "__lane__", None)
    inner = (getattr(cell, "cell_contents", None) for cell in getattr(f, "__closure__", None) or ())
    lanes = (getattr(contents, "__lane__", None) for contents in inner)
    return cast("str | None", lane if lane is not None else next(filter(None, lanes), None))


def is_machinery(f: Any) -> bool:
    """Say whether a callback has no lane of its own: a Cooperator's turn, a mark."""
    return isinstance(getattr(f, "__self__", None), Cooperator) or getattr(f, "__name__", "") == "mark"


def _closed_over(deferred: Deferred[Any]) -> list[Any]:
    """List what the first callback of a Deferred closes over: for deferLater that is the function to call."""
    callbacks = [entry[0][0] for entry in deferred.callbacks[:1]]
    return [cell.cell_contents for f in callbacks for cell in getattr(f, "__closure__", None) or ()]


def _how_it_ended(result: Any) -> str:
    if not isinstance(result, Failure):
        return "fired"
    return "cancelled" if result.check(CancelledError) else "failed"


def in_a_line(error: BaseException) -> str:
    """Print an exception as one line: its type and the first line of its message."""
    message = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _wrong_thread() -> str:
    return (
        f"callLater was called in {current_thread().name}, but a reactor's methods belong to the reactor's own thread."
        " From another thread use clock.callFromThread(f): it asks the reactor to call f."
    )
