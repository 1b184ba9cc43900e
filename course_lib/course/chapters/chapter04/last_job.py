"""Exercise 04-4: a job that stops its own loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.task import LoopingCall, deferLater

from course_lib.course.parts import blocking
from course_lib.exercises.check import Attempt, Experiment, Mistake, Order, Scenario

NAMES = ("first line", "last line", "next line", "answer", "heard")


def last_job(returned: bool) -> Experiment:
    """The job of a loop stops the loop, and returns a Deferred or keeps it; predict the order of what is called."""

    def program(clock: Any, timeline: Any) -> None:
        first_line, last_line, next_line, answer, heard = (blocking(timeline, name, 0.1) for name in NAMES)

        def job() -> Any:
            first_line()
            loop.stop()
            d = deferLater(clock, 0, answer)
            last_line()
            return d if returned else None

        loop = LoopingCall(job)
        loop.clock = clock
        over = loop.start(1)
        next_line()
        over.addCallback(lambda _: heard())

    return program


def in_this_order(first: str, second: str) -> Callable[[Attempt], bool]:
    """Ask whether one came before the other, in an order that begins with the job's first line."""
    return lambda attempt: (
        attempt.got.times("first line") == [0] and attempt.got.times(first) < attempt.got.times(second)
    )


def order(*names: str) -> dict[str, list[float]]:
    """Write an order as lanes."""
    return {name: [0.1 * k] for k, name in enumerate(names)}


CHECK = Order(
    (
        Scenario({"returned": True}, order("first line", "last line", "next line", "answer", "heard"), until=0.7),
        Scenario(
            {"returned": False},
            order("first line", "last line", "next line", "heard", "answer"),
            until=0.7,
            hidden=True,
        ),
    ),
    (
        Mistake(
            "M1",
            "You let `start` return before it had made its first call.",
            "Who calls the job for the first time, the clock or `start` itself?",
            when=lambda attempt: attempt.got.times("next line") == [0],
        ),
        Mistake(
            "M10",
            "You let the loop be over while its job had still a line to run.",
            "What does `stop` do to the function that is calling it?",
            when=in_this_order("heard", "last line"),
        ),
        Mistake(
            "M47",
            "You let the answer come before the program had returned.",
            "In 0 seconds: in whose turn is that, and when has this turn ended?",
            when=in_this_order("answer", "next line"),
        ),
        Mistake(
            "M47",
            "You let `heard` be called before anybody had handed it to `over`.",
            "Which line hands `heard` over, and which lines have run by then?",
            when=in_this_order("heard", "next line"),
        ),
        Mistake(
            "M11",
            "You let the loop be over before the answer had come that its job waits for.",
            "The loop is stopped, and its job has returned a Deferred. What does the Deferred of `start` wait for?",
            lanes=({"answer": [0.4], "heard": [0.3]},),
        ),
        Mistake(
            "M4",
            "You let the loop wait for an answer that its job had kept to itself.",
            "How could the loop know of this Deferred?",
            lanes=({}, {"answer": [0.3], "heard": [0.4]}),
        ),
    ),
    {"": "{lane}"},
    truth=last_job,
)
