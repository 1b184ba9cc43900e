"""Exercise 04-5: when a loop may be stopped and started at once, and when it may not."""

from __future__ import annotations

from functools import wraps
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall, deferLater

from course_lib.course.parts import nothing
from course_lib.exercises.answers import Incorrect, said
from course_lib.exercises.check import Attempt, Experiment, Input, Lanes, Mistake, Scenario
from course_lib.timeline.timeline import Timeline
from course_lib.timeline.times import as_seconds
from course_lib.words import number

LATEST = 5
TWICE_A, TWICE_B = "two at once in A", "two at once in B"


def restarts(moments: tuple[float, float], interval: float, job: float) -> Experiment:
    """Two loops, A and B, download for `job` seconds; each is stopped and started at once, at a moment of its own."""

    def experiment(clock: Any, timeline: Any) -> None:
        for name, moment in zip("AB", moments, strict=True):
            restarted(clock, timeline, name, moment)

    def restarted(clock: Any, timeline: Any, name: str, moment: float) -> None:
        running: list[Deferred[Any]] = []

        def download() -> Deferred[Any]:
            return deferLater(clock, job)

        traced = timeline.traced(download, name=f"download {name}")

        @wraps(traced)
        def watched() -> Deferred[Any]:
            d: Deferred[Any] = traced()
            if running:
                twice()
            running.append(d)
            return d.addCallback(lambda _: running.remove(d))

        def restart() -> None:
            loop.stop()
            loop.start(interval).addErrback(lambda _: None)

        pressed = timeline.traced(restart, name=f"restart {name}")
        twice = timeline.traced(nothing, name=f"two at once in {name}")
        loop = LoopingCall(watched)
        loop.clock = clock
        loop.start(interval).addErrback(lambda _: None)
        clock.callLater(moment, pressed)

    return experiment


def as_moments(value: Any, scenario: Scenario) -> tuple[float, float]:  # noqa: ARG001
    """Read (harmless, harmful)."""
    moments = [as_seconds(t) for t in value] if isinstance(value, tuple | list) else []
    harmless, harmful = moments if len(moments) == 2 else (None, None)
    if harmless is None or harmful is None:
        msg = f"Return two moments, (harmless, harmful), in seconds. Yours is {said(value)}."
        raise Incorrect(msg)
    if not all(0 < t < LATEST for t in (harmless, harmful)):
        msg = f"Both moments should be later than 0 and earlier than {LATEST}. Yours are {number(harmless)} and {number(harmful)}."
        raise Incorrect(msg)
    return harmless, harmful


def harm(timeline: Timeline, interval: float, job: float) -> Lanes:  # noqa: ARG001
    """Say when there would be two downloads at once if both moments were right."""
    return {TWICE_A: [], TWICE_B: timeline.times(TWICE_B) or timeline.times("restart B")}


def harmed(attempt: Attempt, begin: float, end: float) -> bool:
    """Say whether A was restarted between two moments, in the middle of a download."""
    moments = attempt.got.times("restart A")
    return bool(attempt.got.times(TWICE_A)) and begin <= moments[0] < end


CHECK = Input(
    (
        Scenario({"interval": 1, "job": 0.6}, {TWICE_A: [], TWICE_B: [0.3, 1.3, 2.3, 3.3]}, until=4.2),
        Scenario({"interval": 2, "job": 0.2}, {TWICE_A: [], TWICE_B: [0.1, 2.1, 4.1, 6.1]}, until=8, hidden=True),
        Scenario({"interval": 1, "job": 2.4}, {TWICE_A: [], TWICE_B: [1.2, 3.2, 4.2, 6.2, 7.2]}, until=8, hidden=True),
        Scenario(
            {"interval": 0.5, "job": 0.45}, {TWICE_A: [], TWICE_B: [0.225, 0.725, 1.225, 1.725]}, until=2, hidden=True
        ),
    ),
    (
        Mistake(
            "M11",
            "At your harmless moment the first download was still running: `stop` does not end it.",
            "When does a download end that takes {job} s, and when does the next one begin?",
            when=lambda attempt: harmed(attempt, 0, attempt.given["job"]),
        ),
        Mistake(
            "M3",
            "At your harmless moment the next download had begun already.",
            "Does a loop count its interval from the end of a job, or from where else?",
            when=lambda attempt: harmed(
                attempt, attempt.given["job"], attempt.given["job"] + attempt.given["interval"] + 1e-6
            ),
        ),
        Mistake(
            "M14",
            "At your harmful moment no download was running: nothing was there that could go on beside the new one.",
            "What must the loop be waiting for at that moment, so that its first start cannot be over?",
            when=lambda attempt: not attempt.got.times(TWICE_B) and not attempt.got.times(TWICE_A),
        ),
    ),
    {TWICE_A: "a download beside another in A", TWICE_B: "a download beside another in B"},
    experiment=restarts,
    read=as_moments,
    wanted=harm,
)
