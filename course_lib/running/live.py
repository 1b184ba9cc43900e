"""An experiment on the real reactor that no cell waits for: it goes on between the cells, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from threading import Event
from time import sleep
from typing import Any

from twisted.python import threadable

from course_lib.running.guard import guard, one_run
from course_lib.running.lifecycle import Lifecycle
from course_lib.running.prints import Prints, kept_prints
from course_lib.timeline.timeline import Timeline


class LiveRun:
    """One experiment on the real reactor, for at most `until` seconds; `ended` is called when its clock is clean.

    Begun, asked and ended from the kernel's thread, which never waits for the experiment; `ended`, and what is done
    inside it, run in the reactor's.
    """

    def __init__(self, experiment: Callable[..., Any], *, until: float, ended: Callable[[], object]) -> None:
        self._experiment, self._until, self._ended = experiment, until, ended
        self._life: Lifecycle
        self.prints = Prints()  # of the reactor's thread: no cell is there to show them
        self._around: ExitStack
        self._over = Event()

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
        from course_lib.running.real import in_reactor, reactor, start_reactor  # loads crochet and the reactor

        with one_run():
            end_live_run()
            start_reactor()
            self._reactor = reactor
            self._life = Lifecycle(
                self._experiment, clock=reactor, until=self._until, live=True, sleep=sleep, finished=self._clean
            )
            in_reactor(self._begin)

    def inside(self, f: Callable[[], object]) -> None:
        """Ask the reactor to call f, unless the run is over by then; whatever f does is noted as the experiment's own."""
        self._reactor.callFromThread(self._life.inside, f)

    def end(self) -> None:
        """End the run, if it is not over, and wait until its clock is clean."""
        from course_lib.running.real import in_reactor

        in_reactor(lambda: self._life.finish("ended by hand"))

    def so_far(self) -> Timeline:
        """Make the record up to now, in the reactor's thread; once the run is over, the whole, from any thread.

        Raises what the experiment raised.
        """
        if not self.over:
            return self._life.so_far()
        if self._life.error is not None:
            raise self._life.error
        return self._life.timeline()

    def _begin(self) -> None:
        with ExitStack() as around:
            around.enter_context(kept_prints(self.prints))
            around.enter_context(guard(self._life, lambda f: f(self._reactor)))
            self._around = around.pop_all()
        _now_live.append(self)
        self._life.begin()

    def _clean(self) -> None:
        """Undo what the experiment left past its clock; whatever comes of it, the run is over and the next one can begin."""
        try:
            self._around.close()
        except BaseException as error:  # noqa: BLE001 what the experiment raised: told by so_far, in the kernel's thread
            self._life.error = error
        finally:
            _now_live.remove(self)
            self._over.set()
            self._ended()


_now_live: list[LiveRun] = []  # one at most


def end_live_run(*_: object) -> None:
    """End the experiment that is live, if there is one: two would disturb each other, and each other's times."""
    if not threadable.isInIOThread():  # within an experiment, of which there is none but the live one
        for run in list(_now_live):
            run.end()
