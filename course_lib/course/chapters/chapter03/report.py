"""Exercise 03-3: a report that yields, and yet holds up the heart."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from course_lib.course.chapters.chapter03.cooperators import stepwise
from course_lib.course.parts import blocking, failing_with, heartbeat, nothing
from course_lib.exercises.check import Attempt, Experiment, Mistake, Program, Scenario

CELL = 0.125  # seconds that one cell takes: two in the time of a beat
CELLS = [(CELL * k, CELL * (k + 1)) for k in range(7)]  # one after the other, in either table


def report(answer: Callable[..., Any], rows: list[list[int]]) -> Experiment:
    """A table of cells is computed beside the heartbeat; no beat is to be late."""

    def experiment(clock: Any, timeline: Any) -> Any:
        heartbeat(clock, timeline).addErrback(lambda _: None)
        job = blocking(timeline, "cell", CELL)

        def compute(cell: int) -> int:
            job()
            return cell * cell

        steps = answer(rows, compute)
        if inspect.iscoroutine(steps):
            return failing_with(steps)
        done = stepwise(clock).cooperate(steps if hasattr(steps, "__next__") else iter(())).whenDone()
        return failing_with(done.addCallback(lambda _: timeline.traced(nothing, name="done")()))

    return experiment


def cells(attempt: Attempt) -> int:
    """Count the cells that were computed."""
    return len(attempt.got.times("cell"))


def in_all(attempt: Attempt) -> int:
    """Count the cells that there are."""
    return sum(map(len, attempt.given["rows"]))


CHECK = Program(
    (
        Scenario(
            {"rows": [[1, 2, 3], [4], [5, 6, 7]]},
            {"heartbeat": [0, 0.25, 0.5, 0.75, 1], "cell": CELLS, "done": [0.875]},
            until=1.1,
        ),
        Scenario(
            {"rows": [[1], [2, 3, 4, 5, 6], [], [7]]},
            {"heartbeat": [0, 0.25, 0.5, 0.75, 1], "cell": CELLS, "done": [0.875]},
            until=1.1,
            hidden=True,
            words="rows of 1, 5, 0 and 1 cells",
        ),
    ),
    (
        Mistake(
            "M16",
            "A generator was made for each row, and none of it was run.",
            "A generator inside a generator: who is to ask it for its steps? Is there a form of `yield` that passes them on?",
            when=lambda attempt: not cells(attempt) and in_all(attempt) > 0,
        ),
        Mistake(
            "M30",
            "Your function computes everything as soon as it is called; the Cooperator gets nothing that it could ask.",
            "What must stand in a function, for a call to return a generator and to run nothing of it yet?",
            when=lambda attempt: not inspect.isgeneratorfunction(attempt.answer) and cells(attempt) == in_all(attempt),
        ),
        Mistake(
            "M38",
            "The heart beats, but part of the table was left out.",
            "Cut the work into smaller steps, not into less work: which cells are missing?",
            when=lambda attempt: cells(attempt) < in_all(attempt),
        ),
        Mistake(
            "M38",
            "All cells are computed in one step: the first `yield` comes when the work is done.",
            "How far does the Cooperator run your generator at once?",
            when=lambda attempt: not any(0 < t < in_all(attempt) * CELL for t in attempt.got.times("heartbeat")),
        ),
        Mistake(
            "M38",
            "A whole row is one step, and nobody interrupts a step.",
            "Between which two cells is the beat due that came late? Was there a `yield` between them?",
            when=lambda attempt: bool(attempt.got.late),
        ),
    ),
    {"heartbeat": "beat {k}", "cell": "cell {k}", "done": "the end of the report"},
    experiment=report,
    takes=("rows", "compute"),
)
