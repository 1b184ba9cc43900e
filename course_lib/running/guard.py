"""One guard around every run: what an experiment meets, what it leaves, and what nobody handled; all as before afterwards."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import RLock, Thread, get_ident
from typing import Any

from twisted.python import threadable

from course_lib.errors import ExperimentError
from course_lib.running.lifecycle import Lifecycle
from course_lib.running.stand_ins import stand_ins
from course_lib.running.surroundings import Surroundings
from course_lib.running.unhandled import unhandled_errors

_one_run = RLock()


class NoAnswer(ExperimentError):
    """The reactor does not answer: something holds it."""


@contextmanager
def guard(
    life: Lifecycle, ask: Callable[[Callable[[Any], Any]], Any], sleep: Callable[[float], object] | None = None
) -> Iterator[list[str]]:
    """Guard a run and yield its notes; at the end undo what it has left, then raise what the experiment raised.

    `ask` calls a function with the real reactor in that one's thread. `sleep` is given for a run in virtual time, which
    is on in the calling thread; any other is on in the reactor's.
    """
    with suppress(StopIteration), unhandled_errors() as unhandled:  # no generator may raise one: timeline() does
        before, thread = ask(lambda reactor: (Surroundings(reactor), get_ident()))
        begun: list[Thread] = []
        try:
            with stand_ins(life.experiment, get_ident() if sleep else thread, sleep) as begun:
                yield life.notes
        finally:
            if not isinstance(sys.exception(), NoAnswer):  # or who would clean?
                life.notes += ask(lambda reactor: before.clean(reactor, begun))
        life.raise_error()
        something_failed = life.close()
        gc.collect(0)  # what this run has left behind: little, and none of it is to speak up later
        if unhandled or something_failed:
            gc.collect()  # now, so that what else nobody handled is told here and not in some later cell
    life.notes += dict.fromkeys(unhandled)


@contextmanager
def one_run() -> Iterator[None]:
    """Refuse a run while one is on in another thread: each would take the other's work for its own and end it."""
    if threadable.isInIOThread():  # within an experiment on the reactor
        yield
        return
    if not _one_run.acquire(blocking=False):
        msg = "a run is on already, in another thread, and there is one reactor for both. Begin this one when that is over."
        raise ExperimentError(msg)
    try:
        yield
    finally:
        _one_run.release()
