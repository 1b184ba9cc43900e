"""A hand on what an experiment has started: it presses start, pause, resume, stop and cancel, and says what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from twisted.internet.task import CooperativeTask, LoopingCall

from course_lib.naming import name_of, shown
from course_lib.recorder import in_a_line
from course_lib.recording import ExperimentError, RecordedCall
from course_lib.timeline import seconds
from course_lib.tracing import Tracer

METHODS = ("start", "pause", "resume", "stop", "cancel")


class Hand:
    """Holds things by their names: CooperativeTasks, LoopingCalls, delayed calls, or what else has such methods.

    Used in the clock's own thread.
    """

    def __init__(self, things: Mapping[str, Any], now: Callable[[], float], tracer: Tracer) -> None:
        self.things = dict(things)
        self.log: list[str] = []
        self._now, self._tracer = now, tracer
        self._pauses = dict.fromkeys(things, 0)
        self._finished: set[str] = set()
        for name, thing in self.things.items():
            if isinstance(thing, CooperativeTask):
                thing.whenDone().addBoth(self._ended, name)

    def is_right(self, name: str, method: str) -> bool:
        """Say whether it is right to call a method now; to resume, only as often as this hand has paused.

        CooperativeTask.resume does not refuse when the task waits for its own Deferred: it takes that pause away.
        """
        thing = self.things[name]
        if isinstance(thing, LoopingCall):
            # Between stop and the end of a job there is still a Deferred, and a start would make a second chain.
            return {"start": not thing.running and thing._deferred is None, "stop": thing.running}.get(method, False)
        if isinstance(thing, CooperativeTask) and (name in self._finished or method == "start"):
            return False
        if isinstance(thing, RecordedCall):
            return method == "cancel" and thing.active()
        return hasattr(thing, method) and (method != "resume" or self._pauses[name] > 0)

    def state(self, name: str) -> str:
        """Tell in a word or two how a thing stands, "" if this hand cannot know."""
        thing, pauses = self.things[name], self._pauses[name]
        if isinstance(thing, LoopingCall):
            return "running" if thing.running else "stopped" if thing._deferred is None else "stopped, its job still on"
        if isinstance(thing, RecordedCall):
            return thing.record().outcome
        if name in self._finished:
            return "finished"
        if pauses:
            return f"paused {'once' if pauses == 1 else f'{pauses} times'} by you"
        return "running" if isinstance(thing, CooperativeTask) else ""

    def press(self, name: str, method: str) -> None:
        """Call a method of a thing, mark it, and log what came of it; what it raises goes no further."""
        thing, was_right = self.things[name], self.is_right(name, method)
        label = method if len(self.things) == 1 else f"{name}.{method}"
        self._tracer.mark(label if was_right else f"{label}!")
        try:
            self._call(thing, name, method)
        except Exception as error:  # noqa: BLE001 it is what the reader wants to see
            self._note(f"{name}.{method}() raised {in_a_line(error)}")
            return
        if method in ("pause", "resume"):
            self._pauses[name] = max(0, self._pauses[name] + (1 if method == "pause" else -1))
        self._note(f"{name}.{method}(){'' if was_right else _unrefused(method)}")

    def _call(self, thing: Any, name: str, method: str) -> None:
        f = getattr(thing, method)
        if isinstance(thing, LoopingCall) and method == "start":
            f(thing.interval).addErrback(lambda failure: self._note(f"{name} ended: {in_a_line(failure.value)}"))
        else:
            f()

    def _ended(self, _: object, name: str) -> None:
        self._finished.add(name)

    def _note(self, sentence: str) -> None:
        self.log.append(f"{seconds(round(self._now(), 2))}: {sentence}")


def in_hand(
    experiment: Callable[..., Any], took: Callable[[Hand], object], presses: Mapping[float, str]
) -> Callable[..., None]:
    """Make an experiment of one that returns a dict of things, {name: thing}: `took` is handed the hand that holds them.

    `presses` are made by themselves, {1.5: "work.pause"}: at so many seconds, a method of a thing.
    """

    @wraps(experiment)
    def by_hand(clock: Any, timeline: Tracer) -> None:
        began = clock.seconds()
        things = _things(experiment(clock, timeline), name_of(experiment))
        hand = Hand(things, lambda: clock.seconds() - began, timeline)

        def press_by_hand(press: str) -> None:  # a name that the lanes know
            hand.press(*_parts(press, hand))

        for at, press in presses.items():
            _parts(press, hand)
            clock.callLater(at, press_by_hand, press)
        took(hand)

    return by_hand


def _things(returned: Any, name: str) -> Mapping[str, Any]:
    """Check what an experiment to be held in hand has returned."""
    if not isinstance(returned, Mapping) or not returned:
        msg = (
            f'{name} returned {shown(returned)}: here it returns what there is to press on, by name: {{"work": task}}.'
        )
        raise ExperimentError(msg)
    for key, thing in returned.items():
        if not any(hasattr(thing, method) for method in METHODS):
            msg = f"{name} returned {shown(thing)} as {key!r}, which has none of {', '.join(METHODS)}."
            raise ExperimentError(msg)
        if isinstance(thing, LoopingCall) and thing.interval is None:
            msg = f"{name} returned the LoopingCall {key!r} without having started it: its interval is not known."
            raise ExperimentError(msg)
    return returned


def _parts(press: str, hand: Hand) -> tuple[str, str]:
    """Take "work.pause" apart."""
    name, _, method = press.rpartition(".")
    if name not in hand.things or method not in METHODS:
        msg = f"there is no press {press!r}: write one of {', '.join(hand.things)}, a dot, and one of {', '.join(METHODS)}."
        raise ExperimentError(msg)
    return name, method


def _unrefused(method: str) -> str:
    """Say what it means that a wrong call was not refused."""
    consequence = {
        "resume": ", although you had not paused it: that took away the pause in which it waits for its own Deferred",
        "start": ", although its job was still on: there are two chains of calls now",
    }
    return f" raised nothing{consequence.get(method, '')}"
