"""Exercise 02-2: a delayed call that is moved while it waits."""

from __future__ import annotations

from typing import Any

from course_lib.course.parts import nothing
from course_lib.exercises.check import Experiment, Mistake, Prediction, Scenario

Changes = list[tuple[float, str, float]]


def moved(delay: float, changes: Changes) -> Experiment:
    """Make a call `delay` seconds from the start, and move it at the times that `changes` says; predict when it runs."""

    def moves(clock: Any, timeline: Any) -> None:
        call = clock.callLater(delay, timeline.traced(nothing, name="call"))

        def change(what: str, seconds: float) -> None:
            if call.active():
                getattr(call, what)(seconds)

        for at, what, seconds in changes:
            clock.callLater(at, change, what, seconds)

    return moves


CHECK = Prediction(
    (
        Scenario({"delay": 5, "changes": [(1, "reset", 3), (2, "delay", 4)]}, {"call": [8]}, until=13),
        Scenario({"delay": 4, "changes": [(1, "delay", 2), (3, "reset", 2.5)]}, {"call": [5.5]}, until=13, hidden=True),
        Scenario({"delay": 2, "changes": [(1, "reset", 2), (4, "delay", 3)]}, {"call": [3]}, until=13, hidden=True),
    ),
    (
        Mistake(
            "M26",
            "You counted the seconds of `call.delay` from the time at which it was called.",
            "To what does `call.delay` add its seconds, if not to the time on the clock?",
            lanes=({"call": [6]}, {"call": [3]}),
        ),
        Mistake(
            "M26",
            "You took the seconds of `reset` as a time on the clock.",
            "`reset` is told how many seconds are still to pass. Counted from when?",
            lanes=({"call": [7]}, {"call": [2.5]}),
        ),
        Mistake(
            "M26",
            "You added the seconds of `reset` to the old due time.",
            "One of the two methods adds to the due time, the other one forgets it. Which is which?",
            lanes=({"call": [12]}, {"call": [8.5]}),
        ),
        Mistake(
            "M26",
            "You counted a change from the due time that the call had at first.",
            "At 1 s the call got a new due time. Which one does the next change find?",
            lanes=({"call": [9]},),
        ),
        Mistake(
            "M26",
            "You moved a call that had run already.",
            "When the last change came, was the call still active?",
            lanes=({}, {}, {"call": [6]}),
        ),
    ),
    {"": "the {lane}"},
    truth=moved,
)
