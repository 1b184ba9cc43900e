"""Exercise 02-3: what a loop's start does before it returns, and what it leaves to a later turn."""

from __future__ import annotations

from typing import Any

from twisted.internet.task import LoopingCall

from course_lib.course.parts import blocking
from course_lib.exercises.check import Experiment, Lanes, Mistake, Order, Scenario

EACH = 0.1


def four_lines(now: bool) -> Experiment:
    """Four jobs of 0.1 s: two lines of the program, a callLater(0) and a loop that stops in its first call; predict their order."""

    def program(clock: Any, timeline: Any) -> None:
        first, last, later = (blocking(timeline, name, EACH) for name in ("first", "last", "later"))

        def tick() -> None:
            timeline.block(EACH)
            loop.stop()

        loop = LoopingCall(timeline.traced(tick))
        loop.clock = clock
        first()
        clock.callLater(0, later)
        loop.start(0.2, now=now)
        last()

    return program


def in_places(*names: str) -> Lanes:
    """Write an order of jobs as lanes."""
    return {name: [(k / 10, (k + 1) / 10)] for k, name in enumerate(names)}


CHECK = Order(
    (
        Scenario({"now": True}, in_places("first", "tick", "last", "later"), until=0.5),
        Scenario({"now": False}, in_places("first", "last", "later", "tick"), until=0.5, hidden=True),
    ),
    (
        Mistake(
            "M47",
            "You let `callLater` call at once, because its delay is 0.",
            "A delay of 0 s means the next turn. Whose turn is it until the program has come to its end?",
            lanes=(in_places("first", "later", "tick", "last"), in_places("first", "later", "last", "tick")),
        ),
        Mistake(
            "M1",
            "You let the loop wait before its first call.",
            "Which argument of `start` asks for such a wait, and what is its value here?",
            lanes=(in_places("first", "last", "later", "tick"),),
        ),
        Mistake(
            "M1",
            "You let `start` return before it had made the first call.",
            "Does `start` ask the clock for the first call, or does it make the call itself?",
            lanes=(in_places("first", "last", "tick", "later"),),
        ),
        Mistake(
            "M1",
            "You let the first call be inside `start`, although `now` is false.",
            "What does `start` do with its first call if it is told `now=False`?",
            lanes=({}, in_places("first", "tick", "last", "later")),
        ),
        Mistake(
            "M47",
            "You let the reactor in between two lines of the program.",
            "When does the reactor get back the control that it gave to the program?",
            lanes=(in_places("first", "tick", "later", "last"),),
        ),
        Mistake(
            "M47",
            "You let the loop come before `later`, although both are left to the clock.",
            "Each of the two was noted down for a time. For which time?",
            lanes=({}, in_places("first", "last", "tick", "later")),
        ),
    ),
    truth=four_lines,
    each=EACH,
)
