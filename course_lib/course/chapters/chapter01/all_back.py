"""Exercise 01-7: several Deferreds, and the moment at which the last of them has fired."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from course_lib.course.parts import failing_with, nothing
from course_lib.exercises.check import Experiment, Mistake, Program, Scenario


class Lost(Exception):
    """What was to be fetched is not there."""


def all_back(when_all: Callable[..., Any], takes: Mapping[str, float], lost: str = "") -> Experiment:
    """Fetch everything at once, and call `done` once, when the last is back; one of them may be lost."""

    def experiment(clock: Any, timeline: Any) -> Any:
        def fetch(name: str) -> Deferred[Any]:
            def arrives() -> str:
                if name == lost:
                    raise Lost(name)
                return name

            def begin() -> Deferred[Any]:
                return deferLater(clock, takes[name]).addCallback(lambda _: arrives())

            fetching: Callable[[], Deferred[Any]] = timeline.traced(begin, name=name)
            return fetching()

        return failing_with(when_all(list(takes), fetch, timeline.traced(nothing, name="done")))

    return experiment


CHECK = Program(
    (
        Scenario(
            {"takes": {"A": 0.5, "B": 0.75, "C": 0.25}, "lost": ""},
            {"A": [0], "B": [0], "C": [0], "done": [0.75]},
            until=2,
            words="A back after 0.5 s, B after 0.75 s, C after 0.25 s",
        ),
        Scenario(
            {"takes": {"A": 1, "B": 1.5, "C": 0.5, "D": 1.25}, "lost": ""},
            {"A": [0], "B": [0], "C": [0], "D": [0], "done": [1.5]},
            until=5,
            hidden=True,
            words="four to fetch, back after 1, 1.5, 0.5 and 1.25 s",
        ),
        Scenario(
            {"takes": {"A": 0.5, "B": 0.75, "C": 0.25}, "lost": "A"},
            {"A": [0], "B": [0], "C": [0], "done": [0.75]},
            until=2,
            hidden=True,
            words="A lost, which turns out after 0.5 s",
        ),
    ),
    (
        Mistake(
            "M29",
            "You fetched the second only when the first was back.",
            "What could B do while A is on its way? Who makes it wait?",
            lanes=({"A": [0], "B": [0.5]}, {"A": [0], "B": [1]}, {"A": [0], "B": [0.5]}),
        ),
        Mistake(
            "M47",
            "You called `done` while all were still on their way.",
            "What is it that `fetch` has returned, when it returns: the thing, or the promise of it?",
            lanes=({"done": [0]}, {"done": [0]}, {"done": [0]}),
        ),
        Mistake(
            "M47",
            "You called `done` each time that one was back.",
            "How does your function know whether others are still out?",
            when=lambda attempt: len(attempt.got.times("done")) > 1,
        ),
        Mistake(
            "M25",
            "You waited for the last in the list, which need not be the last to come back.",
            "Does the order in which they are asked for say in which order they come?",
            lanes=({"done": [0.25]}, {"done": [1.25]}, {"done": [0.25]}),
        ),
        Mistake(
            "M7",
            "You never called `done`, because one of them failed.",
            "Which of its functions does a Deferred call when it fails, and which one in either case?",
            lanes=({}, {}, {"done": []}),
        ),
    ),
    {"done": "call {k} of done", "": "the fetching of {lane}"},
    experiment=all_back,
    takes=("names", "fetch", "done"),
)
