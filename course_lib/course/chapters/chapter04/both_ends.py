"""Exercise 04-6: to end a loop together with the job that is running."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from twisted.internet.defer import Deferred, fail
from twisted.internet.task import deferLater

from course_lib.course.parts import heartbeat, nothing
from course_lib.exercises.answers import Incorrect, said
from course_lib.exercises.check import Attempt, Experiment, Mistake, Program, Scenario


def goes_on(attempt: Attempt) -> bool:
    """Say whether the fetches ended as they should, and there were more of them."""
    ends, fetches = attempt.expected.times("fetch ends"), attempt.expected.times("fetch")
    got = attempt.got
    return (
        "broken" not in attempt.given
        and not got.times("over failed")
        and got.times("fetch ends")[: len(ends)] == ends
        and len(got.times("fetch")) > len(fetches)
    )


def both_ends(
    fetching: Callable[..., Any], interval: float, seconds: float, end: Sequence[float], broken: bool = False
) -> Experiment:
    """A loop fetches for `seconds` at a time; `end()` is called when `end` says. If `broken`, the second fetch fails."""

    def experiment(clock: Any, timeline: Any) -> None:
        fetched: list[bool] = []

        def fetch() -> Deferred[Any]:
            fetched.append(True)
            d = fail(OSError("no network")) if broken and len(fetched) == 2 else deferLater(clock, seconds)
            return d.addBoth(done)

        def done(result: Any) -> Any:
            ends()
            return result

        heartbeat(clock, timeline).addErrback(lambda _: None)
        traced = timeline.traced(fetch, name="fetch")
        ends, ended, failed = (timeline.traced(nothing, name=name) for name in ("fetch ends", "over", "over failed"))
        pair = fetching(clock, traced, interval)
        if not isinstance(pair, tuple | list) or not isinstance(pair[0], Deferred) or not callable(pair[-1]):
            msg = f"fetching should return the Deferred of start and the function end. Yours returned {said(pair)}."
            raise Incorrect(msg)
        pair[0].addCallbacks(lambda _: ended(), lambda _: failed())
        pressed = timeline.traced(lambda: pair[1]() and None, name="end()")
        for at in end:
            clock.callLater(at, pressed)

    return experiment


CHECK = Program(
    (
        Scenario(
            {"interval": 0.5, "seconds": 0.85, "end": [0.35]},
            {"fetch": [0], "fetch ends": [0.35], "over": [0.35], "over failed": []},
            until=1.4,
        ),
        Scenario(
            {"interval": 1, "seconds": 0.4, "end": [1.7, 2.1]},
            {"fetch": [0, 1], "fetch ends": [0.4, 1.4], "over": [1.7], "over failed": []},
            until=3.3,
            hidden=True,
            words="end() called between two fetches, and once more",
        ),
        Scenario(
            {"interval": 0.5, "seconds": 0.85, "end": [1.3]},
            {"fetch": [0, 1], "fetch ends": [0.85, 1.3], "over": [1.3], "over failed": []},
            until=2.4,
            hidden=True,
            words="end() called during the second fetch",
        ),
        Scenario(
            {"interval": 0.5, "seconds": 0.2, "end": [1.8], "broken": True},
            {"fetch": [0, 0.5], "fetch ends": [0.2, 0.5], "over": [], "over failed": [0.5]},
            until=2.4,
            hidden=True,
            words="a second fetch that fails",
        ),
    ),
    (
        Mistake(
            "M9",
            "You stopped a loop that was not running any more.",
            "How does your `end` find out that there is nothing to stop?",
            raised="AssertionError",
        ),
        Mistake(
            "M12",
            "You cancelled the Deferred of `start`: that is the messenger, and the loop goes on.",
            "Which of the loop's methods ends it, and which Deferred belongs to the fetch that is running?",
            lanes=({"fetch": [0, 1], "over failed": [0.35]},),
        ),
        Mistake(
            "M12",
            "You stopped the loop and cancelled the Deferred of `start`: neither of the two reaches the fetch.",
            "Which Deferred belongs to the fetch that is running, and who has been handed it?",
            lanes=({"fetch": [0], "fetch ends": [0.85], "over failed": [0.35]},),
        ),
        Mistake(
            "M4",
            "Your job kept the Deferred of its fetch to itself: the loop did not wait for it.",
            "How does a loop learn that its job is not over yet?",
            when=lambda attempt: attempt.number == 2 and attempt.got.times("fetch") == [0, 0.5, 1],
        ),
        Mistake(
            "M12",
            "You ended the fetch and not the loop: it goes on with the next one.",
            "What tells a loop that there is to be no next call?",
            when=goes_on,
        ),
        Mistake(
            "M11",
            "You stopped the loop and left its job running.",
            "Who could cancel this fetch? Who has been handed its Deferred?",
            lanes=({"fetch ends": [0.85], "over": [0.85]}, {}, {"fetch ends": [0.85, 1.85]}),
        ),
        Mistake(
            "M6",
            "You cancelled the job, and its `CancelledError` ended the loop as a failure.",
            "Between the job and the loop: who could take this one failure out?",
            lanes=({"fetch ends": [0.35], "over failed": [0.35]},),
        ),
        Mistake(
            "M7",
            "You swallowed every failure: nobody heard that there was no network, and the loop went on.",
            "Which one failure do you expect, and how do you let all others pass?",
            when=lambda attempt: "broken" in attempt.given and not attempt.got.times("over failed"),
        ),
    ),
    {
        "fetch": "fetch {k}",
        "fetch ends": "the end of fetch {k}",
        "over": "the end of the loop, without a failure,",
        "over failed": "the failure of the loop",
    },
    experiment=both_ends,
    takes=("clock", "fetch", "interval"),
    live=True,
)
