"""Exercise 02-1: three ways to ask for something in a few seconds, and when each is called."""

from __future__ import annotations

from typing import Any

from twisted.internet.task import LoopingCall

from course_lib.course.parts import nothing
from course_lib.exercises.check import Attempt, Experiment, Mistake, Prediction, Scenario

START, WAIT, LATER = "start", "now=False", "callLater"


def first_calls(seconds: float, until: float) -> Experiment:
    """Ask three times for a call in, or every, so many seconds; predict when each is called before `until`."""

    def asked(clock: Any, timeline: Any) -> None:
        now, wait = (LoopingCall(timeline.traced(nothing, name=name)) for name in (START, WAIT))
        now.clock = wait.clock = clock
        now.start(seconds)
        wait.start(seconds, now=False)
        clock.callLater(seconds, timeline.traced(nothing, name=LATER))
        for loop in (now, wait):
            clock.callLater(until, loop.stop)

    return asked


def repeats(attempt: Attempt) -> bool:
    """Say whether callLater calls more than once."""
    return len(attempt.got.bars_of(LATER)) > 1


CHECK = Prediction(
    (
        Scenario({"seconds": 1.5, "until": 5}, {START: [0, 1.5, 3, 4.5], WAIT: [1.5, 3, 4.5], LATER: [1.5]}, until=5.5),
        Scenario(
            {"seconds": 0.6, "until": 2.5},
            {START: [0, 0.6, 1.2, 1.8, 2.4], WAIT: [0.6, 1.2, 1.8, 2.4], LATER: [0.6]},
            until=2.75,
            hidden=True,
        ),
    ),
    (
        Mistake(
            "M1",
            "You let `start` wait before its first call.",
            "There is an argument of `start` that asks for the wait. Is it given in the first line?",
            when=lambda attempt: attempt.got.times(START)[:1] == [attempt.given["seconds"]],
        ),
        Mistake(
            "M1",
            "You let the second loop make its first call at once.",
            "It was told `now=False`. When is its first call, then?",
            when=lambda attempt: attempt.got.times(WAIT)[:1] == [0],
        ),
        Mistake(
            "M1",
            "You let the second loop wait twice.",
            "Its first call is not now. How long is the one interval that it waits?",
            when=lambda attempt: attempt.got.times(WAIT)[:1] == [2 * attempt.given["seconds"]],
        ),
        Mistake(
            "M42",
            "You let `callLater` call more than once.",
            "After its first call, who would have asked the clock for another?",
            when=repeats,
        ),
        Mistake(
            "M42",
            "You let a loop make one call and no more.",
            "Who asks the clock for the next call of a loop, and until when?",
            lanes=({START: [0]}, {START: [0]}),
        ),
        Mistake(
            "M42",
            "You let the first loop end one call too early.",
            "Both loops go on until they are stopped. Which is the last multiple of `seconds` before that?",
            lanes=({START: [0, 1.5, 3]}, {START: [0, 0.6, 1.2, 1.8]}),
        ),
    ),
    {"": "call {k} of {lane}"},
    truth=first_calls,
)
