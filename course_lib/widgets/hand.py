"""A hand on what an experiment has started: it presses start, pause, resume, stop and cancel, and says what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import Any

from twisted.internet.task import LoopingCall

from course_lib.errors import ExperimentError
from course_lib.recording.tracing import Tracer
from course_lib.widgets.kinds import METHODS, held
from course_lib.words import in_a_line, name_of, seconds, shown

# What Twisted raises without a word of explanation.
EXPLAINED = {
    "NotPaused": "nobody has paused it",
    "TaskStopped": "it has been stopped",
    "TaskDone": "it has come to its end",
    "TaskFailed": "it has failed",
}


class Hand:
    """Holds things by their names: CooperativeTasks, LoopingCalls, delayed calls, or what else has such methods.

    Used in the clock's own thread.
    """

    def __init__(self, things: Mapping[str, Any], now: Callable[[], float], tracer: Tracer) -> None:
        self.log: list[str] = []
        self._now, self._tracer = now, tracer
        self.things = {name: held(thing, partial(self._note, name)) for name, thing in things.items()}

    def is_right(self, name: str, method: str) -> bool:
        """Say whether it is right to call a method of a thing now."""
        return self.things[name].is_right(method)

    def state(self, name: str) -> str:
        """Tell in a few words how a thing stands."""
        return self.things[name].state

    def press(self, name: str, method: str) -> None:
        """Call a method of a thing, mark it, with a "!" if it is wrong, and log what came of it; nothing is raised."""
        thing = self.things[name]
        label = method if len(self.things) == 1 else f"{name}.{method}"
        right, unrefused = thing.is_right(method), thing.unrefused(method)
        self._tracer.mark(label if right else f"{label}!")
        try:
            thing.press(method)
        except Exception as error:  # noqa: BLE001 it is what the reader wants to see
            why = EXPLAINED.get(in_a_line(error), "")
            self._note(f"{name}.{method}()", f"raised {in_a_line(error)}{f': {why}' if why else ''}")
        else:
            self._note(f"{name}.{method}()", "" if right else unrefused)

    def _note(self, who: str, sentence: str) -> None:
        self.log.append(f"{seconds(round(self._now(), 2))}: {who} {sentence}".rstrip())


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

        def press_by_hand(press: str) -> None:
            hand.press(*_parts(press, hand))

        press_by_hand.__lane__ = ""  # type: ignore[attr-defined]  # it has none

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
