"""What to call a callable in a sentence or a lane: the learner's own name for it, not Twisted's wrapping."""

from __future__ import annotations

import re
from typing import Any


def unwrapped(f: Any) -> Any:
    """Find the function that a recorded call, a LoopingCall or a partial will call in the end."""
    for attribute in ("func", "f"):  # a DelayedCall's or partial's, then a LoopingCall's
        inner = getattr(f, attribute, None)
        if callable(inner):
            return unwrapped(inner)
    counted = closed_over(f, "countCallable")  # LoopingCall.withCount's
    return f if counted is None else unwrapped(counted)


def closed_over(f: Any, variable: str) -> Any:
    """Look up what a function that twisted.internet.task has made holds in a variable of its closure, or None."""
    if getattr(f, "__module__", "") != "twisted.internet.task" or not getattr(f, "__closure__", None):
        return None
    cells = dict(zip(f.__code__.co_freevars, f.__closure__, strict=True))
    return cells[variable].cell_contents if variable in cells else None


def name_of(f: Any) -> str:
    """Name a callable in a word."""
    f = unwrapped(f)
    return str(getattr(f, "__name__", type(f).__name__))


def shown(value: Any) -> str:
    """Print a value as repr does, but without its address in memory, which would change from run to run."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))


def check_lane(name: object) -> None:
    """Refuse what cannot be the name of a lane."""
    if not isinstance(name, str) or not name.strip() or len(name.splitlines()) > 1 or name == "reactor":
        raise ValueError(
            f"a lane's name is a text of one line, and not 'reactor', whose lane is there already. This is {shown(name)}."
        )
