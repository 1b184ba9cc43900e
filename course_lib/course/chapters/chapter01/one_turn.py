"""Exercise 01-6: a block that makes two timers run in one turn."""

from __future__ import annotations

from typing import Any

from course_lib.course.parts import blocking, nothing
from course_lib.exercises.answers import Incorrect, said
from course_lib.exercises.check import Experiment, Input, Lanes, Mistake, Scenario
from course_lib.timeline.timeline import Timeline
from course_lib.timeline.times import as_seconds


def one_turn(block: tuple[float, float], first: float, second: float, third: float) -> Experiment:
    """Three timers; a block (begin, seconds) is to make the first two run in one turn, and to leave the third alone."""
    begin, seconds = block

    def timers(clock: Any, timeline: Any) -> None:
        for name, due in {"first": first, "second": second, "third": third}.items():
            clock.callLater(due, timeline.traced(nothing, name=name))
        clock.callLater(begin, blocking(timeline, "block", seconds))

    return timers


def as_block(value: Any, scenario: Scenario) -> tuple[float, float]:
    """Read (begin, seconds)."""
    begin, seconds = map(as_seconds, value) if isinstance(value, tuple | list) and len(value) == 2 else (None, None)
    if begin is None or seconds is None or min(begin, seconds) < 0:
        msg = f"a block is a pair of seconds, (begin, how long). Yours is {said(value)}."
        raise Incorrect(msg)
    if abs(begin + seconds - scenario.given["third"]) < 1e-6:
        msg = (
            "Your block ends at the very instant at which the third timer is due: then that runs in the same turn too."
        )
        raise Incorrect(msg)
    return begin, seconds


def together(timeline: Timeline, first: float, second: float, third: float) -> Lanes:  # noqa: ARG001
    """Say when the timers would run with a block that ends as this one does, and is right."""
    ran = timeline.times("second") or [second]
    return {"first": ran, "second": ran, "third": [third]}


CHECK = Input(
    (
        Scenario({"first": 1, "second": 2, "third": 4}, {"first": [3], "second": [3], "third": [4]}, until=6),
        Scenario(
            {"first": 5, "second": 6, "third": 8}, {"first": [7], "second": [7], "third": [8]}, until=10, hidden=True
        ),
        Scenario(
            {"first": 0.25, "second": 0.5, "third": 0.75},
            {"first": [0.625], "second": [0.625], "third": [0.75]},
            until=1.5,
            hidden=True,
        ),
    ),
    (
        Mistake(
            "M29",
            "The first timer had run before your block began.",
            "Who must have the reactor at {first} s, when the first timer is due?",
            when=lambda attempt: attempt.got.times("first") < attempt.got.times("block"),
        ),
        Mistake(
            "M25",
            "When your block ended, the second timer was not due yet: the first had a turn of its own.",
            "At the end of the block the reactor looks once at the time. What must have come due by then?",
            when=lambda attempt: [attempt.given["first"]] < attempt.got.times("first") < attempt.got.times("second"),
        ),
        Mistake(
            "M29",
            "You have caught the third timer too, which was to run at its own time.",
            "What has to be over when the third timer is due, at {third} s?",
            when=lambda attempt: attempt.got.times("third") != [attempt.given["third"]],
        ),
    ),
    {"": "{lane}"},
    experiment=one_turn,
    read=as_block,
    wanted=together,
)
