"""Exercise 04-1: a loop that is stopped and started again."""

from __future__ import annotations

from typing import Any

from twisted.internet.task import LoopingCall, deferLater

from course_lib.course.parts import nothing
from course_lib.exercises.check import Experiment, Mistake, Prediction, Scenario


def new_grid(interval: float, stop: float, start: float, now: bool, until: float) -> Experiment:  # noqa: ARG001
    """A loop is stopped, and later started with or without a call at once; predict its calls before `until`."""

    async def restarted(clock: Any, timeline: Any) -> None:
        loop = LoopingCall(timeline.traced(nothing, name="loop"))
        loop.clock = clock
        over = loop.start(interval)
        await deferLater(clock, stop)
        timeline.mark("stop()")
        loop.stop()
        await over
        await deferLater(clock, start - stop)
        timeline.mark(f"start({interval}, now={now})")
        await loop.start(interval, now=now)

    return restarted


CHECK = Prediction(
    (
        Scenario(
            {"interval": 1, "stop": 1.5, "start": 3.25, "now": False, "until": 6.5},
            {"loop": [0, 1, 4.25, 5.25, 6.25]},
            until=6.5,
        ),
        Scenario(
            {"interval": 0.75, "stop": 1.6, "start": 3.1, "now": True, "until": 5.2},
            {"loop": [0, 0.75, 1.5, 3.1, 3.85, 4.6]},
            until=5.2,
            hidden=True,
        ),
        Scenario(
            {"interval": 2, "stop": 2.5, "start": 3.25, "now": False, "until": 8},
            {"loop": [0, 2, 5.25, 7.25]},
            until=8,
            hidden=True,
        ),
    ),
    (
        Mistake(
            "M59",
            "You let the loop come back to the grid of its first start.",
            "From when on does a loop count its interval, and who remembers the first start when the second comes?",
            lanes=({"loop": [0, 1, 4, 5, 6]}, {"loop": [0, 0.75, 1.5, 3.75, 4.5]}, {"loop": [0, 2, 4, 6]}),
        ),
        Mistake(
            "M59",
            "You let the wait that was stopped at {stop} s go on with what was left of it.",
            "What becomes of the call that the loop had asked for, when the loop is stopped?",
            lanes=({"loop": [0, 1, 3.75, 4.75, 5.75]}, {}, {"loop": [0, 2, 4.75, 6.75]}),
        ),
        Mistake(
            "M1",
            "You let the second `start` make a call at once, although now={now}.",
            "What does `start` do before it returns, and when does it leave that out?",
            lanes=({"loop": [0, 1, 3.25, 4.25, 5.25, 6.25]},),
        ),
        Mistake(
            "M1",
            "You let the second `start` wait for an interval, although now={now}.",
            "What does `start` do before it returns, and when does it leave that out?",
            lanes=({}, {"loop": [0, 0.75, 1.5, 3.85, 4.6]}),
        ),
    ),
    {"": "tick {k}"},
    truth=new_grid,
)
