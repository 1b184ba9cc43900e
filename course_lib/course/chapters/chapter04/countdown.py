"""Exercise 04-3: a call that can be paused, and whose time stands still meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from course_lib.course.parts import nothing
from course_lib.exercises.answers import Incorrect, said
from course_lib.exercises.check import Experiment, Mistake, Program, Scenario

Moves = Sequence[tuple[float, str]]

RINGS = "it rings"  # not the name of a function that an answer may have


def pausable_call(countdown: Callable[..., Any], seconds: float, moves: Moves) -> Experiment:
    """A countdown is begun, and paused and resumed when `moves` says."""

    def experiment(clock: Any, timeline: Any) -> None:
        pair = countdown(clock, seconds, timeline.traced(nothing, name=RINGS))
        if not isinstance(pair, tuple | list) or len(pair) != 2 or not all(map(callable, pair)):
            msg = f"countdown should return two functions, pause and resume. Yours returned {said(pair)}."
            raise Incorrect(msg)
        methods = dict(zip(("pause", "resume"), pair, strict=True))
        for at, name in moves:
            clock.callLater(at, timeline.traced(methods[name], name=name))

    return experiment


CHECK = Program(
    (
        Scenario({"seconds": 2, "moves": [(0.5, "pause"), (2.25, "resume")]}, {RINGS: [3.75]}, until=6),
        Scenario(
            {"seconds": 3, "moves": [(1, "pause"), (1.5, "resume"), (2.25, "pause"), (5, "resume")]},
            {RINGS: [6.25]},
            until=9,
            hidden=True,
            words="seconds = 3, and two pauses",
        ),
        Scenario(
            {"seconds": 1.5, "moves": [(0.5, "pause"), (0.75, "pause"), (2, "resume"), (2.25, "resume")]},
            {RINGS: [3]},
            until=6,
            hidden=True,
            words="seconds = 1.5, pause called twice, and then resume twice",
        ),
        Scenario(
            {"seconds": 1, "moves": [(2, "pause"), (3.25, "resume")]},
            {RINGS: [1]},
            until=6,
            hidden=True,
            words="seconds = 1, and a pause when it has rung",
        ),
    ),
    (
        Mistake(
            "M26",
            "You cancelled a call that had run already.",
            "How do you find out that there is nothing left to pause?",
            raised="AlreadyCalled",
        ),
        Mistake(
            "M26",
            "You cancelled a call that you had cancelled before.",
            "How does your `pause` notice that it has been called already?",
            raised="AlreadyCancelled",
        ),
        Mistake(
            "M26",
            "You asked the clock for a negative number of seconds.",
            "What was left at the moment of the pause? And what can be left of a countdown that has rung?",
            raised="AssertionError",
        ),
        Mistake(
            "M59",
            "Your `pause` left the call on the clock, and it rang while the time should have stood still.",
            "Which method of a call takes it off the clock, and what must you have asked it before?",
            lanes=({RINGS: [2]},),
        ),
        Mistake(
            "M59",
            "Your `resume` began the whole countdown anew.",
            "What was left of it when it was paused, and where have you kept that?",
            lanes=({RINGS: [4.25]},),
        ),
        Mistake(
            "M59",
            "You let the time run on during the pause, and kept back only the ring: that is a gate.",
            "How much was left at 0.5 s, and how much should be left when it is resumed?",
            lanes=({RINGS: [2.25]},),
        ),
        Mistake(
            "M59",
            "At the second pause you counted the time of the first as used up.",
            "Since when has the countdown been running without a break? Which object knows how long it still has?",
            lanes=({}, {RINGS: [5.75]}),
        ),
        Mistake(
            "M34",
            "Your countdown rang twice: the second `resume` began another one.",
            "What must `resume` do with a countdown that is not paused?",
            when=lambda attempt: len(attempt.got.times(RINGS)) > 1 and attempt.number == 2,
        ),
        Mistake(
            "M26",
            "Your `resume` began a countdown again that had rung already.",
            "A call that is not active may be cancelled, or may have run. How does your `resume` tell the two apart?",
            when=lambda attempt: len(attempt.got.times(RINGS)) > 1 and attempt.number == 3,
        ),
        Mistake(
            "M34",
            "Your second `pause` measured again, although time stood still already.",
            "What must `pause` do with a countdown that is paused?",
            lanes=({}, {}, {RINGS: [2.75]}),
        ),
    ),
    {"": ("the ring", "ring {k}")},
    experiment=pausable_call,
    takes=("clock", "seconds", "f"),
)
