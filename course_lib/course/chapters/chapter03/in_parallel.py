"""Exercise 03-5: jobs a few at a time, and their results in the order of the jobs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from twisted.internet.defer import Deferred, FirstError
from twisted.internet.task import deferLater

from course_lib.course.chapters.chapter03.cooperators import stepwise
from course_lib.course.parts import failing_with, heartbeat, nothing
from course_lib.exercises.answers import Incorrect, said
from course_lib.exercises.check import Attempt, Experiment, Mistake, Program, Scenario

ITERATORS, NONES, OTHERS = "iterators for results", "nothing but None", "wrong results"


class NoAnswer(Exception):
    """What a job fails with."""


def in_parallel(
    answer: Callable[..., Any],
    seconds: Sequence[float],
    width: int,
    failing: Collection[int],
    raising: Collection[int] = (),
) -> Experiment:
    """Jobs that take so many seconds, some of which fail in the end, or raise at once; so many may run together."""
    wanted = [None if k in {*failing, *raising} else f"answer {k}" for k in range(len(seconds))]

    def experiment(clock: Any, timeline: Any) -> Any:
        heartbeat(clock, timeline).addErrback(lambda _: None)

        def said_so(lane: str) -> None:
            timeline.traced(nothing, name=lane)()

        def finished(results: Any) -> None:
            said_so("done" if results == wanted else kind_of(results))

        def failed(failure: Any) -> Any:
            error = failure.value
            while isinstance(error, FirstError):
                error = error.subFailure.value
            return said_so("failed") if isinstance(error, NoAnswer) else failure

        parts = [job(clock, k, wait, {*failing}, {*raising}) for k, wait in enumerate(seconds)]
        jobs = [timeline.traced(part, name=f"job {k}") for k, part in enumerate(parts)]
        return failing_with(as_deferred(answer(stepwise(clock).cooperate, jobs, width)).addCallbacks(finished, failed))

    return experiment


def job(clock: Any, k: int, wait: float, failing: set[int], raising: set[int]) -> Callable[[], Deferred[Any]]:
    """Make one of the jobs."""

    def answered(_: object) -> str:
        if k in failing:
            raise NoAnswer
        return f"answer {k}"

    def begin() -> Deferred[Any]:
        if k in raising:
            raise NoAnswer
        return deferLater(clock, wait).addCallback(answered)

    return begin


def as_deferred(value: Any) -> Deferred[Any]:
    """Make sure that the answer returned a Deferred."""
    if hasattr(value, "send") and not hasattr(value, "__next__"):
        return Deferred.fromCoroutine(value)
    if not isinstance(value, Deferred):
        msg = (
            f"in_parallel should return a Deferred, which fires with the list of results. Yours returned {said(value)}."
        )
        raise Incorrect(msg)
    return value


def kind_of(results: Any) -> str:
    """Say what is wrong with results."""
    found = results if isinstance(results, list) else [results]
    if any(hasattr(result, "__next__") for result in found):
        return ITERATORS
    return NONES if all(result is None for result in found) else OTHERS


def begins(attempt: Attempt) -> list[list[float]]:
    """List when each job began, job by job."""
    return [attempt.got.times(f"job {k}") for k in range(len(attempt.given["seconds"]))]


def all_at_once(attempt: Attempt) -> bool:
    """Say whether all jobs began at 0, though there are too many."""
    return all(times == [0] for times in begins(attempt)) and len(begins(attempt)) > attempt.given["width"]


CHECK = Program(
    (
        Scenario(
            {"seconds": [0.5, 0.25, 0.35, 0.25, 0.25, 0.35], "width": 2, "failing": {1, 3}},
            {
                "job 0": [0],
                "job 1": [0],
                "job 2": [0.25],
                "job 3": [0.5],
                "job 4": [0.6],
                "job 5": [0.75],
                "failed": [],
                "done": [1.1],
            },
            until=1.4,
        ),
        Scenario(
            {"seconds": [0.2, 0.5, 0.9, 0.4, 0.1, 0.6, 0.3], "width": 3, "failing": {0, 4, 5}},
            {
                "job 0": [0],
                "job 1": [0],
                "job 2": [0],
                "job 3": [0.2],
                "job 4": [0.5],
                "job 5": [0.6],
                "job 6": [0.6],
                "failed": [],
                "done": [1.2],
            },
            until=2.5,
            hidden=True,
            words="seven jobs, width = 3, of which three fail",
        ),
        Scenario(
            {"seconds": [0.3, 0.2, 0.4, 0.2], "width": 2, "failing": set(), "raising": {2}},
            {"job 0": [0], "job 1": [0], "job 2": [0.2], "job 3": [0.2], "failed": [], "done": [0.4]},
            until=1.5,
            hidden=True,
            words="four jobs, width = 2, of which job 2 raises when it is called",
        ),
    ),
    (
        Mistake(
            "M40",
            "Each worker goes through the whole list by itself, so jobs are done more than once.",
            "What could the workers share, so that what one has taken is gone for the others?",
            when=lambda attempt: any(len(times) > 1 for times in begins(attempt)),
        ),
        Mistake(
            "M50",
            "Your workers begin a job and go on to the next at once.",
            "How does the Cooperator learn that a job is still going on?",
            when=lambda attempt: all_at_once(attempt) and attempt.got.times("done") < [0.1],
        ),
        Mistake(
            "M40",
            "All jobs began at once.",
            "How many tasks have you handed to `cooperate`, and how many may there be?",
            when=all_at_once,
        ),
        Mistake(
            "M40",
            "You dealt the jobs out beforehand, to each worker its own.",
            "Who is free at 0.25 s, and which job is the next in the list?",
            lanes=({"job 2": [0.5], "job 3": [0.25], "failed": []},),
        ),
        Mistake(
            "M53",
            "A job that failed took its worker with it.",
            "What does a Cooperator do with a task whose Deferred fails? Where could the failure be caught before?",
            when=lambda attempt: bool(attempt.got.times("failed")) or not all(begins(attempt)),
        ),
        Mistake(
            "M33",
            "You took what `whenDone` fires with for the results.",
            "`whenDone` hands back what you handed in. Where does the result of each job arrive?",
            when=lambda attempt: bool(attempt.got.times(ITERATORS)),
        ),
        Mistake(
            "M31",
            "You took the value of a `yield` for the result of a job.",
            "The Cooperator waits for a Deferred and drops its result. Who is called with it before that?",
            when=lambda attempt: bool(attempt.got.times(NONES)),
        ),
    ),
    {"failed": "the failure of your Deferred", "done": "the right list of results", "": "the begin of {lane}"},
    experiment=in_parallel,
    takes=("cooperate", "jobs", "width"),
    live=True,
)
