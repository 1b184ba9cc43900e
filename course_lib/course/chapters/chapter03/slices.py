"""Exercise 03-1: how many steps a slice holds, and when the reactor is free."""

from __future__ import annotations

from typing import Any

from twisted.internet.task import Cooperator

from course_lib.course.parts import blocking, nothing
from course_lib.exercises.check import Attempt, Experiment, Mistake, Prediction, Scenario

SLICE = 0.010


def slices(steps: int, length: float, due: float) -> Experiment:
    """A task has so many steps of `length` seconds, in slices of 10 ms; a ring is due meanwhile; predict both."""

    def program(clock: Any, timeline: Any) -> None:
        begin = timeline.traced(nothing, name="slice")
        compute = blocking(timeline, "step", length)

        def slice_begins() -> Any:
            begin()
            end = clock.seconds() + SLICE
            return lambda: clock.seconds() >= end

        cooperator = Cooperator(
            scheduler=lambda next_slice: clock.callLater(0, next_slice),
            terminationPredicateFactory=slice_begins,
        )
        clock.callLater(due, timeline.traced(nothing, name="ring"))
        cooperator.cooperate(compute() for _ in range(steps)).whenDone().addErrback(lambda _: None)

    return program


def rings_in_a_slice(attempt: Attempt) -> bool:
    """Say whether the slices are right, and the ring comes when it is due, or between two steps."""
    ring, length = attempt.got.times("ring"), attempt.given["length"]
    right = attempt.got.times("slice") == attempt.expected.times("slice")
    return right and any(attempt.given["due"] <= t < attempt.expected.times("ring")[0] - length / 10 for t in ring)


CHECK = Prediction(
    (
        Scenario(
            {"steps": 8, "length": 0.004, "due": 0.005}, {"slice": [0, 0.012, 0.024], "ring": [0.012]}, until=0.04
        ),
        Scenario(
            {"steps": 7, "length": 0.003, "due": 0.0045},
            {"slice": [0, 0.012], "ring": [0.012]},
            until=0.03,
            hidden=True,
        ),
        Scenario(
            {"steps": 5, "length": 0.007, "due": 0.017},
            {"slice": [0, 0.014, 0.028], "ring": [0.028]},
            until=0.045,
            hidden=True,
        ),
    ),
    (
        Mistake(
            "M38",
            "You began a new slice after each step.",
            "`yield` gives the control back to the Cooperator. When does the Cooperator give it back to the reactor?",
            when=lambda attempt: len(attempt.got.times("slice")) >= attempt.given["steps"],
        ),
        Mistake(
            "M38",
            "You ended a slice because the next step would have been too long for it.",
            "Does the Cooperator know, after a step, how long the next one will be? What does it look at instead?",
            lanes=(
                {"slice": [0, 0.008, 0.016, 0.024]},
                {"slice": [0, 0.009, 0.018]},
                {"slice": [0, 0.007, 0.014, 0.021, 0.028]},
            ),
        ),
        Mistake(
            "M38",
            "You ended each slice after exactly 10 ms.",
            "Who could interrupt a step that is being made at that moment?",
            lanes=(
                {"slice": [0, 0.01, 0.02, 0.03]},
                {"slice": [0, 0.01, 0.02]},
                {"slice": [0, 0.01, 0.02, 0.03]},
            ),
        ),
        Mistake(
            "M38",
            "You made all steps in one slice.",
            "After each step the Cooperator looks at the time. How much of it is gone after three?",
            lanes=({"slice": [0]}, {"slice": [0]}, {"slice": [0]}),
        ),
        Mistake(
            "M29",
            "Your slices are right, but you let the ring come in the middle of one.",
            "Who has the reactor at {due} s, when the ring is due, and until when?",
            when=rings_in_a_slice,
        ),
    ),
    {"slice": "slice {k}", "ring": "the ring"},
    truth=slices,
)
