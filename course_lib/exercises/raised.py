"""The learner's own lines in a traceback: not the course's, not Twisted's, not Python's."""

from __future__ import annotations

import linecache
import re
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from traceback import walk_tb

from course_lib.recorder import in_a_line

COURSE = str(Path(__file__).resolve().parent.parent)
LIBRARIES = tuple({COURSE, *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")), "<frozen"})
MOST_LINES = 4


def learners_lines(error: BaseException) -> tuple[str, ...]:
    """List the lines of the learner's code through which an error came, the last one where it arose."""
    lines = [line for at in _frames(error) for line in at]
    if len(lines) <= MOST_LINES:
        return tuple(lines)
    left_out = len(lines) - MOST_LINES
    return (*lines[: MOST_LINES // 2], f"… {left_out} more …", *lines[-MOST_LINES // 2 :])


def _frames(error: BaseException) -> Iterator[tuple[str]]:
    for frame, number in walk_tb(error.__traceback__):
        code = frame.f_code
        if not code.co_filename.startswith(LIBRARIES):
            source = linecache.getline(code.co_filename, number, frame.f_globals).strip()
            yield (f"line {number}, in {code.co_name.strip('<>')}: {source}".rstrip(" :"),)


def described(error: BaseException) -> str:
    """Say what was raised, in a line that is the same in every run."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", in_a_line(error))
