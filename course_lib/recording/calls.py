"""The clock an experiment is handed, and its delayed calls: they note all that they are asked to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from threading import current_thread, get_ident
from typing import Any, cast

from twisted.internet.defer import Deferred
from twisted.internet.error import AlreadyCalled
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.task import CooperativeTask, LoopingCall
from zope.interface import implementer

from course_lib.errors import REFUSED, ExperimentError
from course_lib.recording.lanes import Job
from course_lib.recording.recorder import Recorder, record
from course_lib.timeline.records import Bar, Call
from course_lib.words import PASSED_ON, Absent, name_of, shown

LONG = 1e6  # seconds; a due time later than that is not exact enough to tell from it when the call was made


# What a delayed call may be taken for: asyncio's own, a LoopingCall, a task, a Deferred. None of their ways is its way.
TAKEN_FOR = {
    "when",
    *(name for kind in (LoopingCall, CooperativeTask, Deferred) for name in dir(kind) if name[0] != "_"),
}
NOT_OF_A_CALL = "a delayed call has no '{}'. It has cancel, reset, delay, active and getTime."

History = tuple[
    float, tuple[tuple[float, float], ...]
]  # when a call was made; when it was moved, and from which due time


class RunIsOver(ExperimentError):
    """Something goes on after the end of its run, and asks for the clock that is no longer there."""


@implementer(IDelayedCall)
class RecordedCall:
    """A delayed call that notes what becomes of it. It runs in the reactor's thread and never raises there."""

    locals().update({name: Absent(NOT_OF_A_CALL) for name in TAKEN_FOR})

    __slots__ = (
        "_cancelled", "_cleaned", "_delay", "_due", "_ended", "_failed", "_history", "_inner", "_job", "_ran", "_recorder",
        "args", "by", "func", "kw",
    )  # fmt: skip

    def __init__(self, recorder: Recorder, clock: Any, delay: float, func: Any, args: Any, kw: Any) -> None:
        self._recorder, self._delay = recorder, delay
        self.func, self.args, self.kw = func, args, kw
        self._job = job = recorder.job_for(func)
        frames = recorder.frames
        self.by: str = frames[-1][0] if frames else job.lane  # outside of all frames it is a LoopingCall's next tick
        self._ran: float | None = None
        self._cancelled: float | None = None
        self._cleaned = False
        # When it was made and how it was moved, if that is not to be told from its due time.
        self._history: History | None = (recorder.now(), ()) if delay > LONG else None
        self._inner = clock.callLater(delay, self)  # on a reactor or a VirtualClock; None once it has been made
        recorder.calls.append(self)

    def __call__(self) -> None:
        """Run the callback and note it: what the clock calls."""
        recorder, job, inner, failed = self._recorder, self._job, self._inner, ""
        if recorder.over:
            return
        if job.f is not None and job.func.f is not job.f:
            job = self._look_again()
        # The tick of a traced LoopingCall is one bar, and noted as such: nothing is left to note around it.
        tick = job.grid is not None and not job.own_bar
        self._due = inner.time + inner.delayed_time - recorder.zero
        self._ran = ran = recorder.seconds() - recorder.zero if tick else recorder.enter(job.lane)
        self._ended = None
        try:
            job.call(*self.args, **self.kw)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 the real reactor would log it and go on
            failed = recorder.catch(error)
        finally:
            if tick:
                self._ended = recorder.seconds() - recorder.zero
            else:
                inside = recorder.frames[-1][2]
                self._ended = ended = recorder.leave()
                if job.own_bar:
                    failed = failed or job.failed
                    recorder.bars.append(record(Bar, (job.lane, ran, ended, failed, "")))
                elif job.adopts and not job.lane:
                    job.lane = inside
            self._failed = failed
            self._inner = self.func = self.args = self.kw = None  # what it was given is let go of

    def _look_again(self) -> Job:
        """Look once more at a LoopingCall that calls another function than when this call was scheduled."""
        self._job = job = self._recorder.job_for(self.func)
        return job

    def getTime(self) -> float:
        """Return the time at which the call is due, in seconds on its clock: IDelayedCall."""
        return float(self._inner.getTime() if self._inner is not None else self._due + self._recorder.zero)

    def active(self) -> bool:
        """Say whether the call is still to come: IDelayedCall."""
        return self._inner is not None and bool(self._inner.active())

    def cancel(self) -> None:
        """Unschedule the call: IDelayedCall. After the run has been cleaned up it does nothing."""
        if self._is_open():
            self._inner.cancel()
            self._cancelled = self._recorder.now()
            self.func = self.args = self.kw = None

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
        if self._is_open():
            now, due = self._recorder.now(), self.getTime() - self._recorder.zero
            getattr(self._inner, method)(amount)
            made, moves = self._history or (due - self._delay, ())
            self._history = (made, (*moves, (now, due)))

    def _is_open(self) -> bool:
        """Say whether the call can be changed, or is one that the end of the run has cleaned up; raise if it has been made."""
        if self._inner is None:
            raise AlreadyCalled
        return not self._cleaned

    def disarm(self) -> None:
        """Make cancel, reset and delay do nothing from now on: the run is over and will clean up."""
        self._cleaned = True

    def clean(self) -> None:
        """Take the call off the clock because the run is over; its record says that it was still pending."""
        if self._inner.active():
            self._inner.cancel()

    @property
    def begun(self) -> bool:
        """Say whether the call has been made, or is being made."""
        return self._ran is not None

    def record(self) -> Call:
        """Make the frozen record of the call, as it stands."""
        job, ran, inner = self._job, self._ran, self._inner
        if ran is None:
            ended, failed, due = None, "", inner.time + inner.delayed_time - self._recorder.zero
            if job.f is not None and job.func.f is not job.f:
                job = self._look_again()
        else:
            ended, failed, due = self._ended, self._failed if inner is None else "", self._due
        made, moves = self._history or (due - self._delay, ())
        return record(Call, (job.lane, made, due, ran, ended, self._cancelled, moves, self.by, job.grid, failed))

    @property
    def called(self) -> int:
        """Say whether the call was made, as DelayedCall does."""
        return int(self._inner is None or self._inner.called)

    @property
    def cancelled(self) -> int:
        """Say whether the call was cancelled, as DelayedCall does."""
        return int(self._cancelled is not None)

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
