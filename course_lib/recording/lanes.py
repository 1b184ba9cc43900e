"""Which lane a scheduled call belongs to: the learner's function in it, however Twisted has wrapped it up.

Kinds are told by class, never by a name or an attribute: a learner's function may be called "mark", and an object of
hers may have an attribute "f".
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType, MethodType
from typing import Any, TypeGuard, TypeVar

from twisted.internet.base import DelayedCall
from twisted.internet.defer import Deferred
from twisted.internet.task import Cooperator, LoopingCall
from twisted.python.failure import Failure

from course_lib.words import PASSED_ON, answer, closed_over, in_a_line, name_of, unwrapped

T = TypeVar("T")

PASSED_ON.update({DelayedCall: "func", LoopingCall: "f"})

# What Deferred.addTimeout schedules.
TIME_OUT = ("twisted.internet.defer", "Deferred.addTimeout.<locals>.timeItOut")


@dataclass(slots=True, eq=False)
class Job:
    """What is known of a callable that is scheduled."""

    func: Any
    call: Callable[..., object]  # func, or what calls it and looks at the result
    lane: str
    own_bar: bool = False  # the call itself is to be drawn as a bar: nothing inside is traced
    adopts: bool = False  # it has no lane of its own, and takes that of the first job inside
    unrun: str = ""  # what a call of it returns instead of running: "generator", "coroutine"
    deferred: Deferred[Any] | None = None  # the one of deferLater, which calls it and catches its exception
    failed: str = ""  # the exception that was caught there
    f: Any = None  # what a LoopingCall calls
    start: float | None = None  # of a LoopingCall, in its clock's seconds; None if it has not been started
    interval: float | None = None  # of a LoopingCall, seconds
    grid: tuple[float, float] | None = None  # the same two, in seconds from the start of the run

    def note_failure(self, failure: Failure) -> Failure:
        """Note what the Deferred has caught, and pass it on."""
        self.failed = in_a_line(failure.value) if failure.value else ""
        return failure


def job_of(func: Any, current: str) -> Job:
    """Find out in which lane a callable belongs that is scheduled while the lane `current` holds the reactor."""
    f, deferred, seen = unwrapped(func), None, set[int]()
    while (owner := _deferred_of(f)) is not None and id(owner) not in seen:
        seen.add(id(owner))
        wanted = _first_callback(owner)
        if wanted is None:  # it belongs to whoever waits for it
            return Job(func, func, current, adopts=True)
        f, deferred = unwrapped(wanted), owner
    unrun = "" if deferred else _unrun(f, is_a(func, LoopingCall))
    if (lane := _traced_lane(f)) is not None:
        return Job(func, func, lane, unrun=unrun)
    if _is_machinery(f):
        return Job(func, func, "")
    lane = name_of(f).strip("<>")
    lane = "reactor()" if lane == "reactor" else lane  # the reactor has a lane of that name
    return Job(func, func, lane, own_bar=not unrun, unrun=unrun, deferred=deferred)


def is_a(thing: object, kind: type[T]) -> TypeGuard[T]:
    """Say whether a thing is of a class; isinstance would believe what a mock says of itself."""
    return issubclass(type(thing), kind)


def _traced_lane(f: Any) -> str | None:
    lane = answer(lambda: f.__lane__, None)
    return lane if type(lane) is str else None  # whoever makes up all attributes has made up this one


def _is_machinery(f: Any) -> bool:
    """Say whether a callback is Twisted's own and has no lane: a Cooperator's turn, or a time-out."""
    if type(f) is MethodType:
        return is_a(f.__self__, Cooperator)
    return type(f) is FunctionType and (f.__module__, f.__qualname__) == TIME_OUT


def _unrun(f: Any, in_a_loop: bool) -> str:
    """Say what a call returns if it only makes something that whoever scheduled the call drops, else ""."""
    if type(f) not in (FunctionType, MethodType):
        return ""
    if inspect.isgeneratorfunction(f):
        return "generator"
    return "coroutine" if inspect.iscoroutinefunction(f) and not in_a_loop else ""  # LoopingCall awaits it


def _deferred_of(f: Any) -> Deferred[Any] | None:
    owner = f.__self__ if type(f) is MethodType else None
    return owner if is_a(owner, Deferred) else None


def _first_callback(deferred: Deferred[Any]) -> Any:
    """Find what a Deferred will call first: what was given to deferLater, or a traced callback; None if neither."""
    own = vars(deferred)
    chain = own.get("_callbacks", own.get("callbacks"))  # its name since Twisted 25.5, and before
    first = chain[0][0][0] if chain else None
    return first if _traced_lane(first) is not None else closed_over(first, "callable")
