"""Exercise 03-2: three tasks, and one, two or three Cooperators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from course_lib.course.chapters.chapter03.cooperators import stepwise
from course_lib.course.parts import blocking
from course_lib.exercises.answers import Incorrect, said
from course_lib.exercises.check import Experiment, Lanes, Mistake, Prediction, Scenario

STEPS = 3
LENGTH: Mapping[str, float] = {"a": 0.1, "b": 0.1, "c": 0.2}
WHOSE: Mapping[int, tuple[str, ...]] = {1: ("abc",), 2: ("ab", "c"), 3: ("a", "b", "c")}


def turns(cooperators: int) -> Experiment:
    """Three tasks of three steps each share so many Cooperators; predict the order of the steps."""

    def program(clock: Any, timeline: Any) -> None:
        jobs = {name: blocking(timeline, name, length) for name, length in LENGTH.items()}

        def steps(name: str) -> Any:
            return (jobs[name]() for _ in range(STEPS))

        for names in WHOSE[cooperators]:
            cooperator = stepwise(clock)
            for name in names:
                cooperator.cooperate(steps(name)).whenDone().addErrback(lambda _: None)

    return program


def in_turn(names: str) -> Lanes:
    """Write an order of steps as lanes."""
    lanes: dict[str, list[float | tuple[float, float]]] = {name: [] for name in LENGTH}
    now = 0.0
    for name in names.replace(" ", ""):
        lanes[name].append((round(now, 3), round(now + LENGTH[name], 3)))
        now += LENGTH[name]
    return lanes


def as_turns(value: Any, scenario: Scenario) -> Lanes:  # noqa: ARG001
    """Read a list of names, each of which is there three times."""
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
        msg = f'an order is a list of names, ["a", "b", …], one for each step. Yours is {said(value)}.'
        raise Incorrect(msg)
    if sorted(value) != sorted("abc" * STEPS):
        counts = ", ".join(f"{value.count(name)} × {name}" for name in dict.fromkeys(sorted(value)))
        msg = f"each of a, b and c makes {STEPS} steps. Yours has {counts or 'none'}."
        raise Incorrect(msg)
    return in_turn("".join(value))


ROUND_ROBIN, TWO_AND_ONE = "a b c a b c a b c", "a c b c a c b a b"

CHECK = Prediction(
    (
        Scenario({"cooperators": 2}, in_turn(TWO_AND_ONE), until=1.5),
        Scenario({"cooperators": 1}, in_turn(ROUND_ROBIN), until=1.5, hidden=True),
        Scenario({"cooperators": 3}, in_turn(ROUND_ROBIN), until=1.5, hidden=True),
    ),
    (
        Mistake(
            "M51",
            "You let each task come to its end before the next one begins.",
            "After one step of a, whom does the Cooperator ask for the next?",
            lanes=(in_turn("aaa bbb ccc"),) * 3,
        ),
        Mistake(
            "M37",
            "You let all three take turns, as if they shared one Cooperator.",
            "Each Cooperator asks for a slice of its own. In that of the second, who can be asked?",
            lanes=(in_turn(ROUND_ROBIN),),
        ),
        Mistake(
            "M37",
            "You let c wait until the Cooperator of a and b has nothing more to do.",
            "Does one Cooperator know of the other? Which of the two has asked the clock for its first slice?",
            lanes=(in_turn("ab ab ab ccc"),),
        ),
        Mistake(
            "M37",
            "You let c jump the queue, although it has no advantage here.",
            "Which tasks share a Cooperator this time, and how many are there in each?",
            lanes=({}, in_turn(TWO_AND_ONE), in_turn(TWO_AND_ONE)),
        ),
        Mistake(
            "M51",
            "You gave c fewer turns at first, because its steps are longer.",
            "What does a Cooperator count: steps, or the time that they take?",
            lanes=(in_turn("a c b a b a b c c"), in_turn("a b c a b a b c c"), in_turn("a b c a b a b c c")),
        ),
    ),
    {"": "step {k} of {lane}"},
    read=as_turns,
    truth=turns,
)
