"""Exercise 02-4: a program with three faults, of which one shouts, one whispers and one says nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from course_lib.course.parts import failing_with, nothing
from course_lib.exercises.check import Attempt, Experiment, Mistake, Program, Scenario


def garden(answer: Callable[..., Any], delay: float, every: float) -> Experiment:
    """Let a heart beat, a bell ring after `delay`, and a tap be opened every so many seconds, and shut 0.1 s later."""

    def experiment(clock: Any, timeline: Any) -> Any:
        beat = timeline.traced(nothing, name="heartbeat")
        ring = timeline.traced(nothing, name="ring")
        turns = {to: timeline.traced(nothing, name=to) for to in ("open", "shut")}

        def tap(to: str) -> None:
            turns[to]()

        return failing_with(answer(clock, beat, ring, tap, delay, every))

    return experiment


def loops(attempt: Attempt) -> bool:
    """Say whether there is a loop for the tap, whatever it calls."""
    return any(call.grid is not None and call.grid[1] == attempt.given["every"] for call in attempt.got.calls)


BEATS = [0, 0.25, 0.5, 0.75, 1, 1.25]

CHECK = Program(
    (
        Scenario(
            {"delay": 0.85, "every": 0.5},
            {"heartbeat": BEATS, "ring": [0.85], "open": [0, 0.5, 1], "shut": [0.1, 0.6, 1.1]},
            until=1.4,
        ),
        Scenario(
            {"delay": 0.35, "every": 0.75},
            {"heartbeat": BEATS, "ring": [0.35], "open": [0, 0.75], "shut": [0.1, 0.85]},
            until=1.4,
            hidden=True,
        ),
    ),
    (
        Mistake(
            "M27",
            "You gave `deferLater` something else for a clock.",
            "It wants to know three things: whose time, how long, and what then. In which order?",
            raised="AttributeError",
        ),
        Mistake(
            "M15",
            "You handed over something that cannot be called as it was.",
            "Where you ask for a later call: do you hand over a function, or what it returned?",
            raised="TypeError",
        ),
        Mistake(
            "M20",
            "One of your loops was started without the clock, so it asked the real reactor for its next call.",
            "What has to be told to a loop before its `start`?",
            when=lambda attempt: any("past the clock" in note for note in attempt.got.notes),
        ),
        Mistake(
            "M15",
            "What the loop calls does not call `beat`.",
            "What does a lambda do with a name that has no brackets behind it?",
            lanes=({"heartbeat": []}, {"heartbeat": []}),
        ),
        Mistake(
            "M16",
            "Each tick makes a new generator, and runs none of it.",
            "What kind of function can wait in its middle, and is run when a loop calls it?",
            lanes=({"open": [], "shut": []}, {"open": [], "shut": []}),
            when=loops,
        ),
        Mistake(
            "M15",
            "No loop opens the tap: you started none, or its first call failed.",
            "What did you give that loop: a function, or what it returned when you called it?",
            lanes=({"open": []}, {"open": []}),
        ),
        Mistake(
            "M16",
            "All ticks share one generator, and each runs it as far as its next `yield`.",
            "What is to happen in one tick? How often does it have to begin from the top?",
            when=lambda attempt: attempt.got.times("shut")[:1] == [attempt.given["every"]],
        ),
        Mistake(
            "M29",
            "Your code asks for a wait, and goes on at once.",
            "Who shuts the tap: the next line, or somebody who is called when the wait is over?",
            when=lambda attempt: attempt.got.times("shut") == attempt.got.times("open") != [],
        ),
        Mistake(
            "M15",
            "The tap was opened once and never again: there is no loop, or a call of it failed, and that ended it.",
            "What does the errback print? Is a function handed over wherever somebody is to call one?",
            lanes=({"open": [0]}, {"open": [0]}),
        ),
        Mistake(
            "M15",
            "You gave the loop what `beat` returns, and not `beat`.",
            "Who is to call `beat`, you or the loop? What do the brackets behind a name do?",
            lanes=({"heartbeat": [0]}, {"heartbeat": [0]}),
        ),
    ),
    {"heartbeat": "beat {k}", "ring": "the ring", "open": "opening {k} of the tap", "shut": "shutting {k} of the tap"},
    experiment=garden,
    takes=("clock", "beat", "ring", "tap", "delay", "every"),
    live=True,
)
