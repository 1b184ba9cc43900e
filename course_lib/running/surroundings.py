"""What an experiment did past its clock, to the real reactor or with threads: find it, undo it, and say so in a sentence."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from heapq import heapify
from math import isnan
from threading import Thread, Timer
from time import monotonic, sleep
from typing import Any, NamedTuple

from twisted.internet.task import CooperativeTask, Cooperator, LoopingCall
from twisted.python.runtime import platform

from course_lib.words import in_a_line, name_of, unwrapped

A_MOMENT = 0.05  # seconds given to a thread that is about to end

if platform.type == "posix":
    from twisted.internet.process import reapAllProcesses, reapProcessHandlers
else:  # on Windows no child is reaped, and Twisted keeps no list of those that run
    reapProcessHandlers = {}  # noqa: N816

    def reapAllProcesses() -> None:
        """Do nothing."""


class Surroundings:
    """The real reactor as it was before an experiment; None where nothing had imported one.

    Made and asked in the reactor's thread.
    """

    def __init__(self, reactor: Any) -> None:
        self._before = [[thing for thing, _ in kind.found(reactor)] for kind in KINDS]
        self._busy_threads = _busy_threads(reactor)

    def clean(self, reactor: Any, begun: Iterable[Thread] = ()) -> list[str]:
        """Stop what was not there before, and say in a sentence what that was, and what a cell had left there.

        `begun` are the threads that the experiment has begun. What cannot be stopped is named, too, and the rest stopped.
        """
        said = []
        for kind, before in zip(KINDS, self._before, strict=True):
            for thing, handle in kind.found(reactor):
                try:
                    said.append(kind.stays(thing) if thing in before else kind.end(thing, handle))
                except Exception as error:  # noqa: BLE001 it is the learner's, and may raise anything
                    said.append(f"{kind.name} was left, and could not be ended: {in_a_line(error)}.")
        said.append(_still_at_work("of the reactor's threads", self._threads_left(reactor)))
        said += _end_threads(begun, reactor)
        return list(dict.fromkeys(filter(None, said)))

    def _threads_left(self, reactor: Any) -> int:
        """Count the threads at work that were not before; one that has just delivered its result is given a moment."""
        for _ in range(50):
            if _busy_threads(reactor) <= self._busy_threads:
                return 0
            sleep(0.001)
        return _busy_threads(reactor) - self._busy_threads


def installed_reactor() -> Any:
    """Return the real reactor if anything has imported it so far, else None."""
    return sys.modules.get("twisted.internet.reactor")


def _work(reactor: Any) -> list[tuple[Any, Any]]:
    """List what there is to do on the reactor, each with its delayed call.

    A LoopingCall and a chain of callLater have a new delayed call each time, and are yet the same work.
    Left out are crochet's own reaping of processes, and what ends with the connection it belongs to.
    """
    found: list[tuple[Any, Any]] = []
    for call in reactor.getDelayedCalls() if reactor else []:
        owner = getattr(call.func, "__self__", None)
        if isinstance(owner, Cooperator):
            found += [(task, call) for task in owner._tasks]
        elif unwrapped(call) is not reapAllProcesses and not _is_transport(owner):
            found.append((call.func, call))
    return found


def _descriptors(reactor: Any) -> list[tuple[Any, Any]]:
    """List the open ports and connections, each with the reactor, but for the pipe with which that is woken up."""
    found = dict.fromkeys([*reactor.getReaders(), *reactor.getWriters()]) if reactor else {}
    return [(d, reactor) for d in found if _is_transport(d)]


def _processes(_: Any) -> list[tuple[int, Any]]:
    """List the child processes that the reactor waits for, each by its number."""
    return list(reapProcessHandlers.items())


def _is_transport(thing: Any) -> bool:
    return hasattr(thing, "stopListening") or hasattr(thing, "abortConnection")


def _busy_threads(reactor: Any) -> int:
    pool = getattr(reactor, "threadpool", None)
    return len(pool.working) if pool is not None else 0


def _called(work: Any) -> str:
    return "a cooperative task" if isinstance(work, CooperativeTask) else name_of(work)


def _stays(work: Any) -> str:
    return f"{_called(work)} was on the reactor before this run and still is: a cell put it there. Only run() should."


def _stop(work: Any, call: Any) -> str:
    """Stop a piece of work, and say what it was and how to write it."""
    if isinstance(work, CooperativeTask):
        # One by one: Cooperator.stop() would skip every second task, and end the Cooperator for good.
        work.whenDone().addErrback(lambda _: None)
        work.stop()
        return (
            "a cooperative task ran past the clock: task.cooperate() knows only the reactor's. It was stopped."
            " Give a Cooperator a scheduler that calls clock.callLater."
        )
    if isinstance(work, LoopingCall) and work.running:
        work.stop()
        return f"{_called(work)} ran past the clock: its LoopingCall was started without it. It was stopped. Write loop.clock = clock before loop.start()."
    if call.active():
        call.cancel()
        if isnan(call.time):  # it stays in the reactor's heap, where nothing is due before or after NaN
            call.time = 0.0
            heapify(installed_reactor()._pendingTimedCalls)
    return f"{_called(work)} was scheduled past the clock, with reactor.callLater. It was cancelled. Write clock.callLater."


def _close(descriptor: Any, reactor: Any) -> str:
    try:
        if hasattr(descriptor, "stopListening"):
            descriptor.stopListening()
            return "a port was still listening. It was closed. Stop listening before the run ends."
        descriptor.abortConnection()
    except Exception:
        reactor.removeReader(descriptor)  # or it would be on the reactor in every later run
        reactor.removeWriter(descriptor)
        raise
    return "a connection was still open. It was closed. Close it before the run ends."


def _kill(_: int, process: Any) -> str:
    process.signalProcess("KILL")
    return "a child process was still running. It was killed. Wait for it before the run ends."


def _end_threads(begun: Iterable[Thread], reactor: Any) -> list[str]:
    """Cancel the timers among the threads that an experiment has begun, and count the others that are still at work."""
    pool = getattr(getattr(reactor, "threadpool", None), "threads", ())
    alive = [thread for thread in begun if thread.is_alive() and thread not in pool]
    timers = [thread for thread in alive if isinstance(thread, Timer)]
    for timer in timers:
        timer.cancel()
    until = monotonic() + A_MOMENT
    for thread in alive:
        thread.join(max(0, until - monotonic()))
    others = sum(thread.is_alive() for thread in alive if thread not in timers)
    cancelled = "a threading.Timer was still running: it goes by real time. It was cancelled. Write clock.callLater."
    return [cancelled] * bool(timers) + [_still_at_work("of the threads that the experiment began", others)]


def _still_at_work(whose: str, number: int) -> str:
    are = "is" if number == 1 else "are"
    return f"{number} {whose} {are} still at work; a thread cannot be stopped, only waited for." if number else ""


class Kind(NamedTuple):
    """A kind of thing that is left on a reactor: how to find what there is of it, and to end one and say what it was."""

    name: str
    found: Callable[[Any], list[tuple[Any, Any]]]
    end: Callable[[Any, Any], str]
    stays: Callable[[Any], str] = lambda _: ""  # of what was there before


KINDS = (
    Kind("a piece of work", _work, _stop, _stays),
    Kind("a port or a connection", _descriptors, _close),
    Kind("a child process", _processes, _kill),
)
