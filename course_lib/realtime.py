"""The crochet side of run(): one experiment on the real reactor, while the calling thread waits."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, current_thread, main_thread
from time import monotonic, sleep
from typing import Any, TypeVar

import crochet
from twisted.internet import reactor as installed

from course_lib.lifecycle import Lifecycle
from course_lib.recording import ExperimentError
from course_lib.surroundings import Surroundings
from course_lib.timeline import Timeline, seconds

T = TypeVar("T")
GRACE = 10  # seconds after which a reactor that does not answer is held for good
reactor: Any = installed


def run_on_reactor(experiment: Callable[..., Any], until: float) -> Timeline:
    """Run an experiment on the real reactor for at most `until` seconds, and wait for it.

    Kernel → Interrupt ends it: the reactor is cleaned, then one KeyboardInterrupt is raised, however often
    it was pressed.
    """
    start_reactor()
    over = Event()
    life = Lifecycle(
        experiment, clock=reactor, until=until, sleep=sleep, finished=lambda: reactor.callFromThread(over.set)
    )
    with _interrupts_held(lambda: reactor.callFromThread(life.finish)) as presses:
        before = in_reactor(lambda: Surroundings(reactor))
        reactor.callFromThread(life.begin)
        _wait(over, life, until, presses)
        said = in_reactor(lambda: before.clean(reactor))
    if presses:
        raise KeyboardInterrupt
    assert life.recorder is not None
    life.recorder.notes.extend(said)
    return life.timeline(live=True)


def start_reactor() -> None:
    """Run the reactor in its thread, if it does not run yet; say so when it no longer can."""
    if installed._startedBefore and installed._stopped:  # type: ignore[attr-defined]
        msg = "this kernel's reactor has been stopped, and no reactor starts twice. Restart the kernel (Kernel → Restart)."
        raise ExperimentError(msg)
    if getattr(reactor, "_reactorThread", None) is current_thread() or current_thread().name == "CrochetReactor":
        msg = "run() was called inside an experiment, in the reactor's own thread. Call run() from a cell."
        raise ExperimentError(msg)
    crochet.setup()


def in_reactor(f: Callable[[], T]) -> T:
    """Call f in the reactor's thread and return its result; say so when the reactor does not answer."""
    try:
        return crochet.run_in_reactor(f)().wait(GRACE)  # type: ignore[no-any-return]
    except crochet.TimeoutError:
        msg = f"the reactor has not answered for {GRACE} s: something holds it. Restart the kernel (Kernel → Restart)."
        raise ExperimentError(msg) from None


def _wait(over: Event, life: Lifecycle, until: float, presses: list[float]) -> None:
    """Wait until the run is over; give up on a reactor that somebody holds long after the run's end."""
    start = monotonic()
    while not over.wait(0.1):
        last_chance = (presses[-1] if presses else start + until) + GRACE
        if monotonic() > last_chance:
            held_by = (life.recorder.lane if life.recorder else "") or "the experiment"
            msg = (
                f"{held_by} holds the reactor: it should have ended at {seconds(until)}, and {GRACE} s later the reactor"
                " still does not answer. Look for a loop without end, then restart the kernel (Kernel → Restart)."
            )
            raise ExperimentError(msg)


@contextmanager
def _interrupts_held(pressed: Callable[[], object]) -> Iterator[list[float]]:
    """Note each SIGINT instead of raising KeyboardInterrupt, which would leave the reactor's timers running."""
    presses: list[float] = []
    if current_thread() is not main_thread():
        yield presses  # only the main thread is ever interrupted
        return

    def note(number: int, frame: object) -> None:
        presses.append(monotonic())
        pressed()

    before = signal.signal(signal.SIGINT, note)
    try:
        yield presses
    finally:
        signal.signal(signal.SIGINT, before)
