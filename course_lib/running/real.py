"""The crochet side of run(): one experiment on the real reactor, while the calling thread waits."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from time import monotonic, sleep
from typing import Any, TypeVar

import crochet
from twisted.internet import reactor as installed
from twisted.python import threadable

from course_lib.errors import ExperimentError
from course_lib.running.guard import NoAnswer, guard
from course_lib.running.interrupts import interrupts_held
from course_lib.running.lifecycle import Lifecycle
from course_lib.running.stand_ins import real_time
from course_lib.timeline.timeline import Timeline
from course_lib.words import seconds

T = TypeVar("T")
GRACE = 10.0  # seconds after which a reactor that does not answer is held for good
LATE = 1.0  # seconds after which it is asked whether it answers, beside a thousandth of the run
LOST = (
    "the reactor did not call the end of this run when it was due, though it answers: the computer's clock was set"
    " back, or a call that is due at no time (NaN) stands in its way. It was ended a little later."
)
reactor: Any = installed


def run_on_reactor(experiment: Callable[..., Any], until: float) -> Timeline:
    """Run an experiment on the real reactor for at most `until` seconds, and wait for it.

    Kernel → Interrupt ends it: the reactor is cleaned, then one KeyboardInterrupt is raised, however often
    it was pressed.
    """
    over = Event()

    def finished() -> None:
        reactor.callFromThread(over.set)

    life = Lifecycle(experiment, clock=reactor, until=until, live=True, sleep=sleep, finished=finished)
    with real_time(), interrupts_held(lambda: reactor.callFromThread(life.finish)) as presses:
        start_reactor()
        with guard(life, lambda f: in_reactor(lambda: f(reactor))):
            reactor.callFromThread(life.begin)
            _wait(over, life, until, presses)
    return life.timeline()


def start_reactor() -> None:
    """Run the reactor in its thread, if it does not run yet; say so when it cannot."""
    if reactor._startedBefore and reactor._stopped:
        msg = "this kernel's reactor has been stopped, and no reactor starts twice. Restart the kernel (Kernel → Restart)."
        raise ExperimentError(msg)
    if threadable.isInIOThread():
        msg = "run() was called inside an experiment, in the reactor's own thread. Call run() from a cell."
        raise ExperimentError(msg)
    loop = getattr(reactor, "_asyncioEventloop", None)
    if loop is not None and loop.is_running() and not reactor.running:
        msg = (
            "the reactor that was installed sits on the notebook's own asyncio loop, which is running already. Restart"
            " the kernel (Kernel → Restart), and leave out asyncioreactor.install(), or give it a loop of its own:"
            " asyncioreactor.install(asyncio.new_event_loop())."
        )
        raise ExperimentError(msg)
    crochet.setup()


def in_reactor(f: Callable[[], T]) -> T:
    """Call f in the reactor's thread and return its result; say so when the reactor does not answer."""
    try:
        with real_time():
            return crochet.run_in_reactor(f)().wait(GRACE)
    except crochet.TimeoutError:
        msg = f"the reactor has not answered for {seconds(GRACE)}: something holds it. Restart the kernel (Kernel → Restart)."
        raise NoAnswer(msg) from None


def _wait(over: Event, life: Lifecycle, until: float, presses: list[float]) -> None:
    """Wait until the run is over; end it when only its end has been lost, give up when somebody holds the reactor."""
    due = monotonic() + until
    while not over.wait(0.1):
        should_end = min([due, *presses[:1]])
        late = monotonic() - should_end
        if late > LATE + until / 1000 and _answers() and _answers() and not life.over:  # what was due ran in between
            life.notes.append(LOST)
            reactor.callFromThread(life.finish)
        elif late > GRACE:
            when = "when interrupted" if should_end < due else f"at {seconds(until)}"
            msg = (
                f"{life.holder} holds the reactor: the run should have ended {when}, and {seconds(GRACE)} later the"
                " reactor still does not answer. Look for a loop without end, then restart the kernel (Kernel → Restart)."
            )
            raise NoAnswer(msg)


def _answers() -> bool:
    answered = Event()
    reactor.callFromThread(answered.set)
    return answered.wait(LATE)
