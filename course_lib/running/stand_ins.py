"""What an experiment meets in the place of things that know another time: time.sleep, alarms, asyncio, the real reactor."""

from __future__ import annotations

import asyncio
import inspect
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from math import inf
from threading import Thread, get_ident
from typing import Any, NamedTuple, NoReturn

from twisted.internet.base import ReactorBase
from twisted.internet.defer import DeferredList
from twisted.python.failure import Failure

from course_lib.errors import REFUSED, ExperimentError
from course_lib.running.bindings import bound_anew

ASYNCIO = "an experiment cannot await what is asyncio's: its time is the clock's. Write await deferLater(clock, 1)."
ALARM = "an experiment may not set an alarm, which rings in real time, whatever is on then. Write clock.callLater."
THREADS = "threads, those of deferToThread too, are the real reactor's and take real time"
NETWORK = "the network is the real reactor's and takes real time"
PROCESSES = "processes are the real reactor's and take real time"
REAL_ONLY = {
    "callFromThread": THREADS, "callInThread": THREADS, "getThreadPool": THREADS, "suggestThreadPoolSize": THREADS,
    "listenTCP": NETWORK, "listenSSL": NETWORK, "listenUDP": NETWORK, "listenUNIX": NETWORK,
    "connectTCP": NETWORK, "connectSSL": NETWORK, "connectUNIX": NETWORK, "resolve": NETWORK,
    "spawnProcess": PROCESSES, "callWhenRunning": "the real reactor has no part in virtual time",
}  # fmt: skip


class Running(NamedTuple):
    """An experiment that is on: how it sleeps (None: as everybody does), and the threads that it has begun."""

    sleep: Callable[[float], object] | None
    begun: list[Thread]


_running: dict[int, Running] = {}  # by the thread that it is on in; of one inside another, the inner


@contextmanager
def stand_ins(
    experiment: Callable[..., Any], thread: int, sleep: Callable[[float], object] | None = None
) -> Iterator[list[Thread]]:
    """Let an experiment that is on in a thread meet the stand-ins there; yield the threads that it begins.

    With `sleep` it is in virtual time: `time.sleep` calls it, and what takes real time is refused in a sentence.
    """
    running = Running(sleep, [])
    names = bound_anew(experiment, INSTEAD, HOMES)
    with _on(thread, running), names, _methods_replaced(), _no_loop(wanted=sleep is not None):
        yield running.begun


@contextmanager
def real_time() -> Iterator[None]:
    """Let this thread deal with the real reactor, even in the midst of an experiment in virtual time."""
    with _on(get_ident(), None):
        yield


@contextmanager
def _on(thread: int, running: Running | None) -> Iterator[None]:
    outer = _running.pop(thread, None)
    if running is not None:
        _running[thread] = running
    try:
        yield
    finally:
        _running.pop(thread, None)
        if outer is not None:
            _running[thread] = outer


def _running_here() -> Running | None:
    return _running.get(get_ident())


def _is_virtual_here() -> bool:
    here = _running_here()
    return here is not None and here.sleep is not None


# Functions, under whatever names the learner has them


@wraps(time.sleep)
def sleep(seconds: Any, /) -> None:
    """Sleep; in virtual time, hold the reactor for that long."""
    here = _running_here()
    counts = isinstance(seconds, float) or hasattr(seconds, "__index__")
    if here is None or here.sleep is None or not counts or not 0 <= seconds < inf:
        really_sleep(seconds)  # and say what is wrong with it
    else:
        here.sleep(float(seconds))


def _unless_running(f: Callable[..., Any], sentence: str) -> Callable[..., Any]:
    @wraps(f)
    def stand_in(*args: Any, **kw: Any) -> Any:
        if _running_here() is not None:
            raise ExperimentError(sentence)
        return f(*args, **kw)

    return stand_in


really_sleep = time.sleep
HOMES = (time, signal)
STAND_INS = {really_sleep: sleep} | {
    f: _unless_running(f, ALARM)
    for f in (getattr(signal, name, None) for name in ("alarm", "setitimer"))
    if f is not None  # as on Windows
}
INSTEAD = {id(f): stand_in for f, stand_in in STAND_INS.items()}  # names may be bound to anything, also without a hash


# Methods, of the real reactor, of threads and of Deferreds


@contextmanager
def _methods_replaced() -> Iterator[None]:
    """Replace them in their classes: the reactor itself may be made only when the experiment imports it."""
    reactor = sys.modules.get("twisted.internet.reactor")
    owner: Any = ReactorBase if reactor is None else type(reactor)
    names = [name for name in (*REFUSED, *REAL_ONLY) if hasattr(owner, name)]
    stand_ins = {(owner, name): _refusing(name, getattr(owner, name)) for name in names}
    stand_ins[Thread, "start"] = _noting(Thread.start)
    stand_ins[DeferredList, "_cbDeferred"] = _noting_what_is_kept(DeferredList._cbDeferred)  # type: ignore[attr-defined]
    before = {(owner, name): vars(owner).get(name) for owner, name in stand_ins}
    try:
        for (owner, name), method in stand_ins.items():
            setattr(owner, name, method)
        yield
    finally:
        for (owner, name), method in before.items():
            if method is None:  # it was inherited
                delattr(owner, name)
            else:
                setattr(owner, name, method)


def _refusing(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def stand_in(self: Any, *args: Any, **kw: Any) -> Any:
        if name in REFUSED and _running:  # a reactor made during a run keeps the stand-in for its own end
            msg = f"an experiment may not call {name}() on the reactor: {REFUSED[name]}."
            raise ExperimentError(msg)
        if _is_virtual_here():
            msg = (
                f"an experiment in virtual time may not call {name}() on the reactor: {REAL_ONLY[name]}."
                " Run it with clock=reactor."
            )
            raise ExperimentError(msg)
        return method(self, *args, **kw)

    return stand_in


def _noting(start: Callable[[Thread], None]) -> Callable[[Thread], None]:
    @wraps(start)
    def stand_in(self: Thread) -> None:
        here = _running_here()
        start(self)
        if here is not None:
            here.begun.append(self)

    return stand_in


def was_kept(failure: Failure) -> bool:
    """Say whether a DeferredList has seen a failure and left it in its own Deferred, too."""
    return hasattr(failure, "kept_by_a_list")


def _noting_what_is_kept(callback: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(callback)
    def stand_in(self: Any, result: Any, *args: Any, **kw: Any) -> Any:
        passed_on = callback(self, result, *args, **kw)
        if isinstance(passed_on, Failure):
            passed_on.kept_by_a_list = True  # type: ignore[attr-defined]  # a weak reference would be gone too early
        return passed_on

    return stand_in


# asyncio


class NoLoop:
    """What asyncio takes for the loop that is running: a notebook's own would call back when the cell is long over."""

    def __getattr__(self, name: str) -> Any:
        return _refuse_asyncio


def _refuse_asyncio(*args: object, **_: object) -> NoReturn:
    for argument in args:
        if inspect.iscoroutine(argument):
            argument.close()  # or Python warns that it was never awaited
    raise ExperimentError(ASYNCIO)


@contextmanager
def _no_loop(*, wanted: bool) -> Iterator[None]:
    if not wanted:
        yield
        return
    before = asyncio._get_running_loop()
    asyncio._set_running_loop(NoLoop())  # type: ignore[arg-type]
    try:
        yield
    finally:
        asyncio._set_running_loop(before)
