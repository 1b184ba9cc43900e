"""What an experiment did to the real reactor past its clock: find it, undo it, and say so in a sentence."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from time import sleep
from typing import Any, NoReturn

from twisted.internet.process import reapAllProcesses, reapProcessHandlers
from twisted.internet.task import CooperativeTask, Cooperator, LoopingCall

from course_lib.naming import name_of, unwrapped
from course_lib.recording import REFUSED, ExperimentError


class Surroundings:
    """The real reactor as it was before an experiment; None where nothing had imported one.

    Made and asked in the reactor's thread.
    """

    def __init__(self, reactor: Any) -> None:
        self._work = [work for work, call in _work(reactor)]
        self._descriptors = _descriptors(reactor)
        self._processes = set(reapProcessHandlers)
        self._busy_threads = _busy_threads(reactor)

    def clean(self, reactor: Any) -> list[str]:
        """Stop what was not there before, and say in a sentence what that was, and what a cell had left there."""
        said = []
        for work, call in _work(reactor):
            if work in self._work:
                said.append(
                    f"{_called(work)} was on the reactor before this run and still is: a cell put it there. Only run() should."
                )
            else:
                said.append(_stop(work, call))
        said += [_close(d) for d in _descriptors(reactor) if d not in self._descriptors]
        said += [_kill(pid) for pid in set(reapProcessHandlers) - self._processes]
        if busy := self._threads_left(reactor):
            are = "is" if busy == 1 else "are"
            said.append(
                f"{busy} of the reactor's threads {are} still at work; a thread cannot be stopped, only waited for."
            )
        return list(dict.fromkeys(said))

    def _threads_left(self, reactor: Any) -> int:
        """Count the threads at work that were not before; one that has just delivered its result is given a moment."""
        for _ in range(50):
            if _busy_threads(reactor) <= self._busy_threads:
                return 0
            sleep(0.001)
        return _busy_threads(reactor) - self._busy_threads


@contextmanager
def unstoppable(reactor: Any) -> Iterator[None]:
    """Refuse to run or stop the reactor for as long as an experiment runs: no reactor starts twice."""
    own = vars(reactor) if reactor is not None else {}
    before = {name: own[name] for name in REFUSED if name in own}
    own.update({name: partial(_refuse, name) for name in REFUSED})
    try:
        yield
    finally:
        for name in REFUSED:
            del own[name]
        own.update(before)


def installed_reactor() -> Any:
    """Return the real reactor if anything has imported it so far, else None."""
    return sys.modules.get("twisted.internet.reactor")


def _refuse(name: str, *_: object, **__: object) -> NoReturn:
    msg = f"an experiment may not call {name}() on the reactor: {REFUSED[name]}."
    raise ExperimentError(msg)


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


def _descriptors(reactor: Any) -> list[Any]:
    """List the open ports and connections, but for the pipe with which the reactor is woken up."""
    found = dict.fromkeys([*reactor.getReaders(), *reactor.getWriters()]) if reactor else {}
    return [d for d in found if _is_transport(d)]


def _is_transport(thing: Any) -> bool:
    return hasattr(thing, "stopListening") or hasattr(thing, "abortConnection")


def _busy_threads(reactor: Any) -> int:
    pool = getattr(reactor, "threadpool", None)
    return len(pool.working) if pool is not None else 0


def _called(work: Any) -> str:
    return "a cooperative task" if isinstance(work, CooperativeTask) else name_of(work)


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
    return f"{_called(work)} was scheduled past the clock, with reactor.callLater. It was cancelled. Write clock.callLater."


def _close(descriptor: Any) -> str:
    if hasattr(descriptor, "stopListening"):
        descriptor.stopListening()
        return "a port was still listening. It was closed. Stop listening before the run ends."
    descriptor.abortConnection()
    return "a connection was still open. It was closed. Close it before the run ends."


def _kill(pid: int) -> str:
    process: Any = reapProcessHandlers[pid]
    process.signalProcess("KILL")
    return "a child process was still running. It was killed. Wait for it before the run ends."
