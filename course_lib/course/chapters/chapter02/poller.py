"""Exercise 02-7: a test for a poller, which is to fail pollers that are broken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock, LoopingCall

from course_lib.course.parts import nothing
from course_lib.exercises.check import Attempt, Experiment, Mistake, Program, Scenario


class Poller:
    """Calls `f` at once, and then every `interval` seconds, until it is stopped; it leaves nothing on the clock."""

    def __init__(self, clock: Any, interval: float, f: Callable[[], Any]) -> None:
        self.interval = interval
        self.loop = LoopingCall(f)
        self.loop.clock = clock

    def start(self) -> Deferred[Any]:
        """Begin to poll; the Deferred fires when the poller is stopped."""
        return self.loop.start(self.interval)

    def stop(self) -> None:
        """Poll no more."""
        self.loop.stop()


class WaitsFirst(Poller):
    """Broken: its first poll comes an interval late."""

    def start(self) -> Deferred[Any]:
        """Begin to poll in a while."""
        return self.loop.start(self.interval, now=False)


class NeverStops(Poller):
    """Broken: it cannot be stopped."""

    def stop(self) -> None:
        """Do nothing."""


class OwnClock(Poller):
    """Broken: after its first poll it waits for a clock that is not the one it was given."""

    def start(self) -> Deferred[Any]:
        """Begin to poll, once."""
        self.loop.clock = Clock()
        return self.loop.start(self.interval)


class LeavesACall(Poller):
    """Broken: it polls no more when it is stopped, but its loop goes on."""

    def __init__(self, clock: Any, interval: float, f: Callable[[], Any]) -> None:
        self.stopped = False
        super().__init__(clock, interval, lambda: None if self.stopped else f())

    def stop(self) -> None:
        """Let the loop run idle."""
        self.stopped = True


class OwnInterval(Poller):
    """Broken: it polls every second, whatever it is told."""

    def start(self) -> Deferred[Any]:
        """Begin to poll every second."""
        return self.loop.start(1)


RIGHT, WAITS, ENDLESS = "is right", "waits first", "never stops"
CLOCK, CALL, SECOND = "other clock", "leaves a call", "every second"
POLLERS: dict[str, type[Poller]] = {
    RIGHT: Poller, WAITS: WaitsFirst, ENDLESS: NeverStops, CLOCK: OwnClock, CALL: LeavesACall, SECOND: OwnInterval
}  # fmt: skip


def tested(answer: Callable[..., Any], pollers: Sequence[str]) -> Experiment:
    """One poller after the other is tested, one a second; a bar is a test that failed."""

    def experiment(clock: Any, timeline: Any) -> None:
        fails = {name: timeline.traced(nothing, name=name) for name in pollers}

        def test(name: str) -> None:
            try:
                answer(POLLERS[name])
            except AssertionError:
                fails[name]()

        for k, name in enumerate(pollers):
            clock.callLater(k, test, name)

    return experiment


def passes(name: str) -> Callable[[Attempt], bool]:
    """Ask whether a poller was tried and passed."""
    return lambda attempt: name in attempt.given["pollers"] and not attempt.got.times(name)


CHECK = Program(
    (
        Scenario({"pollers": [RIGHT, WAITS, ENDLESS]}, {RIGHT: [], WAITS: [1], ENDLESS: [2]}, until=3.5),
        Scenario(
            {"pollers": [CLOCK, CALL, SECOND]},
            {CLOCK: [0], CALL: [1], SECOND: [2]},
            until=3.5,
            hidden=True,
            words="three others",
        ),
    ),
    (
        Mistake(
            "M1",
            "Your test fails the poller that is right.",
            "Which polls does a right one make at the start, and then in each of your steps? What becomes of a tick in a long step?",
            when=lambda attempt: bool(attempt.got.times(RIGHT)),
        ),
        Mistake(
            "M1",
            "Your test passes a poller that waits before its first poll.",
            "What must have happened before your clock has moved at all?",
            when=passes(WAITS),
        ),
        Mistake(
            "M45",
            "Your test passes a poller that never stops.",
            "How would you notice, after `stop()`, that something is still to come?",
            when=passes(ENDLESS),
        ),
        Mistake(
            "M20",
            "Your test passes a poller that sits on another clock: after its first poll, your `Clock` does not move it.",
            "Does your test look again when an interval has gone by?",
            when=passes(CLOCK),
        ),
        Mistake(
            "M45",
            "Your test passes a poller that polls no more after `stop()`, and yet leaves a call on the clock.",
            "Which method of a `Clock` tells you what is still to come?",
            when=passes(CALL),
        ),
    ),
    {"": 'the failure of "{lane}"'},
    experiment=tested,
    takes=("Poller",),
)
