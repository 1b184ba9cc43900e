"""One run of an experiment from its first instant to a clean clock; the same on a reactor and in virtual time."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from types import TracebackType
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from course_lib.errors import ExperimentError
from course_lib.recording.calls import RecordingClock
from course_lib.recording.recorder import Recorder
from course_lib.recording.tracing import Tracer
from course_lib.running.stand_ins import ASYNCIO
from course_lib.timeline.timeline import Timeline
from course_lib.words import in_a_line, name_of, shown

ASYNCIO_COMPLAINTS = {
    "no running event loop",
    "await wasn't used with future",
    "asyncio.run() cannot be called from a running event loop",
}


class Lifecycle:
    """Begin an experiment, end it at `until` seconds or when its Deferred fires, and leave nothing on the clock.

    `begin`, `inside`, `finish` and `so_far` run in the clock's own thread, the others when all is over or in any thread.
    `finished` is called once, when the clock is clean.
    """

    def __init__(
        self,
        experiment: Callable[..., Any],
        *,
        clock: Any,
        until: float,
        live: bool,
        sleep: Callable[[float], object],
        finished: Callable[[], object],
    ) -> None:
        self.experiment = experiment
        self.error: BaseException | None = None
        self.notes: list[str] = []  # on what was seen of it from outside
        self.over = False
        self.end, self.ended = until, "ended"
        self._recorder: Recorder | None = None
        self._clock, self._until, self._live = clock, until, live
        self._sleep, self._finished = sleep, finished
        self._deferred: Deferred[Any] | None = None
        self._timer: Any = None

    def begin(self) -> None:
        """Call the experiment, at what is from now on 0 seconds."""
        if self.over:  # interrupted before it began
            return
        recorder = Recorder(self._clock.seconds, name_of(self.experiment))
        self._timer = self._clock.callLater(self._until, self.finish)  # first, so that it is first among equals
        self._recorder = recorder
        recorder.enter("")
        try:
            result = self.experiment(RecordingClock(recorder, self._clock), Tracer(recorder, self._sleep))
            self._deferred = as_deferred(result, name_of(self.experiment))
        except BaseException as error:  # noqa: BLE001 whatever it is: the cell raises it, in the main thread
            self.error = error
        finally:
            recorder.leave()
        if self.error is not None:
            self.finish()
        elif self._deferred is not None:
            self._deferred.addCallbacks(lambda _: self.finish(), self._failed)

    def inside(self, f: Callable[[], object]) -> None:
        """Call f as if the experiment did; not before it has begun, nor when it is over."""
        if self.on:
            recorder = self._begun
            recorder.enter("")
            try:
                f()
            finally:
                recorder.leave()

    def finish(self, ended: str = "ended") -> None:
        """End the run and take everything off the clock; more than one call does no harm."""
        if self.over:
            return
        self.ended = ended
        self.over = True
        try:
            if self._recorder is not None:
                self._clean(self._recorder)
        finally:
            self._finished()

    @property
    def on(self) -> bool:
        """Say whether the experiment has begun and is not over."""
        return self._recorder is not None and not self.over

    @property
    def scheduled(self) -> int:
        """Count the calls that the experiment has scheduled."""
        return len(self._recorder.calls) if self._recorder else 0

    @property
    def holder(self) -> str:
        """Name who holds the reactor now."""
        return (self._recorder.lane if self._recorder else "") or "the experiment"

    def ran_since(self, before: float) -> list[str]:
        """Name who has held the reactor since a time on the clock."""
        if self._recorder is None:
            return []
        holds = self.so_far().holds
        since = [hold for hold in holds if hold.end > before - self._recorder.zero] or holds[-1:]  # of no length, then
        return list(dict.fromkeys(hold.lane or name_of(self.experiment) for hold in since))

    def so_far(self) -> Timeline:
        """Make the record up to now."""
        now = min(self._begun.now(), self._until)
        return self._begun.timeline(until=self._until, end=now, live=self._live, ended="now")

    def timeline(self) -> Timeline:
        """Return the record of the run that is over, or raise the StopIteration that ended it: the guard cannot."""
        if isinstance(self.error, StopIteration):
            raise self.error
        return replace(self._whole, notes=(*self._whole.notes, *self.notes))

    def raise_error(self) -> None:
        """Raise what the experiment raised, if it did, with the notes; nothing of the run hangs on its traceback."""
        if self.error is not None:
            self.error = explained(self.error)
            for note in self.notes:
                self.error.add_note(note)
            self._let_go()
            raise self.error

    def close(self) -> bool:
        """Keep of the run that is over its record only, and say whether anything in that has failed."""
        if self._recorder is None:  # interrupted before it began
            return False
        whole = self._whole
        self._let_go()
        return any(bar.failed for bar in whole.bars) or any(call.failed for call in whole.calls)

    def _let_go(self) -> None:
        """Let go of all that hangs on the run's calls, or an error in it that nobody handles would be told in a later run."""
        self._recorder = self._deferred = None

    @cached_property
    def _whole(self) -> Timeline:
        return self._begun.timeline(until=self._until, end=self.end, live=self._live, ended=self.ended)

    @property
    def _begun(self) -> Recorder:
        assert self._recorder is not None
        return self._recorder

    def _clean(self, recorder: Recorder) -> None:
        reached_until = self._timer.called
        self.end = self._until if reached_until else min(recorder.now(), self._until)
        recorder.over = True
        pending = recorder.pending()
        for call in pending:
            call.disarm()
        waits_in_vain = reached_until and self._deferred is not None and not self._deferred.called
        if waits_in_vain and not pending:
            recorder.notes.append("nothing was scheduled any more, and yet the experiment's Deferred had not fired")
        self._cancel_deferred(recorder)
        for call in pending:
            call.clean()
        if self._timer.active():
            self._timer.cancel()

    def _cancel_deferred(self, recorder: Recorder) -> None:
        if self._deferred is None:
            return
        try:
            self._deferred.cancel()  # its CancelledError ends in _failed
        except Exception as error:  # noqa: BLE001 the canceller is the learner's, and may raise anything
            recorder.notes.append(f"the experiment's Deferred could not be cancelled: {in_a_line(error)}")

    def _failed(self, failure: Failure) -> None:
        if self.over:
            return
        error: Any = failure.value
        self.error = error.with_traceback(failure.tb) if isinstance(failure.tb, TracebackType) else error
        self.finish()


def as_deferred(result: Any, name: str) -> Deferred[Any] | None:
    """Take what an experiment may return, as task.react's main may: a Deferred, a coroutine, or None."""
    if result is None or isinstance(result, Deferred):
        return result
    if inspect.iscoroutine(result):
        return Deferred.fromCoroutine(result)
    cure = (
        "Decorate it with inlineCallbacks, or write async def."
        if inspect.isgenerator(result)
        else "Leave the return out."
    )
    msg = f"{name} returned {shown(result)}: an experiment returns a Deferred, a coroutine or None. {cure}"
    raise ExperimentError(msg)


def explained(error: BaseException) -> BaseException:
    """Put a sentence in place of an error whose own words would not help: asyncio's, in a Twisted experiment."""
    if isinstance(error, RuntimeError) and str(error) in ASYNCIO_COMPLAINTS:
        explanation = ExperimentError(ASYNCIO).with_traceback(error.__traceback__)
        explanation.__cause__ = error
        return explanation
    return error
