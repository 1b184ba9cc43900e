"""Exercise 03-6: six ways in which a task can end, and who hears of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from twisted.internet.defer import Deferred, fail

from course_lib.course.chapters.chapter03.cooperators import stepwise
from course_lib.course.parts import blocking, nothing
from course_lib.exercises.answers import Incorrect, brief, said
from course_lib.exercises.check import Attempt, Experiment, Lanes, Mistake, Prediction, Scenario

EXCEPT, FINALLY, GENERATOR, RETURNED, ERROR, LOGGED = HEARD = (
    "except", "finally", "the generator", "42", "an error", "logged"
)  # fmt: skip
EACH, OVER = 0.1, 0.65


def endings(ending: str) -> Experiment:
    """A task with `except` and `finally` ends in one of six ways; predict what is heard of it, in order."""
    kept: list[Any] = []  # a generator that is thrown away says "finally": not before the run is over

    def program(clock: Any, timeline: Any) -> None:
        voices = {name: blocking(timeline, name, EACH) for name in HEARD}
        over = clock.seconds() + OVER

        def say(name: str) -> None:
            if clock.seconds() < over:
                voices[name]()

        task = a_task(STEPS.get(ending, nothing), say)
        handed: Any = task if ending == "function" else task()
        kept.append(handed)
        running = stepwise(clock).cooperate(handed)
        if ending != "unheard":
            running.whenDone().addCallbacks(
                lambda given: say(GENERATOR if given is handed else RETURNED), lambda _: say(ERROR)
            )
        if ending == "stopped":
            clock.callLater(0, running.stop)

    return program


def a_task(step: Callable[[], Any], say: Callable[[str], None]) -> Callable[[], Any]:
    """Make the task that the exercise shows."""

    def task() -> Any:
        try:
            yield step()
        except ValueError:
            say(EXCEPT)
        finally:
            say(FINALLY)
        return 42

    return task


def raising(error: Exception) -> Callable[[], None]:
    """Make a step that raises."""

    def step() -> None:
        raise error

    return step


STEPS: Mapping[str, Callable[[], Any]] = {
    "fails": lambda: fail(ValueError()),
    "raises": raising(ValueError()),
    "stopped": Deferred,
    "unheard": raising(KeyError()),
}


def in_places(*names: str) -> Lanes:
    """Write what is heard as lanes."""
    return {
        name: [(EACH * names.index(name), EACH * (names.index(name) + 1))] if name in names else [] for name in HEARD
    }


def as_heard(value: Any, scenario: Scenario) -> Lanes:  # noqa: ARG001
    """Read a list of what is heard."""
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
        msg = f"what is heard is a list of texts. Yours is {said(value)}."
        raise Incorrect(msg)
    if unknown := [name for name in value if name not in HEARD]:
        msg = f"what can be heard is {', '.join(map(repr, HEARD))}. Yours has {brief(unknown[0])}."
        raise Incorrect(msg)
    if len(set(value)) < len(value):
        msg = f"nothing is heard twice. Yours is {said(value)}."
        raise Incorrect(msg)
    return in_places(*value)


def with_ending(ending: str, *names: str, never: str = "") -> Any:
    """Make a test: of this ending, one of these is heard, or one is never heard that should be."""

    def test(attempt: Attempt) -> bool:
        heard = [name for name in HEARD if attempt.got.times(name)]
        return attempt.given["ending"] == ending and (bool({*names} & {*heard}) or never not in [*heard, ""])

    return test


CHECK = Prediction(
    (
        Scenario({"ending": "fails"}, in_places(ERROR), until=0.7),
        Scenario({"ending": "returns"}, in_places(FINALLY, GENERATOR), until=0.7, hidden=True),
        Scenario({"ending": "raises"}, in_places(EXCEPT, FINALLY, GENERATOR), until=0.7, hidden=True),
        Scenario({"ending": "stopped"}, in_places(ERROR), until=0.7, hidden=True),
        Scenario({"ending": "function"}, in_places(ERROR), until=0.7, hidden=True),
        Scenario({"ending": "unheard"}, in_places(FINALLY), until=0.7, hidden=True),
    ),
    (
        Mistake(
            "M32",
            "You let the failure of a Deferred be thrown into the generator.",
            "To whom was the Deferred handed, and whom does that one tell when it fails?",
            when=with_ending("fails", EXCEPT, FINALLY),
        ),
        Mistake(
            "M33",
            "You let `whenDone` fire with what the task returned.",
            "With which object does `whenDone` fire when a task has come to its end?",
            when=lambda attempt: bool(attempt.got.times(RETURNED)),
        ),
        Mistake(
            "M32",
            "You let an exception that was raised inside the generator go past its `except`.",
            "Who calls `step`, and inside which `try`? Is there a Deferred yet?",
            when=with_ending("raises", ERROR, never=EXCEPT),
        ),
        Mistake(
            "M35",
            "You let `stop` be a quiet end.",
            "Somebody is waiting for this task to be done. It never will be: what is that somebody told?",
            when=with_ending("stopped", EXCEPT, FINALLY, GENERATOR, never=ERROR),
        ),
        Mistake(
            "M30",
            "You let a function do for a task.",
            "What does the Cooperator call on the thing it was given? Can that be done with a function?",
            when=with_ending("function", EXCEPT, FINALLY, GENERATOR, LOGGED, never=ERROR),
        ),
        Mistake(
            "M52",
            "You let an error be heard that nobody listens for.",
            "Twisted complains of a Deferred that failed and was thrown away. Which Deferred is there here?",
            when=with_ending("unheard", ERROR, LOGGED),
        ),
    ),
    {"": '"{lane}"'},
    read=as_heard,
    truth=endings,
)
