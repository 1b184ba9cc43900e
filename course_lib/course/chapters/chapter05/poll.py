"""Exercise 05-3: ask again and again until there is an answer, but not for ever."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.python.failure import Failure

from course_lib.course.parts import nothing
from course_lib.exercises.answers import Incorrect, said
from course_lib.exercises.check import Attempt, Experiment, Mistake, Program, Scenario


class NoConnection(Exception):
    """What a question fails with."""


def polled(
    poll: Callable[..., Any],
    interval: float,
    times: int,
    answers: int | None = None,
    fails: int | None = None,
    takes: float = 0,
) -> Experiment:
    """Ask every `interval` s, at most so many times, until question number `answers` is answered (or `fails`)."""

    def experiment(clock: Any, timeline: Any) -> Deferred[Any]:
        raised: Deferred[Any] = Deferred()
        numbers = count(1)

        def reply(_: object = None) -> str | None:
            number = next(numbers)
            if number == fails:
                raise NoConnection
            return "ready" if number == answers else None

        def ask() -> Any:
            return deferLater(clock, takes).addCallback(reply) if takes else reply()

        listen(promised(poll(clock, timeline.traced(ask), interval, times)), timeline, raised)
        return raised

    return experiment


def listen(done: Deferred[Any], timeline: Any, raised: Deferred[Any]) -> None:
    """Trace how the asking ends; an error of the learner's own goes to `raised`."""

    def end(name: str) -> None:
        timeline.traced(nothing, name=name)()

    def failed(failure: Failure) -> None:
        if failure.check(NoConnection):
            end("failed")
        elif type(failure.value).__name__ == "TimeoutError":
            end("gave up")
        else:
            raised.errback(failure)

    done.addCallbacks(lambda result: end("answer" if result == "ready" else "another result"), failed)


def promised(value: Any) -> Deferred[Any]:
    """Make sure that poll returned a Deferred or a coroutine, and make a Deferred of it."""
    if hasattr(value, "send"):
        return Deferred.fromCoroutine(value)
    if not isinstance(value, Deferred):
        msg = f"poll should return a Deferred, or be an `async def`. Yours returned {said(value)}."
        raise Incorrect(msg)
    return value


def answered_at_once(attempt: Attempt) -> bool:
    """Say whether there was a result in the instant of a question that takes its time."""
    results = sorted(attempt.got.times("answer") + attempt.got.times("another result"))
    return bool(attempt.given.get("takes")) and bool(results) and results[0] in attempt.got.times("ask")


def overlapping(attempt: Attempt) -> bool:
    """Say whether a question was asked while another was open."""
    waits = [wait for wait in attempt.got.waits if wait.lane == "ask"]
    return any(a.start < b.start < a.end for a in waits for b in waits)


CHECK = Program(
    (
        Scenario({"interval": 0.3, "times": 5, "answers": 3}, {"ask": [0, 0.3, 0.6], "answer": [0.6]}, until=1.1),
        Scenario(
            {"interval": 0.5, "times": 5, "answers": 3, "takes": 0.75},
            {"ask": [0, 1, 2], "answer": [2.75]},
            until=5,
            hidden=True,
            words="interval = 0.5, and an ask that takes 0.75 s",
        ),
        Scenario(
            {"interval": 1, "times": 4, "takes": 0.25},
            {"ask": [0, 1, 2, 3], "gave up": [3.25]},
            until=6.5,
            hidden=True,
            words="interval = 1, times = 4, and never an answer",
        ),
        Scenario(
            {"interval": 1, "times": 3, "answers": 3},
            {"ask": [0, 1, 2], "answer": [2]},
            until=5.5,
            hidden=True,
            words="interval = 1, times = 3, an answer to the third",
        ),
        Scenario(
            {"interval": 1, "times": 4, "fails": 2},
            {"ask": [0, 1], "failed": [1]},
            until=5.5,
            hidden=True,
            words="interval = 1, times = 4, and the second ask raises",
        ),
    ),
    (
        Mistake(
            "M46",
            "You have told of the answer, but the loop goes on asking.",
            "Who stops a loop when nobody needs it any more?",
            lanes=({"ask": [0, 0.3, 0.6, 0.9], "answer": [0.6]},),
        ),
        Mistake(
            "M4",
            "You took a Deferred for an answer, or did not wait for it.",
            "What does `ask()` return when it takes its time, and is that true or false?",
            when=answered_at_once,
        ),
        Mistake(
            "M4",
            "Your questions overlap: the next is asked while the last one is still open.",
            "How does a loop get to know that its job is not over yet?",
            when=overlapping,
        ),
        Mistake(
            "M3",
            "You waited for an interval after each answer, and so every delay pushes the questions that follow.",
            "What asks at the points of a grid, however long the job takes?",
            lanes=({}, {"ask": [0, 1.25, 2.5]}),
        ),
        Mistake(
            "M2",
            "You asked again as soon as a question was over, to make up for the point that had passed.",
            "When a question has taken longer than an interval, which point of the grid is the next in front of you?",
            lanes=({}, {"ask": [0, 0.75, 1.5]}),
        ),
        Mistake(
            "M1",
            "You asked once too often.",
            "The first question is asked at once. How many intervals lie between four questions?",
            lanes=({}, {}, {"ask": [0, 1, 2, 3, 4]}),
        ),
        Mistake(
            "M10",
            "You told the end of the last question when it had only begun.",
            "When you have called `stop`, is a question under way over?",
            lanes=({}, {}, {"ask": [0, 1, 2, 3], "gave up": [3]}),
        ),
        Mistake(
            "M9",
            "The last question was answered, and your loop was stopped twice.",
            "On how many ways does your code come to `stop`, and can it take two of them in one run?",
            raised="AssertionError",
        ),
        Mistake(
            "M7",
            "The second question raised, your loop is dead, and whoever called `poll` waits for ever.",
            "Whom does a `LoopingCall` tell when its job fails, and whom must you tell?",
            lanes=({}, {}, {}, {}, {"ask": [0, 1], "failed": [], "answer": [], "gave up": []}),
        ),
        Mistake(
            "M6",
            "The second question raised, and your loop went on as if nothing had happened.",
            "What does the task say is to become of an error of `ask`?",
            lanes=({}, {}, {}, {}, {"ask": [0, 1, 2, 3]}),
        ),
    ),
    {"ask": "question {k}", "answer": "the answer", "gave up": "the giving up", "failed": "the failure", "": "{lane}"},
    experiment=polled,
    takes=("clock", "ask", "interval", "times"),
    live=True,
)
