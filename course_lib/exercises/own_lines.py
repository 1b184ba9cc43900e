"""What was raised: the learner's own lines in its traceback, not the course's nor Python's, and whether it is a stub's."""

from __future__ import annotations

import linecache
import re
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from traceback import walk_tb

from twisted.internet.defer import FirstError

from course_lib.words import in_a_line

COURSE = str(Path(__file__).resolve().parent.parent)
LIBRARIES = tuple({COURSE, *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")), "<frozen"})
MOST_LINES = 4
LONGEST = 240  # characters of a line, or of a message, that are shown


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
            source = _cut(linecache.getline(code.co_filename, number, frame.f_globals).strip())
            yield (f"line {number}, in {code.co_name.strip('<>')}: {source}".rstrip(" :"),)


def described(error: BaseException) -> str:
    """Say what was raised, in a line that is the same in every run."""
    return _cut(re.sub(r" at 0x[0-9a-fA-F]+", "", in_a_line(error)))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def tells_of_a_stub(text: str) -> bool:
    """Say whether a note or a bar tells of a part that is not written yet."""
    return "NotImplementedError" in text


def is_stub(error: BaseException) -> bool:
    """Say whether an error comes of a part that is not written yet."""
    return any(isinstance(e, NotImplementedError) for e in chain_of(error))


def chain_of(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those that it came from: raised from one, or a Deferred's that it stands for."""
    seen: list[BaseException] = []  # an error may be raised from itself
    while error is not None and all(error is not other for other in seen):
        seen.append(error)
        yield error
        error = error.__cause__ or (error.subFailure.value if isinstance(error, FirstError) else None)


def those_before(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those that were being handled when it came: the time is up again while all is cleaned up."""
    while error is not None:
        yield error
        error = error.__context__
