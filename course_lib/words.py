"""What to call things in a sentence or a lane: the learner's own names for them, in words that cannot fail.

A learner's object may raise when it is asked for its repr, its name or its message; a sentence about it is needed all
the more. Nothing here lets out an address in memory, an escape code or a second line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from types import FunctionType
from typing import Any, NoReturn

ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")  # would change from run to run
ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))")  # colours, and links in a terminal
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
BREAK = re.compile(r"\s*[\n\r\v\f\x85\u2028\u2029]\s*")

# What only calls something else, by its class: the attribute that holds what it calls. Others add their own.
PASSED_ON: dict[type, str] = {partial: "func"}


class Absent:
    """An attribute that the things of a class have not, and a sentence about it, in which {} is its name.

    A __getattr__ that says so would make all the attributes slow that they do have.
    """

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, thing: object, owner: type | None = None) -> NoReturn:
        raise AttributeError(self._sentence.format(self._name))


def answer(question: Callable[[], Any], otherwise: Any) -> Any:
    """Ask something of a learner's object; if it raises, whatever but an interrupt, the answer is `otherwise`."""
    try:
        return question()
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 it is the learner's, and may raise anything
        return otherwise


def unwrapped(f: Any) -> Any:
    """Find the function that a recorded call, a LoopingCall or a partial will call in the end."""
    seen: set[int] = set()  # a LoopingCall may be made to call itself
    while id(f) not in seen:
        seen.add(id(f))
        attribute = next((PASSED_ON[kind] for kind in type(f).__mro__ if kind in PASSED_ON), None)
        inner = getattr(f, attribute, None) if attribute else closed_over(f, "countCallable")  # LoopingCall.withCount's
        if not callable(inner):
            break
        f = inner
    return f


def closed_over(f: Any, variable: str) -> Any:
    """Look up what a function that twisted.internet.task has made holds in a variable of its closure, or None."""
    if type(f) is not FunctionType or f.__module__ != "twisted.internet.task" or not f.__closure__:
        return None
    cells = dict(zip(f.__code__.co_freevars, f.__closure__, strict=True))
    return cells[variable].cell_contents if variable in cells else None


def name_of(f: Any) -> str:
    """Name a callable in a word."""
    f = unwrapped(f)
    name = answer(lambda: f.__name__, None)
    return _plain(name if isinstance(name, str) else _kind(f)) or _kind(f)


def shown(value: Any) -> str:
    """Print a value as repr does, in one line and without its address in memory."""
    return _plain(answer(lambda: repr(value), f"<{_kind(value)} whose repr() fails>"))


def worded(value: Any) -> str:
    """Print a value as str does, in one line and without its address in memory."""
    return _plain(answer(lambda: str(value), f"<{_kind(value)} whose str() fails>"))


def in_a_line(error: BaseException) -> str:
    """Print an exception as one line: its type and the first line of its message."""
    message = answer(lambda: str(error), "<exception str() failed>")  # traceback's words for it
    first = _plain(next(iter(str.splitlines(message)), ""))
    return f"{_kind(error)}: {first}" if first else _kind(error)


def check_lane(name: object) -> str:
    """Return the name of a lane; refuse what cannot be one, with a ValueError."""
    if not isinstance(name, str) or not name.strip() or name != _plain(name) or name == "reactor":
        raise ValueError(
            f"a lane's name is a text of one line, and not 'reactor', whose lane is there already. This is {shown(name)}."
        )
    return name


def _kind(value: Any) -> str:
    name = answer(lambda: type(value).__name__, "object")  # a metaclass may have its own idea of it
    return _plain(name) if isinstance(name, str) else "object"


def _plain(text: str) -> str:
    """Make one line that can be printed anywhere and is the same in each run."""
    text = text.encode("utf-8", "backslashreplace").decode()  # half of a character cannot be printed
    return BREAK.sub(" ", CONTROL.sub("", ESCAPE.sub("", ADDRESS.sub("", text)))).strip()


NEVER = float("inf")  # when a call is due that was scheduled so


def seconds(t: float) -> str:
    """Print a time to the millisecond, with its unit: 0.25 s."""
    return number(t) if t == NEVER else f"{number(t)} s"


def number(t: float) -> str:
    """Print a time to the millisecond without trailing zeros; one without an end, as callLater takes it, is never."""
    return "never" if t == NEVER else f"{round(t, 3) + 0.0:.10g}"


def extent(start: float, end: float) -> str:
    """Print one instant (0.25) or a stretch of time (1–1.7)."""
    first, last = number(start), number(end)
    return first if first == last else f"{first}–{last}"
