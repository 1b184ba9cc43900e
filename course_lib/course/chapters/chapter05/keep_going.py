"""Exercise 05-4: a loop that dies with its job, and is to be started again after a rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from course_lib.course.parts import failing_with, nothing
from course_lib.exercises.check import Attempt, Experiment, Mistake, Program, Scenario


class NoAnswer(ConnectionError):
    """What the job raises; to be reported."""


def kept_going(
    keep_going: Callable[..., Any], interval: float, rest: float, down: Sequence[tuple[float, float]], takes: float = 0
) -> Experiment:
    """A job fails while the server is `down`: report each failure, and begin again after a rest."""

    def experiment(clock: Any, timeline: Any) -> Any:
        def look() -> None:
            if any(begin <= clock.seconds() < end for begin, end in down):
                msg = "no answer"
                raise NoAnswer(msg)

        def job() -> Any:
            return deferLater(clock, takes, look) if takes else look()

        told = timeline.traced(nothing, name="report")

        def report(error: Any) -> None:  # noqa: ARG001
            told()

        result = keep_going(clock, timeline.traced(job), interval, rest, report)
        if hasattr(result, "send"):
            result = Deferred.fromCoroutine(result)
        if isinstance(result, Deferred):
            result.addErrback(lambda failure: failure.trap(NoAnswer) and None)
        return None if result is None else failing_with(result)

    return experiment


def only_no_answer(attempt: Attempt) -> bool:
    """Say whether nothing failed but the job: no errback of the learner's, say."""
    return all("NoAnswer" in note for note in attempt.got.notes if "error" in note)


CHECK = Program(
    (
        Scenario(
            {"interval": 1, "rest": 1.5, "down": [(1.75, 4.75)]},
            {"job": [0, 1, 2, 3.5, 5, 6, 7], "report": [2, 3.5]},
            until=7.5,
        ),
        Scenario(
            {"interval": 0.75, "rest": 0.4, "down": [(1.4, 1.8), (3.2, 3.5)]},
            {"job": [0, 0.75, 1.5, 1.9, 2.65, 3.4, 3.8, 4.55], "report": [1.5, 3.4]},
            until=5,
            hidden=True,
        ),
        Scenario(
            {"interval": 1, "rest": 1.5, "down": [(0.5, 2)], "takes": 0.25},
            {"job": [0, 1, 2.75, 3.75], "report": [1.25]},
            until=4.5,
            hidden=True,
            words="a job that returns a Deferred, which fails after 0.25 s",
        ),
    ),
    (
        Mistake(
            "M7",
            "You heard nothing of the failure at 2 s, and the loop is dead.",
            "Does `start` raise when the job does? Which thing that it returns knows of the failure?",
            lanes=({"job": [0, 1, 2], "report": []},),
            when=only_no_answer,
        ),
        Mistake(
            "M6",
            "You reported the failure, but the loop is dead and nobody started it again.",
            "What is to happen when `rest` seconds have passed?",
            lanes=({"job": [0, 1, 2], "report": [2]},),
            when=only_no_answer,
        ),
        Mistake(
            "M7",
            "You heard of the first failure and not of the second, which ended the loop for good.",
            "Each `start` returns a Deferred of its own. Who listens to the second one?",
            lanes=({"job": [0, 1, 2, 3.5], "report": [2]},),
        ),
        Mistake(
            "M6",
            "You keep the failures from the loop, so it lives; but it does not rest either.",
            "When the job has failed at 2 s, when is it to be tried again?",
            lanes=({"job": [0, 1, 2, 3, 4, 5, 6, 7]},),
        ),
        Mistake(
            "M6",
            "You started the loop again in the very instant in which it had failed.",
            "`start` makes a call at once. What will that call come to, with the server still down?",
            when=lambda attempt: len(attempt.got.bars_of("job")) > 40,
        ),
        Mistake(
            "M1",
            "You rested, and then waited for an interval on top.",
            "Does a loop that is started wait before its first call?",
            lanes=({"job": [0, 1, 2, 4.5, 7]}, {"job": [0, 0.75, 1.5, 2.65, 3.4, 4.55]}),
        ),
        Mistake(
            "M3",
            "You rested inside the job, and after that the loop went on with its old grid.",
            "From which instant does this loop count its points, and from which should it count them after the rest?",
            lanes=({"job": [0, 1, 2, 4, 6, 7]},),
        ),
        Mistake(
            "M3",
            "You waited for an interval after the end of each run, and so the time that the job takes came on top.",
            "What begins runs an interval apart, however long the job takes?",
            lanes=({}, {}, {"job": [0, 1.25, 3, 4.25]}),
        ),
        Mistake(
            "M7",
            "The failure came with a Deferred, past your `except`.",
            "`except` around a call sees what the call raises. What sees what a Deferred fails with?",
            lanes=({}, {}, {"report": []}),
        ),
    ),
    {"job": "run {k} of the job", "report": "report {k}"},
    experiment=kept_going,
    takes=("clock", "job", "interval", "rest", "report"),
)
