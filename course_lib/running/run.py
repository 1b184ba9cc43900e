"""run(): an experiment is a function of a clock; run it in virtual time or on the real reactor."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from twisted.python import threadable

from course_lib.clock import VirtualClock
from course_lib.errors import ExperimentError, Runaway
from course_lib.recording.calls import RecordingClock
from course_lib.running.guard import guard, one_run
from course_lib.running.interrupts import interrupts_held
from course_lib.running.lifecycle import Lifecycle
from course_lib.running.live import end_live_run
from course_lib.running.stopwatch import Stopwatch
from course_lib.running.surroundings import installed_reactor
from course_lib.timeline.timeline import Timeline
from course_lib.timeline.times import as_seconds
from course_lib.words import name_of, shown

MOST_CALLS = 1_000_000  # scheduled in one virtual run; more would fill the memory
MOST_SLOW = 3  # notes on who took real time


def run(experiment: Callable[..., Any], *, clock: Any, until: float) -> Timeline:
    """Run an experiment and return the Timeline of what it did, which shows itself as a timing diagram.

    `experiment(clock, timeline)` is handed a clock to pass on to Twisted, and a timeline with `traced`, `mark` and
    `block`. It returns what task.react's main may return: a Deferred, a coroutine or None. With
    `clock=VirtualClock()` it is over at once and exact; with `clock=reactor` it takes real time. It ends at `until`
    seconds (what is due then does not run any more), or when its Deferred fires.

    Raises what the experiment itself raises, or its Deferred fails with; ExperimentError for a wrong use. Leaves
    nothing on the clock.

    >>> def heartbeat(clock, timeline):
    ...     clock.callLater(1, timeline.mark, "beat")
    >>> run(heartbeat, clock=VirtualClock(), until=3)
    heartbeat: virtual time, one character is 0.05 s
             0         0.5       1         1.5       2         2.5       3 s
    reactor  |                   |
    mark     beat at 1
    """
    _check_clock(clock)
    _check_experiment(experiment)
    until = _check_until(until)
    with one_run():
        end_live_run()
        if isinstance(clock, VirtualClock):
            with _garbage_left_lying():
                return _run_in_virtual_time(experiment, clock, until)
        from course_lib.running.real import run_on_reactor  # loads crochet and the reactor

        return run_on_reactor(experiment, until)


def _check_clock(clock: Any) -> None:
    if isinstance(clock, RecordingClock):
        msg = "run() was called inside an experiment, with that experiment's clock. Call run() from a cell."
        raise ExperimentError(msg)
    if not isinstance(clock, VirtualClock) and (clock is None or clock is not installed_reactor()):
        msg = f"run() was given clock={shown(clock)}: it takes clock=VirtualClock(), or clock=reactor, Twisted's own."
        raise ExperimentError(msg)


def _check_experiment(experiment: Callable[..., Any]) -> None:
    if not callable(experiment):
        if inspect.iscoroutine(experiment):
            experiment.close()  # or Python warns that it was never awaited
        msg = (
            f"run() was given {shown(experiment)}: it takes the experiment itself, run(heartbeat, …), not heartbeat(…)."
        )
        raise ExperimentError(msg)
    try:
        signature = inspect.signature(experiment)
    except ValueError:  # a builtin that does not tell
        return
    try:
        signature.bind(None, None)
    except TypeError as error:
        name = name_of(experiment)
        msg = f"{name}{signature} cannot be called with (clock, timeline): {error}. Write def {name}(clock, timeline)."
        raise ExperimentError(msg) from None


def _check_until(until: float) -> float:
    seconds = as_seconds(until)
    if seconds is None or seconds <= 0:
        msg = f"run() was given until={shown(until)}: it takes a number of seconds, more than 0."
        raise ExperimentError(msg)
    return seconds


def _run_in_virtual_time(experiment: Callable[..., Any], clock: VirtualClock, until: float) -> Timeline:
    def sleep(seconds: float) -> None:
        clock.rightNow += seconds

    def pressed() -> None:
        if life.on:  # neither before the experiment nor while it is cleaned up
            raise KeyboardInterrupt

    life = Lifecycle(experiment, clock=clock, until=until, live=False, sleep=sleep, finished=lambda: None)
    with interrupts_held(pressed) as presses, guard(life, _in_its_thread, sleep):
        _step_through(life, clock, presses)
    return life.timeline()


def _step_through(life: Lifecycle, clock: VirtualClock, presses: list[float]) -> None:
    """Begin the experiment and go from due time to due time until it is over; whatever happens, leave the clock clean."""
    first = clock.callLater(0, life.begin)
    stopwatch = Stopwatch()
    slow: dict[str, None] = {}
    try:
        while not life.over and not presses:  # the KeyboardInterrupt of a press may have been caught by a Deferred
            before = clock.rightNow
            clock.step()
            if stopwatch.lap() and len(slow) < MOST_SLOW:
                slow.setdefault(_took_real_time(life.ran_since(before)))
            if life.scheduled > MOST_CALLS:
                raise Runaway(f"the experiment has scheduled more than {MOST_CALLS:,} calls: give it an end.")
    except BaseException as error:  # noqa: BLE001 Runaway, or a press: raised when all is clean
        life.error = error
    finally:
        life.notes += slow
        life.finish()
        if first.active():
            first.cancel()


def _took_real_time(who: list[str]) -> str:
    return (
        f"{' or '.join(who) or 'something'} took real time, of which virtual time knows nothing: on the reactor all else"
        " would have waited. Let timeline.block(seconds) stand for it, or run it with clock=reactor."
    )


@contextmanager
def _garbage_left_lying() -> Iterator[None]:
    """Let no garbage collection fall into a run: it would go through all records again and again."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _in_its_thread(f: Callable[[Any], Any]) -> Any:
    """Call f with the real reactor, in its own thread if it runs; with None if nothing has imported it yet."""
    reactor = installed_reactor()
    if reactor is None or not reactor.running:
        return f(reactor)
    if threadable.isInIOThread():
        return f(None)  # within an experiment on the reactor, whose own run will look
    from course_lib.running.real import in_reactor

    return in_reactor(lambda: f(reactor))
