"""Exercise 02-6: leaps of a clock with which a loop misses as many ticks as is wanted.

A leap is drawn as what it is: the reactor is held for so long, and then looks at its list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock, LoopingCall

from course_lib.course.parts import nothing
from course_lib.exercises.answers import Incorrect, said
from course_lib.exercises.check import Attempt, Experiment, Input, Lanes, Mistake, Scenario
from course_lib.timeline.timeline import Timeline
from course_lib.timeline.times import as_seconds
from course_lib.words import number

MOST_STEPS = 200


def leaps(steps: Sequence[float], ticks: int, seconds: float) -> Experiment:  # noqa: ARG001
    """Let a loop tick every second on a clock that goes in these steps; how many ticks there are is what counts."""
    Clock().pump(steps)  # raises what Twisted's own raises

    def experiment(clock: Any, timeline: Any) -> Deferred[None]:
        over: Deferred[None] = Deferred()
        rest = list(steps)
        ticking = LoopingCall(timeline.traced(nothing, name="tick"))
        ticking.clock = clock
        ticking.start(1)

        def leap() -> None:
            timeline.block(rest.pop(0))
            clock.callLater(0, *([leap_on] if rest else [over.callback, None]))

        leap_on = timeline.traced(leap, name="advance")
        leap_on()
        return over

    return experiment


def as_steps(value: Any, scenario: Scenario) -> Any:
    """Read a list of steps; a number is left for Twisted to complain about."""
    if as_seconds(value) is not None:
        return value
    if isinstance(value, list | tuple | range) and len(value) > MOST_STEPS:
        msg = f"there are {len(value):,} steps in your list; a few are enough."
        raise Incorrect(msg)
    read = [as_seconds(s) for s in value] if isinstance(value, list | tuple | range) else [None]
    steps = [s for s in read if s is not None and s >= 0]
    if len(steps) < len(read):
        msg = f"the steps are a list of seconds, none of them below 0. Yours are {said(value)}."
        raise Incorrect(msg)
    wanted = scenario.given["seconds"]
    if abs(sum(steps) - wanted) > 1e-6:
        msg = f"with {scenario} your steps are {said(value)}: they add up to {number(sum(steps))} s, not to {wanted} s."
        raise Incorrect(msg)
    return steps


def as_many(timeline: Timeline, ticks: int, seconds: float) -> Lanes:
    """Say which ticks would be right with these steps: as many as are wanted, of those that there are, or by the end."""
    came = timeline.times("tick")[:ticks]
    return {"tick": [*came, *[seconds] * (ticks - len(came))]}


def too_many(attempt: Attempt) -> bool:
    """Say whether the loop ticked too often."""
    return len(attempt.got.times("tick")) > int(attempt.given["ticks"])


CHECK = Input(
    (
        Scenario({"ticks": 2, "seconds": 3}, {"tick": [0, 3]}, until=4),
        Scenario({"ticks": 3, "seconds": 4}, {"tick": [0, 3, 4]}, until=5, hidden=True),
        Scenario({"ticks": 4, "seconds": 7}, {"tick": [0, 5, 6, 7]}, until=8, hidden=True),
    ),
    (
        Mistake(
            "M23",
            "You gave `pump` a number of seconds.",
            "`pump` goes through what it is given, one step after the other. Through what can it go?",
            raised="TypeError",
        ),
        Mistake(
            "M21",
            "Your steps are so short that every tick came when it was due.",
            "What must a step be like, if a tick is to be missed in it?",
            when=lambda attempt: len(attempt.got.times("tick")) == attempt.given["seconds"] + 1,
        ),
        Mistake(
            "M2",
            "Your steps made the loop miss ticks, but not enough of them.",
            "If two due times lie within one step, how many ticks come at its end? And if three do?",
            when=too_many,
        ),
        Mistake(
            "M2",
            "You made a single leap, and all that was due in it made one tick.",
            "Every tick but the one at 0 comes at the end of a step. How many steps, then?",
            when=lambda attempt: len(attempt.got.times("tick")) == 2,
        ),
    ),
    {"": "{lane} {k}"},
    experiment=leaps,
    read=as_steps,
    wanted=as_many,
)
