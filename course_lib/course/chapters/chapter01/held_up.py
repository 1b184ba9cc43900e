"""Exercise 01-2: a call that blocks, and the timers that are due meanwhile."""

from __future__ import annotations

from typing import Any

from course_lib.course.parts import blocking, nothing
from course_lib.exercises.check import Experiment, Mistake, Prediction, Scenario


def held_up(a: float, c: float, begin: float, block: float) -> Experiment:
    """Timers are due at `a` and `c`; B begins at `begin` and blocks for `block` seconds; predict when they run."""

    def timers(clock: Any, timeline: Any) -> None:
        clock.callLater(a, timeline.traced(nothing, name="A"))
        clock.callLater(begin, blocking(timeline, "B", block))
        clock.callLater(c, timeline.traced(nothing, name="C"))

    return timers


CHECK = Prediction(
    (
        Scenario({"a": 0.5, "c": 0.75, "begin": 0.25, "block": 1}, {"A": [1.25], "C": [1.25]}, until=2.5),
        Scenario({"a": 0.2, "c": 0.6, "begin": 0.4, "block": 0.5}, {"A": [0.2], "C": [0.9]}, until=2, hidden=True),
        Scenario({"a": 1.5, "c": 0.45, "begin": 0.4, "block": 0.5}, {"A": [1.5], "C": [0.9]}, until=2, hidden=True),
    ),
    (
        Mistake(
            "M29",
            "You let a timer run while B held the reactor.",
            "B has the reactor from {begin} s on, for {block} s. What can run meanwhile?",
            lanes=({"A": [0.5]}, {"C": [0.6]}, {"C": [0.45]}),
        ),
        Mistake(
            "M3",
            "You let the wait of C begin anew when the block was over.",
            "A block makes a due call late. Does it change when the call was due?",
            lanes=({"C": [2]}, {"C": [1.5]}, {"C": [1.35]}),
        ),
        Mistake(
            "M29",
            "You let the waits stand still during the block.",
            "Does the time go on while B has the reactor?",
            lanes=({"C": [1.75]}, {"C": [1.1]}, {"C": [0.95]}),
        ),
        Mistake(
            "M29",
            "You made A wait for a block that did not concern it.",
            "Who has the reactor at {a} s, when A is due?",
            lanes=({}, {"A": [0.9], "C": [0.9]}, {"A": [0.9], "C": [0.9]}),
        ),
        Mistake(
            "M2",
            "You let a timer that was held up never run.",
            "A LoopingCall skips what it has missed. Does a callLater?",
            when=lambda attempt: not attempt.got.bars_of("A") or not attempt.got.bars_of("C"),
        ),
    ),
    {"": "{lane}"},
    truth=held_up,
)
