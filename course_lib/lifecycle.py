"""One run of an experiment from its first instant to a clean clock; the same on a reactor and in virtual time."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from course_lib.naming import name_of, shown
from course_lib.recorder import Recorder, in_a_line
from course_lib.recording import ExperimentError, RecordingClock
from course_lib.timeline import Timeline
from course_lib.tracing import Tracer

ASYNCIO_COMPLAINTS = {"no running event loop", "await wasn't used with future"}


class Lifecycle:
    """Begin an experiment, end it at `until` seconds or when its Deferred fires, and leave nothing on the clock.

    All methods but `timeline` run in the clock's own thread. `finished` is called once, when all is clean.
    """

    def __init__(
        self,
        experiment: Callable[..., Any],
        *,
        clock: Any,
        until: float,
        sleep: Callable[[float], object],
        finished: Callable[[], object],
    ) -> None:
        self.error: BaseException | None = None
        self.over = False
        self.end, self.ended = until, "ended"
        self.recorder: Recorder | None = None
        self._experiment, self._clock, self._until = experiment, clock, until
        self._sleep, self._finished = sleep, finished
        self._deferred: Deferred[Any] | None = None
        self._timer: Any = None

    def begin(self) -> None:
        """Call the experiment, at what is from now on 0 seconds."""
        if self.over:  # interrupted before it began
            return
        recorder = Recorder(self._clock.seconds, name_of(self._experiment))
        self._timer = self._clock.callLater(self._until, self.finish)  # first, so that it is first among equals
        self.recorder = recorder
        recorder.enter("")
        try:
            result = self._experiment(RecordingClock(recorder, self._clock), Tracer(recorder, self._sleep))
            self._deferred = as_deferred(result, name_of(self._experiment))
        except BaseException as error:  # noqa: BLE001 whatever it is: the cell raises it, in the main thread
            self.error = error
        finally:
            recorder.leave()
        if self.error is not None:
            self.finish()
        elif self._deferred is not None:
            self._deferred.addCallbacks(lambda _: self.finish(), self._failed)

    def finish(self, ended: str = "ended") -> None:
        """End the run and take everything off the clock; more than one call does no harm."""
        if self.over:
            return
        self.ended = ended
        self.over = True
        try:
            if self.recorder is not None:
                self._clean(self.recorder)
        finally:
            self._finished()

    def timeline(self, *, live: bool, notes: Iterable[str]) -> Timeline:
        """Return the record of the run that is over, with more notes, or raise what the experiment raised."""
        if self.error is not None:
            error = explained(self.error)
            for note in notes:
                error.add_note(note)
            raise error
        assert self.recorder is not None
        self.recorder.notes.extend(notes)
        return self.recorder.timeline(until=self._until, end=self.end, live=live, ended=self.ended)

    def _clean(self, recorder: Recorder) -> None:
        reached_until = self._timer.called
        self.end = self._until if reached_until else min(recorder.now(), self._until)
        recorder.over = True
        pending = [call for call in recorder.calls if call.active()]
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
        msg = "an experiment cannot await what is asyncio's: its time is the clock's. Write await deferLater(clock, 1)."
        explanation = ExperimentError(msg).with_traceback(error.__traceback__)
        explanation.__cause__ = error
        return explanation
    return error
