"""An experiment on the real reactor that no cell waits for: it goes on between the cells, one at a time."""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import ExitStack
from threading import Event
from time import sleep
from typing import Any, TypeVar

from twisted.python import threadable

from course_lib.lifecycle import Lifecycle
from course_lib.surroundings import Surroundings, unstoppable
from course_lib.timeline import Timeline
from course_lib.unhandled import unhandled_errors

T = TypeVar("T")


class LiveRun:
    """One experiment on the real reactor, for at most `until` seconds; `ended` is called when its clock is clean.

    Begun, asked and ended from the kernel's thread, which never waits for the experiment; `ended`, and what is done
    inside it, run in the reactor's.
    """

    def __init__(self, experiment: Callable[..., Any], *, until: float, ended: Callable[[], object]) -> None:
        self._experiment, self._until, self._ended = experiment, until, ended
        self._life: Lifecycle
        self._around = ExitStack()
        self._over = Event()
        self._notes: list[str] = []

    @property
    def on(self) -> bool:
        """Say whether the experiment is on the reactor."""
        return self in _now_live

    @property
    def over(self) -> bool:
        """Say whether the run has ended and its clock is clean."""
        return self._over.is_set()

    def begin(self) -> None:
        """Begin the experiment, when the one before it has been ended."""
        from course_lib.realtime import in_reactor, reactor, start_reactor  # loads crochet and the reactor

        end_live_run()
        start_reactor()
        self._life = Lifecycle(self._experiment, clock=reactor, until=self._until, sleep=sleep, finished=self._clean)
        self._reactor = reactor
        _now_live.append(self)
        in_reactor(self._begin)

    def inside(self, f: Callable[[], object]) -> None:
        """Ask the reactor to call f, unless the run is over by then; whatever f does is noted as the experiment's own."""
        self._reactor.callFromThread(self._inside, f)

    def end(self) -> None:
        """End the run, if it is not over, and wait until its clock is clean."""
        from course_lib.realtime import in_reactor

        in_reactor(lambda: self._life.finish("ended by hand"))

    def so_far(self) -> Timeline:
        """Make the record up to now, in the reactor's thread; once the run is over, the whole, from any thread.

        Raises what the experiment raised.
        """
        recorder = self._life.recorder
        if self.over or recorder is None:
            return self._life.timeline(live=True, notes=())
        return recorder.timeline(until=self._until, end=min(recorder.now(), self._until), live=True, ended="now")

    def _begin(self) -> None:
        self._notes = self._around.enter_context(unhandled_errors())
        self._before = Surroundings(self._reactor)
        self._around.enter_context(unstoppable(self._reactor))
        self._life.begin()

    def _inside(self, f: Callable[[], object]) -> None:
        recorder = self._life.recorder
        if self._life.over or recorder is None:
            return
        recorder.enter("")
        try:
            f()
        finally:
            recorder.leave()

    def _clean(self) -> None:
        """Undo what the experiment left past its clock, and take down what is to be said of it."""
        said = self._before.clean(self._reactor)
        gc.collect()  # what nobody handled is to be told now, not in some later cell
        self._around.close()
        if self._life.recorder is not None:
            self._life.recorder.notes.extend([*said, *dict.fromkeys(self._notes)])
        _now_live.remove(self)
        self._over.set()
        self._ended()


_now_live: list[LiveRun] = []  # one at most


def end_live_run(*_: object) -> None:
    """End the experiment that is live, if there is one: two would disturb each other, and each other's times."""
    if not threadable.isInIOThread():  # within an experiment, of which there is none but the live one
        for run in list(_now_live):
            run.end()
