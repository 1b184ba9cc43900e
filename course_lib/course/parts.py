"""Parts that the experiments of several exercises are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall

from course_lib.timeline.records import Hold
from course_lib.timeline.timeline import Timeline


def nothing() -> None:
    """Do nothing: to be traced."""


def heartbeat(clock: Any, timeline: Any, interval: float = 0.25) -> Deferred[Any]:
    """Start the heartbeat that is in every picture of the course."""
    loop = LoopingCall(timeline.traced(nothing, name="heartbeat"))
    loop.clock = clock
    return loop.start(interval)


def failing_with(result: Any) -> Deferred[Any]:
    """Return a Deferred that fails when what the learner's code returned fails, and else never fires.

    `result` may be anything: a Deferred, a coroutine, None.
    """
    done: Deferred[Any] = Deferred()
    if hasattr(result, "send"):
        result = Deferred.fromCoroutine(result)
    if isinstance(result, Deferred):
        result.addErrback(done.errback)
    return done


def blocking(timeline: Any, name: str, seconds: float) -> Callable[[], None]:
    """Make a traced job that holds the reactor for so many seconds."""

    def job() -> None:
        timeline.block(seconds)

    traced: Callable[[], None] = timeline.traced(job, name=name)
    return traced


def holds(timeline: Timeline, longer_than: float = 0.05) -> list[Hold]:
    """List the stretches of time in which somebody held the reactor for longer than that, in seconds."""
    return [hold for hold in timeline.holds if hold.end - hold.start > longer_than]
