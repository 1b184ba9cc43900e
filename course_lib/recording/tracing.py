"""Traced callables, marks and blocks: the `timeline` that an experiment is handed while it runs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import suppress
from functools import wraps
from math import inf
from types import coroutine
from typing import Any, TypeVar, cast

from course_lib.errors import ExperimentError
from course_lib.recording.recorder import OF_A_STEP, Recorder
from course_lib.timeline.records import Mark
from course_lib.words import answer, check_lane, name_of, shown, worded

F = TypeVar("F", bound=Any)


class Tracer:
    """What an experiment is handed as `timeline`: trace a job, mark an instant, block the reactor.

    >>> def experiment(clock, timeline):
    ...     clock.callLater(1, timeline.traced(job))
    """

    def __init__(self, recorder: Recorder, sleep: Callable[[float], object]) -> None:
        self._recorder, self._sleep = recorder, sleep

    def traced(self, f: F, name: str | None = None) -> F:
        """Return a callable that does what f does and draws a bar in its lane each time it runs.

        A function, a coroutine function or a generator function stays one; of an iterator, each `next` is a bar.
        A Deferred that f returns, yields or awaits is a waiting span until it fires. The lane is called `name`,
        or as f is; two lanes need two names, and callables given the same name share a lane.
        """
        lane = self._new_lane(f, name)
        if answer(lambda: inspect.iscoroutinefunction(f), False):
            return cast("F", _named(lane, f, self._coroutine_function(lane, f)))
        if answer(lambda: inspect.isgeneratorfunction(f), False):
            return cast("F", _named(lane, f, self._generator_function(lane, f)))
        if callable(f):
            return cast("F", _named(lane, f, self._function(lane, f)))
        return cast("F", TracedIterator(self._recorder, lane, f))

    def mark(self, label: object) -> None:
        """Mark this instant with a label."""
        recorder = self._recorder
        if not recorder.over:
            recorder.marks.append(Mark(recorder.now(), worded(label), recorder.lane))

    mark.__lane__ = ""  # type: ignore[attr-defined]  # scheduled itself, it has no lane

    def block(self, seconds: float) -> None:
        """Hold the reactor for so many seconds, as a blocking call does: nothing else runs meanwhile."""
        if not 0 <= seconds < inf:
            msg = f"block({shown(seconds)}): the reactor is held for a number of seconds, 0 or more."
            raise ValueError(msg)
        self._sleep(seconds)

    def _new_lane(self, f: Any, name: str | None) -> str:
        if not callable(f) and not isinstance(f, Iterator):
            msg = f"traced() wants the function itself, or an iterator, and got {shown(f)}: write traced(f), not traced(f())."
            raise TypeError(msg)
        lane = check_lane(name_of(f).strip("<>") if name is None else name)
        if name is None and lane in self._recorder.lanes:
            msg = f"there is a lane {lane!r} already: tell them apart with traced({lane}, name=…)."
            raise ExperimentError(msg)
        self._recorder.lanes.setdefault(lane)
        return lane

    def _function(self, lane: str, f: Callable[..., Any]) -> Callable[..., Any]:
        ran = self._recorder.ran

        def traced(*args: Any, **kw: Any) -> Any:
            return ran(lane, f, args, kw)

        return traced

    def _coroutine_function(self, lane: str, f: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Any]:
        steps = coroutine(self._steps)

        async def traced(*args: Any, **kw: Any) -> Any:
            return await steps(lane, f(*args, **kw))

        return traced

    def _generator_function(self, lane: str, f: Callable[..., Generator[Any, Any, Any]]) -> Callable[..., Any]:
        def traced(*args: Any, **kw: Any) -> Generator[Any, Any, Any]:
            return (yield from self._steps(lane, f(*args, **kw)))

        return traced

    def _steps(self, lane: str, generator: Any) -> Generator[Any, Any, Any]:
        """Run a generator or coroutine step by step, each step a bar; all that is sent or thrown passes through."""
        recorder = self._recorder
        step, argument = generator.send, None
        while True:
            try:
                yielded = recorder.ran(lane, step, (argument,), {}, OF_A_STEP)
            except StopIteration as end:
                return end.value
            try:
                step, argument = generator.send, (yield yielded)
            except GeneratorExit:
                generator.close()
                raise
            except BaseException as error:  # noqa: BLE001 whatever was thrown is for the generator to catch
                step, argument = generator.throw, error


class TracedIterator:
    """An iterator of which each `next` is a bar in its lane."""

    def __init__(self, recorder: Recorder, lane: str, iterator: Iterator[Any]) -> None:
        self._recorder, self.__lane__, self._iterator = recorder, lane, iterator

    def __iter__(self) -> TracedIterator:
        return self

    def __next__(self) -> Any:
        return self._recorder.ran(self.__lane__, self._iterator.__next__, (), {}, OF_A_STEP)


def _named(lane: str, f: Any, traced: Any) -> Any:
    """Give the traced callable f's name and documentation, and its lane for whoever schedules it."""
    with suppress(Exception):  # a learner's object may raise when it is asked for them
        wraps(f)(traced)
    traced.__lane__ = lane
    return traced
