"""The same work given to others that make time, or wait for it: SimPy, trio's MockClock, asyncio, time.sleep."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator, Iterator
from statistics import median
from typing import Any

import simpy
import trio
import trio.testing
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall

from course_lib import VirtualClock, run
from course_lib.tools.benchmarks.clocks import nothing, random_times, step_through, traced
from course_lib.tools.benchmarks.measure import Row, ratio

TICKS = 20_000
WAIT = 0.01  # seconds


def rows() -> Iterator[Row]:
    """Compare with peers; what has no bar is told for the reader to judge."""
    few = random_times(10_000)
    yield Row(
        "VirtualClock, 1e4 one-shot timers", "SimPy's timeouts", ratio(lambda: step_through(few), lambda: timeouts(few))
    )
    yield Row("the same", "trio's tasks on a MockClock", ratio(lambda: step_through(few), lambda: tasks(few), rounds=3))
    yield Row("one LoopingCall on a VirtualClock, 2e4 ticks", "a process of SimPy's", ratio(looping, process))
    yield Row(
        "the same, recorded and traced by run()", "a process of SimPy's, neither", ratio(lambda: traced(TICKS), process)
    )
    yield Row("the same", "a task of trio's on a MockClock", ratio(lambda: traced(TICKS), task))
    ours, asyncios, sleeps = lateness()
    yield Row("how late a recorded call is (median)", "asyncio's call_later", ours / asyncios)
    yield Row("the same", "time.sleep", ours / sleeps)
    yield Row("the same", "the clock on the wall", 1000 * ours, unit="ms")


def timeouts(times: list[float]) -> None:
    """Schedule all in SimPy's environment, and run it."""
    environment = simpy.Environment()
    for t in times:
        environment.timeout(t).callbacks.append(lambda _: nothing())
    environment.run()


def tasks(times: list[float]) -> None:
    """Let a task of trio's sleep until each of the times, on a clock that jumps ahead by itself."""

    async def sleeps(t: float) -> None:
        await trio.sleep(t)
        nothing()

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            for t in times:
                nursery.start_soon(sleeps, t)

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))


def looping() -> None:
    """Tick on a VirtualClock, with nothing noted."""
    clock = VirtualClock()
    loop = LoopingCall(nothing)
    loop.clock = clock
    loop.start(0.25)
    for _ in range(TICKS - 1):
        clock.step()


def process() -> None:
    """Tick in SimPy's environment."""
    environment = simpy.Environment()

    def ticking() -> Generator[Any, Any, Any]:
        while True:
            nothing()
            yield environment.timeout(0.25)

    environment.process(ticking())
    environment.run(until=0.25 * TICKS)


def task() -> None:
    """Tick in a task of trio's."""

    async def main() -> None:
        for _ in range(TICKS):
            nothing()
            await trio.sleep(0.25)

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))


def lateness(calls: int = 30, rounds: int = 5) -> tuple[float, float, float]:
    """Return by how many seconds each of three comes late that waits, again and again: ours, asyncio's, time.sleep."""
    found: tuple[list[float], ...] = ([], [], [])
    for _ in range(rounds):
        for late, measure in zip(found, (on_the_reactor, in_asyncio, asleep), strict=True):
            late += measure(calls)
    ours, asyncios, sleeps = map(median, found)
    return ours, asyncios, sleeps


def on_the_reactor(calls: int) -> list[float]:
    """Wait so many times with a recorded callLater."""
    from twisted.internet import reactor

    def waiting(clock: Any, timeline: Any) -> Deferred[None]:  # noqa: ARG001
        over: Deferred[None] = Deferred()

        def wait(left: int) -> None:
            if left:
                clock.callLater(WAIT, wait, left - 1)
            else:
                over.callback(None)

        wait(calls)
        return over

    return [call.ran - call.due for call in run(waiting, clock=reactor, until=60).calls if call.ran is not None]


def in_asyncio(calls: int) -> list[float]:
    """Wait so many times with asyncio's call_later."""

    async def waiting() -> list[float]:
        loop, late = asyncio.get_running_loop(), []

        def note(over: asyncio.Future[float], due: float) -> None:
            over.set_result(loop.time() - due)

        for _ in range(calls):
            over = loop.create_future()
            due = loop.time() + WAIT
            loop.call_at(due, note, over, due)
            late.append(await over)
        return late

    return asyncio.run(waiting())


def asleep(calls: int) -> list[float]:
    """Sleep so many times."""
    late = []
    for _ in range(calls):
        due = time.monotonic() + WAIT
        time.sleep(WAIT)
        late.append(time.monotonic() - due)
    return late
