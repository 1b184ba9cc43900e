"""A limit on time and memory, for code that may never end: by an alarm, a child process, or a watching thread."""

from __future__ import annotations

import ctypes
import os
import pickle
import select
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread, current_thread, get_ident, main_thread
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")
AGAIN = 1.0  # seconds after which code that swallows everything is told once more
COURSE = str(Path(__file__).resolve().parent.parent)
MEMORY = 2**30  # bytes more than there are


class TimeUp(KeyboardInterrupt):
    """The time is up. As a KeyboardInterrupt it goes through whatever handles ordinary errors."""


def limited(f: Callable[[], T], seconds: float) -> T:
    """Return what f returns, or raise TimeUp after so many seconds. In a child process f's result is pickled."""
    if current_thread() is main_thread() and hasattr(signal, "setitimer"):
        return _under_an_alarm(f, seconds)
    if hasattr(os, "fork"):
        return _in_a_child(f, seconds)
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
    while frame is not None and frame.f_code is not _under_an_alarm.__code__:
        if not frame.f_code.co_filename.startswith(COURSE):
            frame.f_trace = tracer
        frame = frame.f_back


def _under_an_alarm(f: Callable[[], T], seconds: float) -> T:
    alarm = _Alarm()
    before = signal.signal(signal.SIGALRM, alarm)
    traced = sys.gettrace()
    timer = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        with _little_memory():
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
    if not sys.platform.startswith("linux"):
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    limits = [limit for limit in (soft, now + MEMORY) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min(limits), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _in_a_child(f: Callable[[], T], seconds: float) -> T:
    """Run f in a copy of this process, which can be killed. There, this thread is the main one."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of forking beside other threads: the copy uses none of them
        child = os.fork()
    if child == 0:
        os.close(reading)
        _be_the_child(f, seconds, writing)
    os.close(writing)
    try:
        ready, _, _ = select.select([reading], [], [], seconds + 4 * AGAIN)
        data = _read_all(reading) if ready else b""
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if not data:
        raise TimeUp
    failed, result = pickle.loads(data)
    if failed:
        raise result
    return result  # type: ignore[no-any-return]


def _be_the_child(f: Callable[[], Any], seconds: float, writing: int) -> None:
    sys.modules.pop("twisted.internet.reactor", None)  # its thread is not here: run() must not wait for it
    outcome: tuple[bool, Any]
    try:
        outcome = (False, _under_an_alarm(f, seconds))
    except BaseException as error:  # noqa: BLE001 it is the parent's
        outcome = (True, error)
    try:
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(outcome, pipe)
    finally:
        os._exit(0)


def _read_all(descriptor: int) -> bytes:
    with os.fdopen(os.dup(descriptor), "rb") as pipe:
        return pipe.read()


def _let_it_hit() -> None:
    """Take the TimeUp that is on its way to this thread, if there is one, in some steps that harm nobody."""
    with suppress(TimeUp):
        for _ in range(100):
            pass


def _watched(f: Callable[[], T], seconds: float) -> T:
    """Run f in this thread while another watches the time (Windows). Only what is Python can be interrupted."""
    over, told, me = Event(), Event(), get_ident()

    def watch() -> None:
        pause = seconds
        while not over.wait(pause):
            told.set()
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(me), ctypes.py_object(TimeUp))
            pause = AGAIN

    watcher = Thread(target=watch, name="time limit", daemon=True)
    watcher.start()
    try:
        result = f()
    finally:
        over.set()
        watcher.join()
        _let_it_hit()
    if told.is_set():
        raise TimeUp
    return result
