"""Virtual time and recording, against Twisted's own clock, a bare heap, and a bare reactor."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator
from statistics import median
from time import thread_time
from typing import Any

from twisted.internet.task import Clock, LoopingCall

from course_lib import VirtualClock, run
from course_lib.tools.benchmarks.measure import Row, ratio


def rows() -> Iterator[Row]:
    """Measure the rows of the clock and of the recording."""
    few, many = random_times(10_000), random_times(100_000)
    slower = ratio(lambda: one_by_one(Clock(), few), lambda: step_through(few), rounds=1)
    yield Row("VirtualClock, 1e4 one-shot timers", "task.Clock (how many times faster)", slower, 100, at_least=True)
    at_few = ratio(lambda: step_through(few), lambda: bare_heap(few), rounds=15)
    at_many = ratio(lambda: step_through(many), lambda: bare_heap(many), rounds=7)
    yield Row("VirtualClock, 1e4 one-shot timers", "a bare heapq loop", at_few, 5)
    yield Row("VirtualClock, 1e5 one-shot timers", "a bare heapq loop", at_many, 5)
    yield Row("the ratio at 1e5", "the ratio at 1e4", at_many / at_few, 1.3)
    yield Row("recorded and traced run, 1e5 ticks", "the same loop on a bare task.Clock", ratio(traced, untraced), 2.2)
    yield Row("a recorded call's life on the reactor", "raw callLater", recording_costs(), 3.5, unit="µs")


def random_times(number: int) -> list[float]:
    """Make due times, in seconds, ten a second."""
    source = random.Random(number)
    return [source.random() * number / 10 for _ in range(number)]


def nothing() -> None:
    """Do nothing: what every timer here calls."""


def one_by_one(clock: Clock, times: list[float]) -> None:
    """Schedule all and leap over them."""
    for t in times:
        clock.callLater(t, nothing)
    clock.advance(max(times) + 1)


def step_through(times: list[float]) -> None:
    """Schedule all and go from due time to due time."""
    clock = VirtualClock()
    for t in times:
        clock.callLater(t, nothing)
    while clock.step():
        pass


def bare_heap(times: list[float]) -> None:
    """Do the same with nothing but a heap: the limit."""
    heap: list[tuple[float, int, Callable[[], None]]] = []
    for number, t in enumerate(times):
        heapq.heappush(heap, (t, number, nothing))
    while heap:
        heapq.heappop(heap)[2]()


def untraced(ticks: int = 100_000) -> None:
    """Tick on Twisted's test clock."""
    clock = Clock()
    loop = LoopingCall(nothing)
    loop.clock = clock
    loop.start(0.25)
    for _ in range(ticks):
        clock.advance(0.25)


def traced(ticks: int = 100_000) -> None:
    """Tick under run(), traced."""

    def ticking(clock: Any, timeline: Any) -> Any:
        loop = LoopingCall(timeline.traced(nothing))
        loop.clock = clock
        return loop.start(0.25)

    run(ticking, clock=VirtualClock(), until=0.25 * ticks)


def recording_costs(calls: int = 2_000, rounds: int = 9) -> float:
    """Return how many microseconds recording adds to scheduling and running one call on the real reactor."""
    from twisted.internet import reactor

    seconds: dict[bool, list[float]] = {True: [], False: []}

    def chained(clock: Any, recorded: bool) -> None:
        start = thread_time()

        def link(left: int) -> None:
            if left:
                clock.callLater(0, link, left - 1)
            else:
                seconds[recorded].append(thread_time() - start)

        clock.callLater(0, link, calls)

    for _ in range(rounds):
        run(lambda clock, timeline: chained(clock, True), clock=reactor, until=0.5)
        run(lambda clock, timeline: chained(reactor, False), clock=reactor, until=0.5)
    return 1e6 * (median(seconds[True]) - median(seconds[False])) / calls
