"""Exercise 02-5: a function that waits until nobody has called it for a while."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from course_lib.exercises.answers import Incorrect, said
from course_lib.exercises.check import Experiment, Mistake, Program, Scenario

Presses = Mapping[str, Sequence[float]]


def debounced(debounce: Callable[..., Any], wait: float, presses: Presses, again: bool = False) -> Experiment:
    """Functions are debounced, and called when `presses` says; if `again`, the first run of each calls it once more."""

    def experiment(clock: Any, timeline: Any) -> None:
        def add(name: str, times: Sequence[float]) -> None:
            ran: list[bool] = []

            def f() -> None:
                ran.append(True)
                if again and len(ran) == 1:
                    pressed()

            press = asked(debounce(clock, wait, timeline.traced(f, name=name)))
            pressed = timeline.traced(lambda: press(), name=f"press {name}")
            for at in times:
                clock.callLater(at, pressed)

        for name, times in presses.items():
            add(name, times)

    return experiment


def asked(value: Any) -> Callable[[], Any]:
    """Make sure that what debounce returned can be called."""
    if not callable(value):
        msg = f"debounce should return a function, the one that is called at every press. Yours returned {said(value)}."
        raise Incorrect(msg)
    return value  # type: ignore[no-any-return]


CHECK = Program(
    (
        Scenario({"wait": 1, "presses": {"f": [0, 0.5, 1.25, 3]}}, {"f": [2.25, 4]}, until=6.5),
        Scenario(
            {"wait": 0.75, "presses": {"f": [0, 0.5, 1.5]}, "again": True},
            {"f": [1.25, 2.25]},
            until=4,
            hidden=True,
            words="wait = 0.75, and an f that presses",
        ),
        Scenario(
            {"wait": 1, "presses": {"f": [0, 2], "g": [0.5, 1.2]}},
            {"f": [1, 3], "g": [2.2]},
            until=4.5,
            hidden=True,
            words="two functions, f and g",
        ),
    ),
    (
        Mistake(
            "M26",
            "At a press you cancelled, or moved, a call that had run already.",
            "Which method of a `DelayedCall` tells you whether it is still to come?",
            raised="AlreadyCalled",
        ),
        Mistake(
            "M26",
            "You went on using a call that you had cancelled.",
            "A call that is cancelled cannot be moved any more. Which of the two do you need here?",
            raised="AlreadyCancelled",
        ),
        Mistake(
            "M15",
            "You handed over something that cannot be called as it was.",
            "Who is to call `f`, you at the press, or the clock? What do the brackets behind a name do?",
            raised="TypeError",
        ),
        Mistake(
            "M26",
            "Every press made a call of its own, and the older ones stayed on the clock.",
            "What is to happen to the call that is waiting already, when the next press comes?",
            lanes=({"f": [1, 1.5, 2.25, 4]}, {"f": [0.75, 1.25, 1.5, 2.25]}),
        ),
        Mistake(
            "M26",
            "You kept the call of the first press where it was.",
            "The wait is to begin anew at each press. How is a call moved that is still to come?",
            lanes=({"f": [1, 2.25, 4]},),
        ),
        Mistake(
            "M26",
            "You put the call off by another wait, counted from when it was due.",
            "One method counts from the old due time, another one from now. Which of them begins the wait anew?",
            lanes=({"f": [4]},),
        ),
        Mistake(
            "M26",
            "Once its call has run, your function makes no other.",
            "At the last press no call was still to come. What has to be done then?",
            lanes=({"f": [2.25]},),
        ),
        Mistake(
            "M1",
            "You let a loop make its first call at the press itself.",
            "Is it a loop that you need? How often is `f` to run when the presses have stopped?",
            when=lambda attempt: attempt.got.times("f")[:1] == attempt.got.times("press f")[:1] != [],
        ),
        Mistake(
            "M26",
            "A call was forgotten that `f` itself had asked for while it ran.",
            "In which order do you run `f` and clear your handle, and what happens between the two?",
            lanes=({}, {"f": [1.25, 2, 2.25]}),
        ),
    ),
    {"": "run {k} of {lane}"},
    experiment=debounced,
    takes=("clock", "wait", "f"),
)
