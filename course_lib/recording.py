"""The clock an experiment is handed, and its delayed calls: they note all that they are asked to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import current_thread, get_ident
from typing import Any, cast

from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.task import LoopingCall
from zope.interface import implementer

from course_lib.lanes import is_machinery
from course_lib.naming import name_of
from course_lib.recorder import Recorder, in_a_line, record
from course_lib.timeline import Bar, Call

REFUSED = {
    "run": "it is running already, in a thread of its own",
    "stop": "a reactor cannot be started twice, so no later cell could run; return a Deferred that fires to end early",
    "crash": "a reactor cannot be started twice, so no later cell could run; return a Deferred that fires to end early",
    "iterate": "it is running already, in a thread of its own",
}


class ExperimentError(Exception):
    """The experiment, or the way it was run, cannot work; the message says what to do instead."""


class RunIsOver(ExperimentError):
    """Something goes on after the end of its run, and asks for the clock that is no longer there."""


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
        try:
            self.lane, self._own_bar = recorder.known[func]
        except (KeyError, TypeError):  # TypeError: not every callable can be a key
            self.lane, self._own_bar = recorder.lane_for(func)
        if func.__class__ is LoopingCall and func.starttime is not None and func.interval is not None:
            self._grid = (func.starttime - recorder.zero, func.interval)
        frames = recorder.frames
        self.by = frames[-1][0] if frames else self.lane  # outside of all frames it is a LoopingCall's next tick
        self._inner = clock.callLater(delay, self)  # on a reactor or a VirtualClock

    def __call__(self) -> None:
        """Run the callback and note it: what the clock calls."""
        recorder = self._recorder
        if recorder.over:
            return
        # The tick of a traced LoopingCall is one bar, and noted as such: nothing is left to note around it.
        tick = self._grid is not None and not self._own_bar
        self._ran = recorder.now() if tick else recorder.enter(self.lane)
        try:
            self.func(*self.args, **self.kw)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 the real reactor would log it and go on
            self._failed = in_a_line(error)
        finally:
            del self._inner.func  # as cancel() does; the two would keep each other alive
            inside = "" if tick else recorder.frames[-1][2]
            self._ended = recorder.now() if tick else recorder.leave()
            if self._own_bar:
                recorder.bars.append(record(Bar, (self.lane, self._ran, self._ended, self._failed, "")))
            elif not self.lane and not is_machinery(self.func):
                self.lane = inside

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
        inner = self._inner
        due = inner.time + inner.delayed_time - self._recorder.zero
        made = (self._moves[0][1] if self._moves else due) - self._delay
        ran, ended, cancelled = self._ran, self._ended, self._cancelled
        return record(
            Call, (self.lane, made, due, ran, ended, cancelled, self._moves, self.by, self._grid, self._failed)
        )

    @property
    def called(self) -> int:
        """Say whether the call was made, as DelayedCall does."""
        return int(self._inner.called)

    @property
    def cancelled(self) -> int:
        """Say whether the call was cancelled, as DelayedCall does."""
        return int(self._inner.cancelled)

    def __getattr__(self, name: str) -> Any:
        msg = f"a delayed call has no {name!r}. It has cancel, reset, delay, active and getTime."
        raise AttributeError(msg)

    def __repr__(self) -> str:
        return repr(self.record())


@implementer(IReactorTime)
class RecordingClock:
    """The clock that an experiment is handed: it notes every call, and is in all else the clock it stands for."""

    def __init__(self, recorder: Recorder, clock: Any) -> None:
        self._recorder, self._clock = recorder, clock
        self.seconds = clock.seconds

    def callLater(
        self,
        delay: float,
        callable: Callable[..., Any],  # noqa: A002  # the interface's own word
        *args: object,
        **kw: object,
    ) -> IDelayedCall:
        """Schedule a call `delay` seconds from now, and note it: IReactorTime."""
        recorder = self._recorder
        if get_ident() != recorder.thread:
            raise ExperimentError(_wrong_thread())
        if recorder.over:
            msg = f"callLater({delay:g}, {name_of(callable)}): this clock's run is over; start a new one with run()."
            raise RunIsOver(msg)
        call = RecordedCall(recorder, self._clock, delay, callable, args, kw)
        recorder.calls.append(call)
        return call

    def getDelayedCalls(self) -> Sequence[IDelayedCall]:
        """List the calls of this run that are still to come: IReactorTime."""
        return [cast("IDelayedCall", call) for call in self._recorder.calls if call.active()]

    def __getattr__(self, name: str) -> Any:
        if name in REFUSED:
            msg = f"an experiment may not call {name}() on the reactor: {REFUSED[name]}."
            raise ExperimentError(msg)
        return getattr(self._clock, name)


def _wrong_thread() -> str:
    return (
        f"callLater was called in {current_thread().name}, but a reactor's methods belong to the reactor's own thread."
        " From another thread use clock.callFromThread(f): it asks the reactor to call f."
    )
