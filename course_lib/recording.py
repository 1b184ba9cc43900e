"""The clock an experiment is handed, and its delayed calls: they note all that they are asked to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from threading import current_thread, get_ident
from typing import Any, cast

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.task import CooperativeTask, LoopingCall
from zope.interface import implementer

from course_lib.lanes import Job
from course_lib.naming import PASSED_ON, Absent, name_of, shown
from course_lib.recorder import Recorder, record
from course_lib.timeline import Bar, Call

LONG = 1e6  # seconds; a due time later than that is not exact enough to tell from it when the call was made

REFUSED = {
    "run": "it is running already, in a thread of its own",
    "stop": "a reactor cannot be started twice, so no later cell could run; return a Deferred that fires to end early",
    "crash": "a reactor cannot be started twice, so no later cell could run; return a Deferred that fires to end early",
    "iterate": "it is running already, in a thread of its own",
}

# What a delayed call may be taken for: asyncio's own, a LoopingCall, a task, a Deferred. None of their ways is its way.
TAKEN_FOR = {
    "when",
    *(name for kind in (LoopingCall, CooperativeTask, Deferred) for name in dir(kind) if name[0] != "_"),
}
NOT_OF_A_CALL = "a delayed call has no '{}'. It has cancel, reset, delay, active and getTime."


class ExperimentError(Exception):
    """The experiment, or the way it was run, cannot work; the message says what to do instead."""


class RunIsOver(ExperimentError):
    """Something goes on after the end of its run, and asks for the clock that is no longer there."""


@implementer(IDelayedCall)
class RecordedCall:
    """A delayed call that notes what becomes of it. It runs in the reactor's thread and never raises there."""

    locals().update({name: Absent(NOT_OF_A_CALL) for name in TAKEN_FOR})

    # Set only when it comes to that: most of these never do, and there are many calls.
    _ran: float | None = None
    _history: tuple[float, tuple[tuple[float, float], ...]] | None = None  # when it was made, and its moves
    _cleaned = False

    def __init__(self, recorder: Recorder, clock: Any, delay: float, func: Any, args: Any, kw: Any) -> None:
        self._recorder, self._delay = recorder, delay
        self.func, self.args, self.kw = func, args, kw
        self._job = job = recorder.job_for(func)
        frames, calls = recorder.frames, recorder.calls
        self.by = frames[-1][0] if frames else job.lane  # outside of all frames it is a LoopingCall's next tick
        if delay > LONG:
            self._history = (recorder.now(), ())
        self._inner = clock.callLater(delay, self)  # on a reactor or a VirtualClock
        self._number = len(calls)
        calls.append(self)

    def __call__(self) -> None:
        """Run the callback and note it: what the clock calls."""
        recorder, job, failed = self._recorder, self._job, ""
        if recorder.over:
            return
        if job.f is not None and job.func.f is not job.f:
            job = self._look_again()
        # The tick of a traced LoopingCall is one bar, and noted as such: nothing is left to note around it.
        tick = job.grid is not None and not job.own_bar
        lane = job.lane
        self._ran = ran = recorder.seconds() - recorder.zero if tick else recorder.enter(lane)
        try:
            job.call(*self.args, **self.kw)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 the real reactor would log it and go on
            failed = recorder.catch(error)
        finally:
            if tick:
                ended = recorder.seconds() - recorder.zero
            else:
                inside = recorder.frames[-1][2]
                ended = recorder.leave()
                if job.own_bar:
                    failed = failed or job.failed
                    recorder.bars.append(record(Bar, (lane, ran, ended, failed, "")))
                elif job.adopts:
                    lane = lane or inside
            recorder.calls[self._number] = self._record(lane, ran, ended, None, failed)
            self._inner.func = None  # as cancel() does; the two would keep each other alive

    def _look_again(self) -> Job:
        """Look once more at a LoopingCall that calls another function than when this call was scheduled."""
        self._job = job = self._recorder.job_for(self.func)
        return job

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
            recorder, lane = self._recorder, self._job.lane
            recorder.calls[self._number] = self._record(lane, None, None, recorder.now(), "")

    def reset(self, secondsFromNow: float) -> None:
        """Make the call due that many seconds from now: IDelayedCall."""
        self._move("reset", secondsFromNow)

    def delay(self, secondsLater: float) -> None:
        """Make the call due that many seconds later than it was: IDelayedCall."""
        self._move("delay", secondsLater)

    def _move(self, method: str, amount: float) -> None:
        if not amount > -inf:  # NaN is not > -inf either
            msg = f"{method} was asked for a delay of {shown(amount)} s: a delay is a number of seconds."
            raise AssertionError(msg)
        if not self._cleaned:
            now, due = self._recorder.now(), self.getTime() - self._recorder.zero
            getattr(self._inner, method)(amount)
            made, moves = self._history or (due - self._delay, ())
            self._history = (made, (*moves, (now, due)))

    def disarm(self) -> None:
        """Make cancel, reset and delay do nothing from now on: the run is over and will clean up."""
        self._cleaned = True

    def clean(self) -> None:
        """Take the call off the clock because the run is over; its record says that it was still pending."""
        if self._inner.active():
            self._inner.cancel()

    def record(self) -> Call:
        """Make the frozen record of the call, as it stands."""
        settled, job = self._recorder.calls[self._number], self._job
        if settled.__class__ is Call:
            return settled
        if self._ran is None and job.f is not None and job.func.f is not job.f:
            job = self._look_again()
        return self._record(job.lane, self._ran, None, None, "")

    def _record(self, lane: str, ran: float | None, ended: float | None, cancelled: float | None, failed: str) -> Call:
        inner = self._inner
        due = inner.time + inner.delayed_time - self._recorder.zero
        made, moves = self._history or (due - self._delay, ())
        return record(Call, (lane, made, due, ran, ended, cancelled, moves, self.by, self._job.grid, failed))

    @property
    def begun(self) -> bool:
        """Say whether the call has been made, or is being made."""
        return self._ran is not None

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


PASSED_ON[RecordedCall] = "func"


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
            what = f"callLater({shown(delay)}, {name_of(callable)})"
            msg = f"{what}: this clock's run is over; start a new one with run()."
            raise RunIsOver(msg)
        return RecordedCall(recorder, self._clock, delay, callable, args, kw)

    def getDelayedCalls(self) -> Sequence[IDelayedCall]:
        """List the calls of this run that are still to come: IReactorTime."""
        return [cast("IDelayedCall", call) for call in self._recorder.pending()]

    def __getattr__(self, name: str) -> Any:
        if name in REFUSED:
            msg = f"an experiment may not call {name}() on the reactor: {REFUSED[name]}."
            raise ExperimentError(msg)
        if "_clock" not in vars(self):  # copy.copy asks before there is anything to copy
            raise AttributeError(name)
        return getattr(self._clock, name)


def _wrong_thread() -> str:
    return (
        f"callLater was called in {current_thread().name}, but a reactor's methods belong to the reactor's own thread."
        " From another thread use clock.callFromThread(f): it asks the reactor to call f."
    )
