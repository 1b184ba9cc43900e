"""Exercise 04-2: a task that is paused, by several people and by a Deferred that it waits for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from twisted.internet.task import Cooperator, deferLater

from course_lib.exercises.check import Attempt, Experiment, Mistake, Prediction, Scenario

Spans = Sequence[tuple[float, float]]


def counted(pauses: Spans, wait: tuple[float, float] | None, until: float) -> Experiment:  # noqa: ARG001
    """A task makes a step a second, and is paused and resumed; at `wait` it yields a Deferred. Predict its steps."""

    def paused(clock: Any, timeline: Any) -> Any:
        def work() -> Iterator[Any]:
            while True:
                asks = wait is not None and abs(clock.seconds() - wait[0]) < 0.01
                yield deferLater(clock, wait[1] - wait[0]) if wait and asks else None

        cooperator = Cooperator(lambda: lambda: True, lambda turn: clock.callLater(1, turn))
        task = cooperator.cooperate(timeline.traced(work, name="step")())
        for begin, end in pauses:
            clock.callLater(begin, timeline.traced(task.pause, name="pause()"))
            clock.callLater(end, timeline.traced(task.resume, name="resume()"))
        return task.whenDone()

    return paused


def steps_within(attempt: Attempt, begin: float, end: float) -> bool:
    """Say whether there is a step between two moments."""
    return any(begin < step < end for step in attempt.got.times("step"))


def one_resume_is_enough(attempt: Attempt) -> bool:
    """Say whether the first pause held the task, and the first resume set it free."""
    return attempt.number == 0 and not steps_within(attempt, 2.75, 4.49) and steps_within(attempt, 4.49, 6.49)


def on_a_grid(attempt: Attempt) -> bool:
    """Say whether the task stood still when it was held, and all steps are at whole seconds."""
    held = [*attempt.given["pauses"], *filter(None, [attempt.given["wait"]])]
    steps = attempt.got.times("step")
    return (
        bool(steps) and all(step % 1 == 0 for step in steps) and not any(steps_within(attempt, *span) for span in held)
    )


CHECK = Prediction(
    (
        Scenario(
            {"pauses": [(2.75, 4.5), (3.5, 6.5)], "wait": None, "until": 10},
            {"step": [1, 2, 7.5, 8.5, 9.5]},
            until=10,
        ),
        Scenario(
            {"pauses": [(2.5, 4)], "wait": (2, 5.25), "until": 9},
            {"step": [1, 2, 6.25, 7.25, 8.25]},
            until=9,
            hidden=True,
        ),
        Scenario(
            {"pauses": [(1.5, 6.75)], "wait": (1, 4.25), "until": 9.5},
            {"step": [1, 7.75, 8.75]},
            until=9.5,
            hidden=True,
        ),
        Scenario({"pauses": [(2.25, 2.5)], "wait": None, "until": 5}, {"step": [1, 2, 3.5, 4.5]}, until=5, hidden=True),
    ),
    (
        Mistake(
            "M34",
            "You forgot the second pause when its resume had still to come: the steps go on after the first resume.",
            "Who still wants the task to stand still then?",
            lanes=({"step": [1, 2, 5.5, 7.5, 8.5, 9.5]},),
        ),
        Mistake(
            "M34",
            "You let one resume undo two pauses.",
            "How often has the task been paused by then, and how often resumed?",
            when=one_resume_is_enough,
        ),
        Mistake(
            "M56",
            "You let the task go on without its answer, as if the resume had ended its wait too.",
            "Two things kept the task from working. Which of them did the resume take away, and when did the other end?",
            lanes=({}, {"step": [1, 2, 5, 6, 7, 8]}),
        ),
        Mistake(
            "M34",
            "You let the task go on when its answer had come, although somebody had paused it.",
            "Does a Deferred that fires undo a pause that is not its own?",
            lanes=({}, {}, {"step": [1, 5.25, 6.25, 7.25, 8.25, 9.25]}),
        ),
        Mistake(
            "M59",
            "You let the task come back to a grid of whole seconds.",
            "A loop has a grid. What does a task have, and what does the Cooperator ask the clock for when a task comes back?",
            when=on_a_grid,
        ),
        Mistake(
            "M59",
            "You let the task wait only for what was left of its second when it was paused.",
            "Who would have kept that rest? What does the Cooperator ask the clock for when a task comes back?",
            lanes=(
                {"step": [1, 2, 6.75, 7.75, 8.75, 9.75]},
                {"step": [1, 2, 5.75, 6.75, 7.75, 8.75]},
                {"step": [1, 7.25, 8.25, 9.25]},
                {"step": [1, 2, 3.25, 4.25]},
            ),
        ),
        Mistake(
            "M34",
            "You added the lengths of the pauses, although they overlap.",
            "Draw a bar for each pause, one above the other. At which moment is the task free of both?",
            lanes=({"step": [1, 2, 7.75, 8.75, 9.75]},),
        ),
        Mistake(
            "M34",
            "You let the task make a step at the moment when it is free again.",
            "What does the Cooperator ask the clock for when a task comes back to it?",
            lanes=(
                {"step": [1, 2, 6.5, 7.5, 8.5, 9.5]},
                {"step": [1, 2, 5.25, 6.25, 7.25, 8.25]},
                {"step": [1, 6.75, 7.75, 8.75]},
                {"step": [1, 2, 3, 4]},
            ),
        ),
    ),
    {"": "step {k}"},
    truth=counted,
)
