"""A limit on time and memory, for code that may never end: by an alarm, or by a thread that watches."""

from __future__ import annotations

import ctypes
import signal
import sys
from _thread import start_new_thread
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Lock, current_thread, get_ident, main_thread
from types import FrameType
from typing import Any, TypeVar

from twisted.python.runtime import platform

T = TypeVar("T")
AGAIN = 1.0  # seconds after which code that swallows everything is told once more
COURSE = str(Path(__file__).resolve().parent.parent)
MEMORY = 2**30  # bytes more than there are


class TimeUp(KeyboardInterrupt):
    """The time is up. As a KeyboardInterrupt it goes through whatever handles ordinary errors."""


class _TimeUpAgain(TimeUp):
    """The time is up, and the first TimeUp was caught. It is made in the thread whose time is up, where it is raised."""

    def __init__(self) -> None:
        _raise_where_it_is_caught(sys._getframe(1))


def limited(f: Callable[[], T], seconds: float) -> T:
    """Return what f returns, or raise TimeUp after so many seconds, and MemoryError when it takes too much (on Linux).

    A call into C that does not return (time.sleep) is ended in the main thread only, and not on Windows.
    """
    with _little_memory():
        if platform.type == "posix" and current_thread() is main_thread():
            return _under_an_alarm(f, seconds)
        return _watched(f, seconds)


class _Alarm:
    """A handler that raises TimeUp, and from the second time on once more where the first is caught."""

    rung = 0
    over = False

    def __call__(self, _: int, frame: FrameType | None) -> None:
        if self.over:
            return
        self.rung += 1
        if self.rung > 1:
            _raise_where_it_is_caught(frame)
        raise TimeUp

    def end(self) -> None:
        """Do nothing from now on, even if it rings this very moment."""
        while not self.over:
            try:
                self.over = True
            except TimeUp:
                continue


def _raise_where_it_is_caught(frame: FrameType | None) -> None:
    """Let code that catches everything, in a loop, meet a TimeUp in its except clause, which is outside of its try."""

    def tracer(frame: FrameType, event: str, arg: object) -> Any:  # noqa: ARG001
        if event == "line":
            raise TimeUp
        return tracer

    sys.settrace(lambda *_: None)
    while frame is not None and frame.f_code not in (_under_an_alarm.__code__, _watched.__code__):
        if not frame.f_code.co_filename.startswith(COURSE):
            frame.f_trace = tracer
        frame = frame.f_back


def _under_an_alarm(f: Callable[[], T], seconds: float) -> T:
    alarm = _Alarm()
    before = signal.signal(signal.SIGALRM, alarm)
    traced = sys.gettrace()
    timer = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        result = f()
    finally:
        alarm.end()
        sys.settrace(traced)
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, before)
    if alarm.rung:
        raise TimeUp
    return result


@contextmanager
def _little_memory() -> Iterator[None]:
    """Let the process take only so much more memory: a list without end raises MemoryError, and the kernel lives."""
    if not platform.isLinux():
        yield
        return
    import resource  # POSIX only

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    limits = [limit for limit in (soft, now + MEMORY) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min(limits), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _let_it_hit() -> None:
    """Take the TimeUp that is on its way to this thread, if there is one, in some steps that harm nobody."""
    with suppress(TimeUp):
        for _ in range(100):
            pass


def _watched(f: Callable[[], T], seconds: float) -> T:
    """Run f in this thread while another watches the time. Only what is Python can be interrupted.

    The two speak through bare locks. A TimeUp may come at any line of this function: what is written in Python, as
    Event and Thread are, it could leave half done, and the watcher would never be told.
    """
    going, watching, told = Lock(), Lock(), Event()
    me, traced = get_ident(), sys.gettrace()

    def watch() -> None:
        error: type[TimeUp] = TimeUp
        pause = seconds
        while not going.acquire(timeout=pause):
            told.set()
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(me), ctypes.py_object(error))
            error, pause = _TimeUpAgain, AGAIN
        watching.release()

    going.acquire()
    watching.acquire()
    start_new_thread(watch, ())
    try:
        try:
            result = f()
        finally:
            going.release()
    finally:
        if going.locked():  # a TimeUp came before the line above; the next would be AGAIN seconds later
            going.release()
        sys.settrace(traced)
        watching.acquire()
        _let_it_hit()
    if told.is_set():
        raise TimeUp
    return result
