"""Cooperators on the clock of an experiment, and what may be handed to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twisted.internet.task import Cooperator

from course_lib.exercises.answers import Incorrect, said


def stepwise(clock: Any) -> Cooperator:
    """Make the Cooperator of the lesson: each slice is one step, and the next one comes in the next turn."""
    return Cooperator(
        scheduler=lambda next_slice: clock.callLater(0, next_slice),
        terminationPredicateFactory=lambda: lambda: True,
    )


def unhurried(clock: Any, pause: float = 0.05) -> Cooperator:
    """Make a Cooperator that makes a step as soon as it can, but no more than one in so many seconds."""
    began = -pause

    def slice_begins() -> Any:
        nonlocal began
        began = clock.seconds()
        return lambda: True

    return Cooperator(
        scheduler=lambda next_slice: clock.callLater(max(0, began + pause - clock.seconds()), next_slice),
        terminationPredicateFactory=slice_begins,
    )


def as_steps(value: Any, name: str) -> Iterator[Any]:
    """Make sure that what a learner's function returned is an iterator."""
    if hasattr(value, "close") and hasattr(value, "send") and not hasattr(value, "__next__"):
        value.close()
        msg = f"a Cooperator cannot ask a coroutine for steps. Write def {name}, without async, and yield in it."
        raise Incorrect(msg)
    if not hasattr(value, "__next__"):
        msg = f"{name} should return a generator, as it does when there is a yield in it. Yours returned {said(value)}."
        raise Incorrect(msg)
    return value  # type: ignore[no-any-return]
