"""Exercise 05-1: a loop whose job takes another time in each run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from twisted.internet.task import LoopingCall

from course_lib.exercises.check import Experiment, Mistake, Prediction, Scenario


def uneven(interval: float, lengths: Sequence[float]) -> Experiment:
    """A loop's job blocks for `lengths[0]` seconds, then for `lengths[1]` …, and then stops; predict when each run begins."""

    def experiment(clock: Any, timeline: Any) -> Any:
        left = list(lengths)

        def job() -> None:
            timeline.block(left.pop(0))
            if not left:
                loop.stop()

        loop = LoopingCall(timeline.traced(job))
        loop.clock = clock
        return loop.start(interval)

    return experiment


CHECK = Prediction(
    (
        Scenario({"interval": 1, "lengths": [0.4, 2.5, 0.4, 1.7, 0.4]}, {"job": [0, 1, 4, 5, 7]}, until=9.5),
        Scenario({"interval": 1, "lengths": [2, 0.5, 1, 3, 0.2]}, {"job": [0, 3, 4, 6, 10]}, until=12, hidden=True),
        Scenario(
            {"interval": 0.75, "lengths": [0.25, 1, 0.6, 2, 0.1]}, {"job": [0, 0.75, 2.25, 3, 5.25]}, 9, hidden=True
        ),
    ),
    (
        Mistake(
            "M3",
            "You added the interval to the end of each run.",
            "Which one instant does the loop count its intervals from?",
            lanes=({"job": [0, 1.4, 4.9, 6.3, 9]},),
        ),
        Mistake(
            "M2",
            "You made up for the points of the grid that had passed.",
            "When a run has ended, does the loop look back at the points it has missed, or only at what is to come?",
            lanes=({"job": [0, 1, 3.5, 3.9, 5.6]},),
        ),
        Mistake(
            "M2",
            "You let the loop run again in the instant in which a long run ended.",
            "That is what happens when somebody *else* holds the reactor. Was any call waiting while the job itself ran?",
            lanes=({"job": [0, 1, 3.5, 4, 5.7]},),
        ),
        Mistake(
            "M3",
            "You let the grid begin anew in the instant in which a long run ended.",
            "Was any call waiting at that instant? And which one instant does the loop count its intervals from?",
            lanes=({"job": [0, 1, 3.5, 4.5, 6.2]},),
        ),
        Mistake(
            "M4",
            "You let a run begin before the one in front of it had ended.",
            "The second run takes {lengths[1]} s. Who has the reactor until then?",
            lanes=({"job": [0, 1, 2, 3, 4]},),
        ),
        Mistake(
            "M60",
            "You gave a run the point of the grid at which the one before it ended.",
            "The loop looks for a point that is still in front of it. Is the present instant in front of it?",
            lanes=({}, {"job": [0, 2, 3, 4, 7]}),
        ),
    ),
    {"": "run {k}"},
    truth=uneven,
)
