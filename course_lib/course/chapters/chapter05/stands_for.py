"""Exercise 05-2: what withCount hands over when somebody else has held the reactor."""

from __future__ import annotations

from typing import Any

from twisted.internet.task import LoopingCall

from course_lib.course.parts import blocking, nothing
from course_lib.exercises.answers import Incorrect, said
from course_lib.exercises.check import Attempt, Experiment, Lanes, Mistake, Prediction, Scenario
from course_lib.timeline.times import as_seconds

COUNTS = range(1, 6)
OTHER = "another count"


def stands_for(interval: float, begin: float, end: float, until: float) -> Experiment:  # noqa: ARG001
    """Somebody holds the reactor from `begin` to `end`; predict when a loop with a count calls, and with which count."""

    def experiment(clock: Any, timeline: Any) -> Any:
        calls: dict[int, Any] = {}

        def counted(count: int) -> None:
            if count not in calls:
                calls[count] = timeline.traced(nothing, name=f"count {count}")
            calls[count]()

        clock.callLater(begin, blocking(timeline, "other", end - begin))
        loop = LoopingCall.withCount(timeline.traced(counted, name="job"))
        loop.clock = clock
        return loop.start(interval)

    return experiment


def lane(count: float) -> str:
    """Name the lane of the calls with a count."""
    return f"count {count:g}" if count in COUNTS else OTHER


def as_counts(value: Any, scenario: Scenario) -> Lanes:  # noqa: ARG001
    """Read a list of (time, count) as lanes, one for each count."""
    lanes: dict[str, list[float]] = {}
    for pair in value if isinstance(value, list | tuple) else [value]:
        numbers = [as_seconds(n) for n in pair] if isinstance(pair, list | tuple) else []
        at, count = numbers if len(numbers) == 2 else (None, None)
        if at is None or count is None:
            msg = f"a call is a pair, (time, count), and the answer a list of them. One of yours is {said(pair)}."
            raise Incorrect(msg)
        lanes.setdefault(lane(count), []).append(at)
    if sum(map(len, lanes.values())) > 100:
        msg = "Your list has more than 100 calls. Where does it end?"
        raise Incorrect(msg)
    return lanes


def counts(*calls: tuple[float, int]) -> Lanes:
    """Write calls, (time, count), as lanes; a count that nobody had is an empty one."""
    lanes: dict[str, list[float]] = {name: [] for name in (*map(lane, COUNTS), OTHER)}
    for at, count in calls:
        lanes[lane(count)].append(at)
    return lanes


def said_calls(attempt: Attempt) -> list[float]:
    """List the times of all calls that were predicted."""
    return sorted(bar.start for bar in attempt.got.bars)


def right_calls(attempt: Attempt) -> bool:
    """Say whether the calls are where they should be, whatever their counts."""
    return said_calls(attempt) == sorted(bar.start for bar in attempt.expected.bars)


def numbered(attempt: Attempt) -> bool:
    """Say whether the calls were numbered, from 1 or from 0."""
    said_counts = [bar.lane for bar in sorted(attempt.got.bars, key=lambda bar: bar.start)]
    numbers = range(len(said_counts))
    return right_calls(attempt) and said_counts in [[lane(n + first) for n in numbers] for first in (0, 1)]


CHECK = Prediction(
    (
        Scenario(
            {"interval": 1, "begin": 1.5, "end": 4.25, "until": 6.5},
            counts((0, 1), (1, 1), (4.25, 3), (5, 1), (6, 1)),
            until=6.5,
        ),
        Scenario(
            {"interval": 0.5, "begin": 0.6, "end": 2.6, "until": 4.2},
            counts((0, 1), (0.5, 1), (2.6, 4), (3, 1), (3.5, 1), (4, 1)),
            until=4.2,
            hidden=True,
        ),
        Scenario(
            {"interval": 2, "begin": 2.5, "end": 3.5, "until": 7},
            counts((0, 1), (2, 1), (4, 1), (6, 1)),
            until=7,
            hidden=True,
        ),
        Scenario(
            {"interval": 1, "begin": 0.5, "end": 3, "until": 5.5},
            counts((0, 1), (3, 3), (4, 1), (5, 1)),
            until=5.5,
            hidden=True,
        ),
    ),
    (
        Mistake(
            "M5",
            "You counted the calls so far.",
            "What did the count speak of in chapter 05: of the calls, or of points on the grid?",
            when=numbered,
        ),
        Mistake(
            "M5",
            "You gave each call a count of 1.",
            "There is one call after the block. How many points does it stand for?",
            when=lambda attempt: right_calls(attempt) and said_calls(attempt) == attempt.got.times("count 1"),
        ),
        Mistake(
            "M5",
            "You have two calls at {end} s: a late one, and one for the point that lies just there.",
            "How many points lie after {begin} s, the one at {end} s included, and how many calls are there for them all?",
            lanes=({}, {}, {}, {"count 1": [0, 3, 4, 5], "count 2": [3]}),
        ),
        Mistake(
            "M5",
            "You counted the points that were missed, and left out one that the late call stands for as well.",
            "Points of the grid since the last call: which is the first that you count, and which is the last?",
            lanes=(
                {"count 2": [4.25], "count 3": []},
                {"count 3": [2.6], "count 4": []},
                {},
                {"count 2": [3], "count 3": []},
            ),
        ),
        Mistake(
            "M2",
            "You let every point that was missed have a call of its own after the block.",
            "What is skipped, is it made up for? And if not, what is the count there for?",
            when=lambda attempt: said_calls(attempt).count(attempt.given["end"]) > 1,
        ),
        Mistake(
            "M3",
            "You let the grid begin anew when the block was over.",
            "Late once, or late for ever?",
            lanes=(
                {"count 1": [0, 1, 5.25, 6.25]},
                {"count 1": [0, 0.5, 3.1, 3.6, 4.1]},
            ),
        ),
        Mistake(
            "M2",
            "You let a block be followed by a call that stands for nothing.",
            "From {begin} to {end} s: is there a point of the grid in it?",
            lanes=({}, {}, {OTHER: [3.5]}),
        ),
    ),
    {OTHER: "a call with another count", "": "call {k} with {lane}"},
    truth=stands_for,
    read=as_counts,
)
