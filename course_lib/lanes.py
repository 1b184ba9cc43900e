"""Which lane a scheduled call belongs to: the learner's function in it, however Twisted has wrapped it up."""

from __future__ import annotations

from typing import Any, cast

from twisted.internet.defer import Deferred
from twisted.internet.task import Cooperator

from course_lib.naming import closed_over, name_of, unwrapped

# The second is what Deferred.addTimeout schedules, the third what a press does.
MACHINERY = {"mark", "timeItOut", "press_by_hand"}


def lane_of(func: Any, current: str) -> tuple[str, bool]:
    """Find the lane of a call, and whether the call itself is to be drawn as a bar (nothing inside is traced)."""
    f = unwrapped(func)
    if (lane := traced_lane(f)) is not None:
        return lane, False
    owner = getattr(f, "__self__", None)
    if isinstance(owner, Deferred):  # what it will call, or else whoever waits for it
        wanted = _first_callback(owner)
        return (current, False) if wanted is None else lane_of(wanted, current)
    if is_machinery(f):
        return "", False
    return name_of(f).strip("<>"), True


def traced_lane(f: Any) -> str | None:
    """Find the lane of a traced callable, or None."""
    return cast("str | None", getattr(f, "__lane__", None))


def is_machinery(f: Any) -> bool:
    """Say whether a callback has no lane of its own: a Cooperator's turn, a mark, a time-out (addTimeout)."""
    return isinstance(getattr(f, "__self__", None), Cooperator) or getattr(f, "__name__", "") in MACHINERY


def _first_callback(deferred: Deferred[Any]) -> Any:
    """Find what a Deferred will call first: what was given to deferLater, or a traced callback; None if neither."""
    first = deferred._callbacks[0][0][0] if deferred._callbacks else None
    return first if traced_lane(first) is not None else closed_over(first, "callable")
