"""Exercise 01-1: three jobs that wait at the same time."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from course_lib.exercises.check import Attempt, Experiment, Mistake, Prediction, Scenario


def three_waits(a: float, b: float, c: float) -> Experiment:
    """Three jobs wait on the loop, each from 0 on; predict when each begins and ends."""

    def jobs(clock: Any, timeline: Any) -> None:
        async def job(seconds: float) -> None:
            await deferLater(clock, seconds)

        for name, seconds in zip("ABC", (a, b, c), strict=True):
            Deferred.fromCoroutine(timeline.traced(job, name=name)(seconds))

    return jobs


def begins_late(attempt: Attempt) -> bool:
    """Say whether each job begins when its wait should be over."""
    return [attempt.got.times(name)[:1] for name in "ABC"] == [[wait] for wait in attempt.given.values()]


CHECK = Prediction(
    (
        Scenario({"a": 1, "b": 0.5, "c": 1.5}, {"A": [0, 1], "B": [0, 0.5], "C": [0, 1.5]}, until=3.25),
        Scenario({"a": 2, "b": 2, "c": 0.25}, {"A": [0, 2], "B": [0, 2], "C": [0, 0.25]}, until=4.5, hidden=True),
    ),
    (
        Mistake(
            "M29",
            "You let B begin when A had ended.",
            "Who holds the reactor while A waits? Look at the reactor's lane.",
            lanes=({"A": [0, 1], "B": [1, 1.5], "C": [1.5, 3]}, {"A": [0, 2], "B": [2, 4], "C": [4, 4.25]}),
        ),
        Mistake(
            "M4",
            "You let all three wait for the slowest.",
            "Is there anything in this program that joins the three jobs?",
            lanes=({lane: [0, 1.5] for lane in "ABC"}, {lane: [0, 2] for lane in "ABC"}),
        ),
        Mistake(
            "M47",
            "You let a job begin when its wait is over.",
            "It is the job that asks for its wait. Can it ask before it has begun?",
            when=begins_late,
        ),
    ),
    {"": ("the begin of {lane}", "the end of {lane}", "event {k} of {lane}")},
    truth=three_waits,
)
