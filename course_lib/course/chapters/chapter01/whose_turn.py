"""Exercise 01-3: who has control, the program or the reactor."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import maybeDeferred
from twisted.internet.task import deferLater

from course_lib.course.parts import blocking
from course_lib.exercises.check import Experiment, Lanes, Mistake, Order, Scenario


def whose_turn(later: bool) -> Experiment:
    """Four jobs of 0.1 s around a Deferred that fires later or has fired already; predict their order."""

    def program(clock: Any, timeline: Any) -> None:
        result, next_line, callback, last_line = (
            blocking(timeline, name, 0.1) for name in ("result", "next line", "callback", "last line")
        )
        d = deferLater(clock, 0, result) if later else maybeDeferred(result)
        next_line()
        d.addCallback(lambda _: callback())
        last_line()

    return program


def in_places(*names: str) -> Lanes:
    """Write an order of jobs of 0.1 s as lanes."""
    return {name: [(k / 10, (k + 1) / 10)] for k, name in enumerate(names)}


CHECK = Order(
    (
        Scenario({"later": True}, in_places("next line", "last line", "result", "callback"), until=0.5),
        Scenario({"later": False}, in_places("result", "next line", "callback", "last line"), until=0.5, hidden=True),
    ),
    (
        Mistake(
            "M47",
            "You let the result come before the next line of the program.",
            "A delay of 0 s means the next turn. Whose turn is it until the program has reached its end?",
            lanes=(in_places("result", "next line", "callback", "last line"),),
        ),
        Mistake(
            "M47",
            "You let addCallback call the callback.",
            "What would it be called with, as long as there is no result?",
            lanes=(in_places("next line", "callback", "last line", "result"),),
        ),
        Mistake(
            "M25",
            "You let the reactor in between two lines of the program.",
            "When does the reactor get back the control that it gave to the program?",
            lanes=(in_places("next line", "result", "callback", "last line"),),
        ),
        Mistake(
            "M47",
            "You let the callback wait, although the result was there.",
            "When addCallback is called on a Deferred that has fired, what is there to wait for?",
            lanes=({}, in_places("result", "next line", "last line", "callback")),
        ),
    ),
    truth=whose_turn,
)
