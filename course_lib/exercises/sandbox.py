"""Runs an answer in virtual time so that it can do no harm: few calls, no output, nothing of Twisted's changed."""

from __future__ import annotations

import builtins
import gc
import inspect
import io
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace
from functools import wraps
from typing import Any

from twisted.internet import base, defer, task

import course_lib.clock
import course_lib.running.run
from course_lib.clock import VirtualClock
from course_lib.errors import Runaway
from course_lib.recording import calls as recording
from course_lib.recording import recorder, tracing
from course_lib.running.live import end_live_run
from course_lib.running.run import run
from course_lib.running.unhandled import unhandled_errors
from course_lib.timeline.timeline import Timeline
from course_lib.words import name_of

MOST_CALLS = 50_000
MOST_PRINTED = 600  # characters of an answer's output that are shown
MODULES = (builtins, time, base, defer, task, recorder, recording, tracing, course_lib.clock, course_lib.running.run)
NOT_FIRED = "nothing was scheduled any more"
LAZY = {"__implemented__", "__providedBy__", "__provides__", "__annotations__", "__warningregistry__", "_"}


class CappedClock(VirtualClock):
    """A VirtualClock that takes so many calls and no more, and says so."""

    _taken = 0

    def callLater(self, delay: float, callable: Callable[..., Any], *args: object, **kw: object) -> Any:  # noqa: A002
        """Schedule a call, if it is not one too many: IReactorTime."""
        self._taken += 1
        if self._taken > MOST_CALLS:
            msg = f"more than {MOST_CALLS:,} calls were scheduled, the last one of {name_of(callable)}: where is their end?"
            raise Runaway(msg)
        return super().callLater(delay, callable, *args, **kw)


def run_watched(experiment: Callable[[Any, Any], Any], until: float, errors: list[BaseException]) -> Timeline:
    """Run an experiment in virtual time; what its delayed calls raise is appended to `errors`, tracebacks and all."""

    def watched(clock: Any, timeline: Any) -> Any:
        timeline._recorder.errors = errors
        return experiment(clock, timeline)

    watched.__name__ = name_of(experiment)
    return without_our_own(run(watched, clock=CappedClock(), until=until))


def noting_a_stub(answer: Callable[..., Any], errors: list[BaseException]) -> Callable[..., Any]:
    """Make an answer append a NotImplementedError to `errors`, wherever it would get lost otherwise."""

    @contextmanager
    def noting() -> Iterator[None]:
        try:
            yield
        except NotImplementedError as error:
            errors.append(error)
            raise

    async def awaited(*args: Any, **kw: Any) -> Any:
        with noting():
            return await answer(*args, **kw)

    def generated(*args: Any, **kw: Any) -> Any:
        with noting():
            return (yield from answer(*args, **kw))

    def called(*args: Any, **kw: Any) -> Any:
        with noting():
            return answer(*args, **kw)

    awaits, generates = inspect.iscoroutinefunction(answer), inspect.isgeneratorfunction(answer)
    return wraps(answer)(awaited if awaits else generated if generates else called)


def without_our_own(timeline: Timeline) -> Timeline:
    """Leave out the note that the experiment's Deferred has not fired: it is ours, and only ever fails."""
    return replace(timeline, notes=tuple(note for note in timeline.notes if not note.startswith(NOT_FIRED)))


def unhandled_until_now() -> list[str]:
    """Collect the garbage of the last run, and tell of the errors in it that nobody handled."""
    with unhandled_errors() as told:
        gc.collect()
    return told


class Output(io.StringIO):
    """What an answer prints: the beginning is kept, the rest counted."""

    lines = 0

    def write(self, text: str) -> int:
        """Keep the text if there is room."""
        self.lines += text.count("\n")
        room = MOST_PRINTED - self.tell()
        super().write(text[: max(room, 0)])
        return len(text)

    def __str__(self) -> str:
        kept = self.getvalue()
        if self.tell() < MOST_PRINTED:
            return kept
        return f"{kept} …\n(all in all {self.lines:,} lines)"


@contextmanager
def captured() -> Iterator[Output]:
    """Keep what is printed from the notebook."""
    output = Output()
    with redirect_stdout(output), redirect_stderr(output):
        yield output


@contextmanager
def put_back(changed: list[str]) -> Iterator[None]:
    """Undo what an answer changes in Twisted, in time and in the clocks, and append what that was to `changed`."""
    import twisted.internet.reactor  # noqa: F401  # once it is there, run() can guard it

    end_live_run()  # as the first run would; with it go the stand-ins, and that is no change of the answer's
    before = {id(place): (place, dict(vars(place))) for place in _places()}
    try:
        yield
    finally:
        for place, values in before.values():
            changed += _restore(place, values)


def _places() -> list[Any]:
    classes = [c for m in MODULES[2:] for c in vars(m).values() if isinstance(c, type) and c.__module__ == m.__name__]
    return [*MODULES, *classes, sys.modules["course_lib"]]


def _restore(place: Any, before: Mapping[str, Any]) -> list[str]:
    now = dict(vars(place))
    names = [name for name in {**before, **now} if name not in LAZY and before.get(name, now) is not now.get(name, now)]
    for name in names:
        if name in before:
            setattr(place, name, before[name])
        else:
            delattr(place, name)
    return [f"{getattr(place, '__qualname__', place.__name__)}.{name}" for name in names]
