"""Exercise 05-5: a length of a job that tells a loop from a chain of callLater."""

from __future__ import annotations

from typing import Any

from twisted.internet.task import LoopingCall, deferLater

from course_lib.exercises.answers import Incorrect, said
from course_lib.exercises.check import Attempt, Experiment, Input, Lanes, Mistake, Scenario
from course_lib.timeline.timeline import Timeline
from course_lib.timeline.times import as_seconds


def loop_and_chain(length: float, interval: float) -> Experiment:
    """A loop and a chain do a job of `length` seconds: in ten intervals the loop is to begin 4 runs, the chain 3."""

    def experiment(clock: Any, timeline: Any) -> Any:
        def job() -> Any:
            return deferLater(clock, length)

        in_loop, in_chain = (timeline.traced(job, name=name) for name in ("loop", "chain"))

        def link() -> None:
            in_chain().addCallback(lambda _: clock.callLater(interval, link))

        link()
        loop = LoopingCall(in_loop)
        loop.clock = clock
        return loop.start(interval)

    return experiment


def as_length(value: Any, scenario: Scenario) -> float:
    """Read a number of seconds, more than 0."""
    length = as_seconds(value)
    if length is None or not 0 < length < 1e6:
        msg = f"a length is a number of seconds, more than 0. Yours is {said(value)}."
        raise Incorrect(msg)
    if length < scenario.given["interval"] / 100:
        msg = f"a job of {said(value)} is as good as none. Think of a longer one."
        raise Incorrect(msg)
    return length


def four_and_three(timeline: Timeline, interval: float) -> Lanes:
    """Say when the runs would begin, the chain's with a length as it is, and no more than three of them."""
    return {"loop": [3 * k * interval for k in range(4)], "chain": timeline.times("chain")[:3]}


def runs(attempt: Attempt) -> tuple[int, int]:
    """Count the runs of the loop and of the chain."""
    return len(attempt.got.bars_of("loop")), len(attempt.got.bars_of("chain"))


def ends_on_a_point(attempt: Attempt) -> bool:
    """Say whether the first run of the loop ends at a point of the grid."""
    points = next(wait.end for wait in attempt.got.waits if wait.lane == "loop") / attempt.given["interval"]
    return bool(abs(points - round(points)) < 1e-6)


CHECK = Input(
    (
        Scenario({"interval": 1}, {"loop": [0, 3, 6, 9], "chain": [0, 3.5, 7]}, until=10),
        Scenario({"interval": 2}, {"loop": [0, 6, 12, 18], "chain": [0, 7, 14]}, until=20, hidden=True),
        Scenario({"interval": 0.5}, {"loop": [0, 1.5, 3, 4.5], "chain": [0, 1.75, 3.5]}, until=5, hidden=True),
    ),
    (
        Mistake(
            "M3",
            "With this length the loop has its four runs, but the chain has four as well.",
            "What does the chain add to the end of each run? How far apart are its runs, then?",
            when=lambda attempt: runs(attempt) == (4, 4),
        ),
        Mistake(
            "M60",
            "Your job ends just on a point of the grid, and so loses that point.",
            "Which is the first point *after* the end of the first run?",
            when=ends_on_a_point,
        ),
        Mistake(
            "M3",
            "Your job is over before the next point but one, so the loop has more than four runs.",
            "How many points of the grid must each run make the loop skip, so that there are four runs in ten intervals?",
            when=lambda attempt: attempt.number == 0 and runs(attempt)[0] > 4,
        ),
    ),
    {"": "run {k} of the {lane}"},
    experiment=loop_and_chain,
    read=as_length,
    wanted=four_and_three,
)
