"""Exercise 03-4: a task that waits for two answers, and asks all the time whether they are there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from course_lib.course.chapters.chapter03.cooperators import as_steps, unhurried
from course_lib.course.parts import failing_with, heartbeat, nothing
from course_lib.exercises.check import Attempt, Experiment, Lanes, Mistake, Program, Scenario
from course_lib.timeline.timeline import Timeline

MOST_STEPS = 4
ASKED_NONE, CALLED_NONE, ASKED_DEFERRED, ASKED_OTHER = (
    "asked None",
    "called None",
    "asked a Deferred",
    "asked something else",
)


def errand(answer: Callable[..., Any], owner: str, number: int, waits: tuple[float, float]) -> Experiment:
    """Ask whose the boat is, ask that person's number, and call it; each answer takes a while."""
    replies: dict[Any, tuple[float, Any]] = {"owner": (waits[0], owner), owner: (waits[1], number)}

    def experiment(clock: Any, timeline: Any) -> Any:
        heartbeat(clock, timeline).addErrback(lambda _: None)
        called = {lane: timeline.traced(nothing, name=lane) for lane in ("call", "wrong number")}

        def ask(question: Any) -> Deferred[Any]:
            if isinstance(question, str) and question in replies:
                wait, reply = replies[question]
                return deferLater(clock, wait).addCallback(lambda _: reply)
            kind = ASKED_DEFERRED if isinstance(question, Deferred) else ASKED_OTHER
            timeline.traced(nothing, name=ASKED_NONE if question is None else kind)()
            return deferLater(clock, waits[1])

        def call(dialled: Any) -> None:
            if dialled is None:
                timeline.traced(nothing, name=CALLED_NONE)()
            called["call" if dialled == number else "wrong number"]()

        asked = as_steps(answer(ask, call), "errand")

        def steps() -> Any:
            yield from asked

        return failing_with(unhurried(clock).cooperate(timeline.traced(steps, name="step")()).whenDone())

    return experiment


def few_steps(timeline: Timeline, owner: str, number: int, waits: tuple[float, float]) -> Lanes:  # noqa: ARG001
    """Say what would be right: the call when both answers are there, and of the steps made no more than a few."""
    return {"step": timeline.times("step")[:MOST_STEPS], "call": [sum(waits)], "wrong number": []}


def asked(attempt: Attempt, *lanes: str) -> bool:
    """Say whether there was such a question."""
    return any(attempt.got.times(lane) for lane in lanes)


CHECK = Program(
    (
        Scenario(
            {"owner": "Ann", "number": 4711, "waits": (0.5, 0.35)},
            {"step": [0, 0.5, 0.85], "call": [0.85], "wrong number": []},
            until=1.1,
        ),
        Scenario(
            {"owner": "Bo", "number": 112, "waits": (0.2, 0.6)},
            {"step": [0, 0.2, 0.8], "call": [0.8], "wrong number": []},
            until=1.1,
            hidden=True,
            words="a boat that is Bo's, and answers that take 0.2 and 0.6 s",
        ),
    ),
    (
        Mistake(
            "M50",
            "You looked for an answer that had not come yet.",
            "What must a task yield, so that it is set aside until the answer is there?",
            raised="IndexError",
        ),
        Mistake(
            "M50",
            "Your task does not wait: it asks again and again whether the answer is there.",
            "Which object knows when the answer comes? What does a Cooperator do if that is what is yielded?",
            when=lambda attempt: len(attempt.got.times("step")) > MOST_STEPS,
        ),
        Mistake(
            "M29",
            "You went on with the Deferred itself, as if it was the answer.",
            "`ask` returns at once. How does a task wait for a Deferred, and how does it get what that fires with?",
            when=lambda attempt: asked(attempt, ASKED_DEFERRED),
        ),
        Mistake(
            "M31",
            "You took the value of a `yield` for the answer.",
            "The Cooperator waits for the Deferred, and what does it pass on? Who is called with the result?",
            when=lambda attempt: asked(attempt, ASKED_NONE, CALLED_NONE),
        ),
    ),
    {"step": "step {k}", "call": "the call", "wrong number": "a call to a wrong number"},
    experiment=errand,
    takes=("ask", "call"),
    wanted=few_steps,
    live=True,
)
