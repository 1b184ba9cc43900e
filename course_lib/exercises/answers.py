"""What a learner may hand in: calls it, reads what it says, and says in a sentence what is wrong with its form."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from reprlib import Repr
from typing import Any

from course_lib.exercises.sandbox import run_watched
from course_lib.timeline.times import as_seconds, out_of_numpy
from course_lib.words import name_of, shown

MOST_EVENTS = 1000  # in a lane of a prediction
MOST_NAMES = 10  # listed of an order that has more
_repr = Repr()
_repr.maxstring = _repr.maxother = 60


class Incorrect(Exception):
    """The answer cannot be right; the message is the sentence that the learner reads."""


def check_answer(answer: Any, takes: Sequence[str]) -> None:
    """Make sure that an answer can be called with so many arguments."""
    asked = f"({', '.join(takes)})"
    if not callable(answer):
        msg = (
            f"check() was given {said(answer)}. It wants the function itself, one that takes {asked}:"
            " its name, without brackets behind it."
        )
        raise Incorrect(msg)
    if inspect.isclass(answer):
        msg = f"check() was given the class {answer.__name__}. It wants a function that takes {asked}."
        raise Incorrect(msg)
    try:
        inspect.signature(answer).bind(*takes)
    except TypeError:
        signature = f"{name_of(answer)}{inspect.signature(answer)}"
        msg = f"{signature} cannot be called with {asked}. Leave the first line of the function as it was."
        raise Incorrect(msg) from None
    except ValueError:  # a builtin that does not tell
        return


def called(answer: Any, given: Mapping[str, Any]) -> Any:
    """Call an answer with what is given, in the order in which it is given, and return what it returns."""
    check_answer(answer, tuple(given))
    values: list[Any] = []

    def asking(clock: Any, timeline: Any) -> None:  # noqa: ARG001
        values.append(answer(*deepcopy(list(given.values()))))

    run_watched(asking, 1, [])
    return _value(out_of_numpy(values[0]), name_of(answer))


def _value(value: Any, name: str) -> Any:
    """Refuse what is no value yet."""
    if inspect.iscoroutine(value):
        value.close()
        msg = f"{name} returned a coroutine. Write def {name}, without async."
        raise Incorrect(msg)
    if inspect.isgenerator(value):
        msg = f"{name} returned a generator: there is a yield in it. Let it return its answer."
        raise Incorrect(msg)
    if value is None:
        msg = f"{name} returned None. Is there a return on every way through it?"
        raise Incorrect(msg)
    return value


def as_lanes(value: Any, wanted: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Read a prediction, {"A": [0, 1]}, for the lanes wanted; a lane that is not there is empty."""
    example = f"{{{', '.join(f'{lane!r}: […]' for lane in wanted)}}}"
    if not isinstance(value, Mapping):
        msg = f"a prediction is a dict with a list of seconds for each lane, {example}. Yours is {said(value)}."
        raise Incorrect(msg)
    if unknown := [lane for lane in value if lane not in wanted]:
        msg = f"there is no lane {brief(unknown[0])}: a prediction here looks like {example}."
        raise Incorrect(msg)
    return {lane: _times(lane, value.get(lane, [])) for lane in wanted}


def _times(lane: str, times: Any) -> list[float | tuple[float, float]]:
    times = out_of_numpy(times)
    if as_seconds(times) is not None:
        times = [times]
    if not isinstance(times, list | tuple):
        msg = f"the times of {lane!r} should be a list of seconds, [0, 0.5]. Yours is {said(times)}."
        raise Incorrect(msg)
    if len(times) > MOST_EVENTS:
        msg = f"the list of {lane!r} has {len(times):,} times in it, more than anything that happens here."
        raise Incorrect(msg)
    return [_time(lane, time) for time in times]


def _time(lane: str, time: Any) -> float | tuple[float, float]:
    """Read a time, 0.5, or a stretch of time, (0.5, 1)."""
    ends = [as_seconds(end) for end in (time if isinstance(time, tuple) else (time,))]
    match ends:
        case [float(at)]:
            return at
        case [float(start), float(end)]:
            return start, end
    msg = f"the times of {lane!r} should be numbers of seconds. One of yours is {said(time)}."
    raise Incorrect(msg)


def in_order(value: Any, wanted: Mapping[str, Any], each: float) -> dict[str, list[Any]]:
    """Read an order, ["first", "second"], of jobs that take `each` seconds one after the other."""
    names = ", ".join(map(repr, wanted))
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
        msg = f"an order is a list of names, in which each of these is once: {names}. Yours is {said(value)}."
        raise Incorrect(msg)
    if sorted(value) != sorted(wanted):
        msg = (
            f"each of {names} should be there once. Yours has {', '.join(map(brief, value[:MOST_NAMES])) or 'nothing'}"
        )
        msg += f", … ({len(value):,} in all)." if len(value) > MOST_NAMES else "."
        raise Incorrect(msg)
    return {name: [(each * value.index(name), each * (value.index(name) + 1))] for name in wanted}


def said(value: Any) -> str:
    """Print a value and its type so that they fit into a sentence."""
    kind = _in_a_line(type(value).__name__) or "nameless"
    return f"{brief(value)} ({'an' if kind[0] in 'aeiou' else 'a'} {kind})"


def brief(value: Any) -> str:
    """Print a value in a line, not all of it if that is long; one that cannot be printed is named by its type."""
    try:
        return _in_a_line(shown(_Printed(_repr.repr(value))))
    except KeyboardInterrupt:  # the time may be up
        raise
    except BaseException:  # noqa: BLE001 it is the learner's, and may raise anything; a number may be too long, too
        return f"<{_in_a_line(type(value).__name__)} that cannot be printed>"


def _in_a_line(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text).strip()


class _Printed(str):
    """A text whose repr is the text itself."""

    __slots__ = ()
    __repr__ = str.__str__
