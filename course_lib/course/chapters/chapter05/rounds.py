"""Exercise 05-6: rounds of many jobs, a few at a time, that survive a failure and are stopped in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from twisted.internet.defer import Deferred, FirstError
from twisted.internet.task import deferLater
from twisted.python.failure import Failure

from course_lib.course.parts import nothing
from course_lib.exercises.answers import Incorrect, said
from course_lib.exercises.check import Attempt, Experiment, Mistake, Program, Scenario


class JobFailed(Exception):
    """What a job fails with."""


def in_rounds(
    rounds: Callable[..., Any],
    interval: float,
    at_once: int,
    jobs: Mapping[str, float],
    stop: float,
    failing: Sequence[str] = (),
) -> Experiment:
    """Jobs take so many seconds; do all of them every `interval` s, so many at once, and stop at `stop`."""

    def experiment(clock: Any, timeline: Any) -> Deferred[Any]:
        raised: Deferred[Any] = Deferred()
        traced_jobs = [job(clock, timeline, name, seconds, name in failing) for name, seconds in jobs.items()]
        told = timeline.traced(nothing, name="report")
        ended = rounds(clock, traced_jobs, interval, at_once, lambda *_: told())
        if not callable(ended):
            msg = f"rounds should return a function that stops it: `stop`, not `stop()`. Yours returned {said(ended)}."
            raise Incorrect(msg)
        clock.callLater(stop, timeline.traced(lambda: listen(ended(), timeline, raised), name="stop"))
        return raised

    return experiment


def job(clock: Any, timeline: Any, name: str, seconds: float, fails: bool) -> Callable[[], Any]:
    """Make a traced job that takes so many seconds, and then may fail."""

    def finish(_: object) -> None:
        if fails:
            raise JobFailed(name)

    traced: Callable[[], Any] = timeline.traced(lambda: deferLater(clock, seconds).addCallback(finish), name=name)
    return traced


def listen(result: Any, timeline: Any, raised: Deferred[Any]) -> None:
    """Trace how it ends, what `stop` has returned; an error of the learner's own goes to `raised`."""

    def failed(failure: Failure) -> None:
        error = failure.value.subFailure.value if isinstance(failure.value, FirstError) else failure.value
        if isinstance(error, JobFailed):
            timeline.traced(nothing, name="stop failed")()
        else:
            raised.errback(failure)

    if hasattr(result, "send"):
        result = Deferred.fromCoroutine(result)
    if isinstance(result, Deferred):
        result.addCallbacks(lambda _: timeline.traced(nothing, name="quiet")(), failed)


def ends(quiet: float, *reports: float) -> dict[str, list[float]]:
    """Write when all is quiet, and which failures were reported."""
    return {"report": list(reports), "quiet": [quiet]}


def most_at_once(attempt: Attempt) -> int:
    """Count how many jobs were under way at most."""
    waits = [wait for wait in attempt.got.waits if wait.lane in attempt.given["jobs"]]
    return max((sum(w.start <= wait.start < w.end for w in waits) for wait in waits), default=0)


def rounds_overlap(attempt: Attempt) -> bool:
    """Say whether a job ran again while another was under way that had been begun in the round before."""
    waits = [[w for w in attempt.got.waits if w.lane == name] for name in attempt.given["jobs"]]
    first = [runs[0] for runs in waits if runs]
    second = [runs[1] for runs in waits if len(runs) > 1 and runs[1].start > runs[0].start + 1e-6]
    return any(b.start < a.end for a in first for b in second)


def round_too_soon(attempt: Attempt) -> bool:
    """Say whether the second round was begun at a point that should have been skipped, or had waited since then."""
    got, wanted = (timeline.times("A")[1:2] for timeline in (attempt.got, attempt.expected))
    return bool(got and wanted) and got < wanted


def all_by_each(attempt: Attempt) -> bool:
    """Say whether a job was begun twice in one instant."""
    first = attempt.got.times("A")
    return first[:1] == first[1:2] != []


def fewer_workers(attempt: Attempt) -> bool:
    """Say whether a job of the first round was begun too late, or never, because others had failed."""
    firsts = [(attempt.got.times(name)[:1] or [attempt.scenario.until], attempt.expected.times(name)) for name in "CD"]
    batch = attempt.got.times("C")[:1] == attempt.got.times("D")[:1] != []  # they have waited for each other
    return bool(attempt.given.get("failing")) and not batch and any(got > wanted[:1] for got, wanted in firsts)


def broken_off(attempt: Attempt) -> bool:
    """Say whether a job of the last round never began, though no job fails and the rounds are as many as they should be."""
    left_out = any(0 < len(attempt.got.bars_of(name)) < len(attempt.expected.bars_of(name)) for name in "CD")
    return left_out and attempt.number == 0 and attempt.got.times("A") == attempt.expected.times("A")


def quiet_too_soon(attempt: Attempt) -> bool:
    """Say whether it was told that all is quiet while a job was under way, or before one that was still to come."""
    told = attempt.got.times("quiet")
    return told != [] and any(w.end > told[0] + 1e-6 for w in attempt.got.waits if w.lane in attempt.given["jobs"])


CHECK = Program(
    (
        Scenario(
            {"interval": 2, "at_once": 2, "jobs": dict.fromkeys("ABCD", 1.25), "stop": 4.25},
            {"A": [0, 4], "B": [0, 4], "C": [1.25, 5.25], "D": [1.25, 5.25], **ends(6.5)},
            until=9.5,
        ),
        Scenario(
            {"interval": 1, "at_once": 2, "jobs": {"A": 0.5, "B": 0.25, "C": 1, "D": 0.6}, "stop": 2.4, "failing": "B"},
            {"A": [0, 2], "B": [0, 2], "C": [0.25, 2.25], "D": [0.5, 2.5], **ends(3.25, 0.25, 2.25)},
            until=5.5,
            hidden=True,
            words="interval = 1, rounds longer than that, and B fails",
        ),
        Scenario(
            {
                "interval": 2,
                "at_once": 3,
                "jobs": {"A": 0.75, "B": 0.25, "C": 0.35, "D": 0.25, "E": 0.25},
                "stop": 3.5,
                "failing": "ABC",
            },
            {
                "A": [0, 2],
                "B": [0, 2],
                "C": [0, 2],
                "D": [0.25, 2.25],
                "E": [0.35, 2.35],
                **ends(3.5, 0.25, 0.35, 0.75, 2.25, 2.35, 2.75),
            },
            until=6.5,
            hidden=True,
            words="at_once = 3, A, B and C fail, a stop between rounds",
        ),
    ),
    (
        Mistake(
            "M40",
            "Your workers have an iterator each, so each of them does all the jobs.",
            "What must two workers share, so that a job taken by one is gone for the other?",
            when=all_by_each,
        ),
        Mistake(
            "M53",
            "A job failed, and that ended the waiting for its round: the next one began while other jobs were under way.",
            "What does `gatherResults` do when one of its Deferreds fails: does it wait for the others?",
            when=lambda attempt: bool(attempt.given.get("failing")) and round_too_soon(attempt),
        ),
        Mistake(
            "M4",
            "A round began while the one before it was under way.",
            "How does the loop get to know when a round is over?",
            when=rounds_overlap,
        ),
        Mistake(
            "M40",
            "More jobs were under way at once than are allowed.",
            "Who counts how many jobs are under way, and makes the next one wait?",
            when=lambda attempt: most_at_once(attempt) > attempt.given["at_once"],
        ),
        Mistake(
            "M4",
            "A round joined the queue while the one before it was under way, and so it began off the grid.",
            "Which call of the loop asked for it, and how could the loop have known that it was too soon?",
            when=round_too_soon,
        ),
        Mistake(
            "M46",
            "When `stop` had been called there was another round.",
            "Which call ends the loop itself?",
            when=lambda attempt: len(attempt.got.bars_of("A")) > len(attempt.expected.bars_of("A")),
        ),
        Mistake(
            "M11",
            "You said that all was quiet while the last round was still under way.",
            "Which Deferred fires when the loop is stopped *and* its last run is over?",
            when=quiet_too_soon,
        ),
        Mistake(
            "M10",
            "The round that was under way at `stop` was broken off: jobs that were still waiting never began.",
            "What does the task ask for, when a round has begun and `stop` is called?",
            when=broken_off,
        ),
        Mistake(
            "M53",
            "A job that failed took its worker with it, and the jobs that this worker was to do are missing.",
            "Where must an error of one job be dealt with, so that nothing but that job is lost?",
            when=fewer_workers,
        ),
        Mistake(
            "M6",
            "A job failed, with it the round, and with the round the loop.",
            "How far up may the error of one job come before it ends everything?",
            when=lambda attempt: bool(attempt.given.get("failing")) and len(attempt.got.bars_of("A")) == 1,
        ),
        Mistake(
            "M6",
            "Your loop was dead before `stop` was called: one of its rounds had failed.",
            "Who is told when a round fails, and with what? Which errors must not come so far?",
            raised="AssertionError",
        ),
        Mistake(
            "M12",
            "You cancelled a Deferred, and only who waits for it has heard of that.",
            "Which call ends a loop, and which only the waiting for it?",
            raised="CancelledError",
        ),
    ),
    {
        "quiet": "the end of it all",
        "report": "report {k}",
        "": "run {k} of {lane}",
    },
    experiment=in_rounds,
    takes=("clock", "jobs", "interval", "at_once", "report"),
)
