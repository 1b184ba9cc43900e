"""run(): an experiment is a function of a clock; run it in virtual time or on the real reactor."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from math import isfinite
from typing import Any, cast

from course_lib.clock import Runaway, VirtualClock
from course_lib.lifecycle import Lifecycle
from course_lib.naming import name_of
from course_lib.recording import ExperimentError
from course_lib.surroundings import Surroundings, installed_reactor
from course_lib.timeline import Timeline

MOST_CALLS = 1_000_000  # scheduled in one virtual run; more would fill the memory


def run(experiment: Callable[..., Any], *, clock: Any, until: float) -> Timeline:
    """Run an experiment and return the Timeline of what it did, which shows itself as a timing diagram.

    `experiment(clock, timeline)` is handed a clock to pass on to Twisted, and a timeline with `traced`, `mark` and
    `block`. It returns what task.react's main may return: a Deferred, a coroutine or None. With
    `clock=VirtualClock()` it is over at once and exact; with `clock=reactor` it takes real time. It ends at `until`
    seconds (what is due then does not run any more), or when its Deferred fires.

    Raises what the experiment itself raises, or its Deferred fails with; ExperimentError for a wrong use. Leaves
    nothing on the clock.

    >>> run(heartbeat, clock=VirtualClock(), until=3)
    """
    _check(experiment, until)
    if isinstance(clock, VirtualClock):
        return _run_in_virtual_time(experiment, clock, until)
    if not hasattr(clock, "callFromThread"):
        msg = f"run() was given clock={clock!r}: it takes clock=VirtualClock(), or clock=reactor, Twisted's own."
        raise ExperimentError(msg)
    from course_lib.realtime import run_on_reactor  # loads crochet and the reactor

    return run_on_reactor(experiment, until)


def _check(experiment: Callable[..., Any], until: float) -> None:
    if not callable(experiment):
        msg = f"run() was given {experiment!r}: it takes the experiment itself, run(heartbeat, …), not heartbeat(…)."
        raise ExperimentError(msg)
    try:
        inspect.signature(experiment).bind(None, None)
    except TypeError as error:
        msg = (
            f"{name_of(experiment)}{inspect.signature(experiment)} cannot be called with (clock, timeline): {error}."
            f" Write def {name_of(experiment)}(clock, timeline)."
        )
        raise ExperimentError(msg) from None
    if not (isinstance(until, int | float) and isfinite(until) and until > 0):
        msg = f"run() was given until={until!r}: it takes a number of seconds, more than 0."
        raise ExperimentError(msg)


def _run_in_virtual_time(experiment: Callable[..., Any], clock: VirtualClock, until: float) -> Timeline:
    def sleep(seconds: float) -> None:
        clock.rightNow += seconds

    over: list[bool] = []
    life = Lifecycle(experiment, clock=clock, until=until, sleep=sleep, finished=lambda: over.append(True))
    before = cast("Surroundings", _in_its_thread(Surroundings))
    clock.callLater(0, life.begin)
    try:
        while not over:
            clock.step()
            if life.recorder is not None and len(life.recorder.calls) > MOST_CALLS:
                raise Runaway(f"{name_of(experiment)} has scheduled more than {MOST_CALLS:,} calls: give it an end.")
    finally:
        life.finish()
        said = _in_its_thread(before.clean)
    assert life.recorder is not None
    life.recorder.notes.extend(said)
    return life.timeline(live=False)


def _in_its_thread(f: Callable[[Any], Any]) -> Any:
    """Call f with the real reactor (None if there is none yet), in its own thread if it runs."""
    reactor = installed_reactor()
    if reactor is None or not reactor.running:
        return f(reactor)
    from course_lib.realtime import in_reactor

    return in_reactor(lambda: f(reactor))
