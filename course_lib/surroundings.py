"""What an experiment did to the real reactor past its clock: find it, undo it, and say so in a sentence."""

from __future__ import annotations

import sys
from typing import Any

from twisted.internet.process import reapAllProcesses
from twisted.internet.task import Cooperator, LoopingCall

from course_lib.naming import name_of, unwrapped


class Surroundings:
    """The real reactor as it was before an experiment; None where nothing had imported one.

    Made and asked in the reactor's thread.
    """

    def __init__(self, reactor: Any) -> None:
        self._calls = _calls(reactor) if reactor else []
        self._descriptors = _descriptors(reactor) if reactor else []
        self._busy_threads = _busy_threads(reactor)

    def clean(self, reactor: Any) -> list[str]:
        """Stop what was not there before, and say in a sentence what that was, and what a cell had left there."""
        if reactor is None:
            return []
        said = [
            f"{name_of(call)} was on the reactor before this run and still is: a cell put it there. Only run() should."
            for call in self._calls
        ]
        said += [_stop_call(call) for call in _calls(reactor) if call not in self._calls and call.active()]
        said += [_close(d) for d in _descriptors(reactor) if d not in self._descriptors]
        if (busy := _busy_threads(reactor) - self._busy_threads) > 0:
            said.append(f"{busy} of the reactor's threads still at work; a thread cannot be stopped, only waited for")
        return list(dict.fromkeys(said))


def installed_reactor() -> Any:
    """Return the real reactor if anything has imported it so far, else None."""
    return sys.modules.get("twisted.internet.reactor")


def _calls(reactor: Any) -> list[Any]:
    """List what is scheduled on the reactor, but for crochet's own reaping of processes every 0.1 s."""
    return [call for call in reactor.getDelayedCalls() if unwrapped(call) is not reapAllProcesses]


def _descriptors(reactor: Any) -> list[Any]:
    """List the open ports and connections, but for the pipe with which the reactor is woken up."""
    found = dict.fromkeys([*reactor.getReaders(), *reactor.getWriters()])
    return [d for d in found if hasattr(d, "stopListening") or hasattr(d, "abortConnection")]


def _busy_threads(reactor: Any) -> int:
    pool = getattr(reactor, "threadpool", None)
    return len(pool.working) if pool is not None else 0


def _stop_call(call: Any) -> str:
    callback, name = call.func, name_of(call)
    owner = getattr(callback, "__self__", None)
    if isinstance(callback, LoopingCall):
        callback.stop()
        return f"{name} ran past the clock: its LoopingCall has no .clock. It was stopped. Write loop.clock = clock."
    if isinstance(owner, Cooperator):
        _stop_tasks(owner)
        return (
            "a cooperative task ran past the clock: task.cooperate() knows only the reactor's. It was stopped."
            " Give a Cooperator a scheduler that calls clock.callLater."
        )
    call.cancel()
    return f"{name} was scheduled past the clock, with reactor.callLater. It was cancelled. Write clock.callLater."


def _stop_tasks(cooperator: Any) -> None:
    """Stop each task by itself: cooperator.stop() would skip every second one, and end the Cooperator for good."""
    for task in list(cooperator._tasks):
        task.whenDone().addErrback(lambda failure: None)
        task.stop()


def _close(descriptor: Any) -> str:
    if hasattr(descriptor, "stopListening"):
        host = descriptor.getHost()
        descriptor.stopListening()
        return f"port {getattr(host, 'port', host)} was still listening. It was closed. Stop it before the run ends."
    descriptor.abortConnection()
    return "a connection was still open. It was closed. Close it before the run ends."
