"""The crochet side of run(): one experiment on the real reactor, while the calling thread waits."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from time import monotonic, sleep
from typing import Any, TypeVar

import crochet
from twisted.internet import reactor as installed
from twisted.python import threadable

from course_lib.interrupts import interrupts_held
from course_lib.lifecycle import Lifecycle
from course_lib.recording import ExperimentError
from course_lib.surroundings import Surroundings, unstoppable
from course_lib.timeline import Timeline, seconds

T = TypeVar("T")
GRACE = 10.0  # seconds after which a reactor that does not answer is held for good
reactor: Any = installed


def run_on_reactor(experiment: Callable[..., Any], until: float) -> Timeline:
    """Run an experiment on the real reactor for at most `until` seconds, and wait for it.

    Kernel → Interrupt ends it: the reactor is cleaned, then one KeyboardInterrupt is raised, however often
    it was pressed.
    """
    over = Event()
    life = Lifecycle(
        experiment, clock=reactor, until=until, sleep=sleep, finished=lambda: reactor.callFromThread(over.set)
    )
    with interrupts_held(lambda: reactor.callFromThread(life.finish)) as presses:
        start_reactor()
        before = in_reactor(lambda: Surroundings(reactor))
        with unstoppable(reactor):
            reactor.callFromThread(life.begin)
            _wait(over, life, until, presses)
            said = in_reactor(lambda: before.clean(reactor))
    return life.timeline(live=True, notes=said)


def start_reactor() -> None:
    """Run the reactor in its thread, if it does not run yet; say so when it no longer can."""
    if reactor._startedBefore and reactor._stopped:
        msg = "this kernel's reactor has been stopped, and no reactor starts twice. Restart the kernel (Kernel → Restart)."
        raise ExperimentError(msg)
    if threadable.isInIOThread():
        msg = "run() was called inside an experiment, in the reactor's own thread. Call run() from a cell."
        raise ExperimentError(msg)
    crochet.setup()


def in_reactor(f: Callable[[], T]) -> T:
    """Call f in the reactor's thread and return its result; say so when the reactor does not answer."""
    try:
        return crochet.run_in_reactor(f)().wait(GRACE)
    except crochet.TimeoutError:
        msg = f"the reactor has not answered for {seconds(GRACE)}: something holds it. Restart the kernel (Kernel → Restart)."
        raise ExperimentError(msg) from None


def _wait(over: Event, life: Lifecycle, until: float, presses: list[float]) -> None:
    """Wait until the run is over; give up on a reactor that somebody holds long after the run's end."""
    due = monotonic() + until
    while not over.wait(0.1):
        should_end = min([due, *presses[:1]])
        if monotonic() > should_end + GRACE:
            held_by = (life.recorder.lane if life.recorder else "") or "the experiment"
            when = "when interrupted" if should_end < due else f"at {seconds(until)}"
            msg = (
                f"{held_by} holds the reactor: the run should have ended {when}, and {seconds(GRACE)} later the reactor"
                " still does not answer. Look for a loop without end, then restart the kernel (Kernel → Restart)."
            )
            raise ExperimentError(msg)
