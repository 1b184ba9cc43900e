"""What one thread prints while nobody's cell shows it: kept, the last lines of it, and all else printed as ever."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import get_ident
from typing import Any

LINES = 10  # that are shown
CHARACTERS = 2000  # that are kept


class Prints:
    """The end of what has been printed, as text."""

    def __init__(self) -> None:
        self._kept, self._lines = "", 0

    def write(self, text: str) -> int:
        """Take in what is printed."""
        self._kept = (self._kept + text)[-CHARACTERS:]
        self._lines += text.count("\n")
        return len(text)

    def __str__(self) -> str:
        shown = self._kept.splitlines()[-LINES:]
        earlier = self._lines + (not self._kept.endswith("\n")) - len(shown)
        return "\n".join([f"({earlier:,} earlier lines)"] * (earlier > 0) + shown) if self._kept else ""


class Stream:
    """A stream for all threads, but for what one of them prints."""

    def __init__(self, stream: Any, prints: Prints, thread: int) -> None:
        self._stream, self._prints, self._thread = stream, prints, thread
        self.over = False

    def write(self, text: str) -> int:
        """Write as print does, to wherever this thread's output goes."""
        mine = get_ident() == self._thread and not self.over
        return int((self._prints if mine else self._stream).write(text))

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several lines."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def kept_prints(prints: Prints) -> Iterator[None]:
    """Keep what this thread prints, to stdout and to stderr alike, in the order in which it does."""
    names = ("stdout", "stderr")
    streams = {name: Stream(getattr(sys, name), prints, get_ident()) for name in names}
    for name, stream in streams.items():
        setattr(sys, name, stream)
    try:
        yield
    finally:
        for name, stream in streams.items():
            stream.over = True  # somebody else may have put it aside, and put it back later
            if getattr(sys, name) is stream:
                setattr(sys, name, stream._stream)
