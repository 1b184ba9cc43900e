"""Errors in Deferreds that nobody handles: said in a run's notes, not on stderr in some later cell."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from inspect import CO_COROUTINE, CO_GENERATOR
from traceback import walk_tb
from types import FrameType
from typing import Any

from twisted.internet import defer
from twisted.internet.defer import CancelledError, FirstError
from twisted.internet.task import SchedulerError
from twisted.python.failure import Failure

from course_lib.errors import ExperimentError
from course_lib.recording.calls import RunIsOver
from course_lib.running.lifecycle import explained
from course_lib.running.stand_ins import was_kept
from course_lib.words import in_a_line

# What taking an experiment off the clock brings about is not its fault; nor is what goes on when its run is over.
OURS = (CancelledError, SchedulerError, RunIsOver)

_runs: list[list[str]] = []  # the notes of each run that is on, the innermost last


@contextmanager
def unhandled_errors() -> Iterator[list[str]]:
    """Collect, in sentences, the errors of Deferreds that are dropped without an errback.

    An error that leaves the block takes the sentences along.
    """
    _install()
    told: list[str] = []
    _runs.append(told)
    try:
        yield told
    except BaseException as error:
        _let_go(error)
        gc.collect()
        for sentence in dict.fromkeys(told):
            error.add_note(sentence)
        raise
    finally:
        _runs[:] = [run for run in _runs if run is not told]  # a live run may end within another one's block


class Unhandled:
    """A Twisted log observer that takes what Deferreds log during a run, and passes on what they log otherwise."""

    def __init__(self, observer: Any) -> None:
        self._observer = observer
        self._heading: Any = None

    def __call__(self, event: Any) -> None:
        """Note an error, or pass it on with its heading, "Unhandled error in Deferred:", which comes just before."""
        failure = event.get("log_failure")
        if failure is None:
            self._heading = event
            return
        heading, self._heading = self._heading, None
        error = failure.value
        if isinstance(error, FirstError):  # of gatherResults
            error = error.subFailure.value
        if isinstance(error, OURS):
            return
        if _runs:
            _runs[-1].append(_sentence(failure, explained(error)))
            return
        for e in filter(None, (heading, event)):
            self._observer(e)


def _sentence(failure: Failure, error: BaseException) -> str:
    if isinstance(error, ExperimentError):
        return str(error)
    if was_kept(failure):
        return (
            f"an error that gatherResults or a DeferredList passed on stayed in its own Deferred too: {in_a_line(error)}."
            " Write consumeErrors=True."
        )
    return f"nobody handled an error: {in_a_line(error)}. Return its Deferred, or add an errback."


def _let_go(error: BaseException) -> None:
    """Clear the locals of a traceback, as unittest's assertRaises does, and of the callers of its frames.

    The cell's error outlives the run: the Deferreds among them would speak up when the next error takes its place.
    """
    seen = set()
    for frame, _ in walk_tb(error.__traceback__):
        caller: FrameType | None = frame
        while caller is not None and caller not in seen:
            seen.add(caller)
            if caller is frame or not caller.f_code.co_flags & (CO_COROUTINE | CO_GENERATOR):  # which may go on
                with suppress(RuntimeError):  # it is running
                    caller.clear()
            caller = caller.f_back


def _install() -> None:
    logger: Any = defer.log
    if not isinstance(logger.observer, Unhandled):
        logger.observer = Unhandled(logger.observer)
