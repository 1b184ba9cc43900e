"""What the learner has solved: a small text file of their own, and the table that is made of it.

Each exercise that is solved is a line, appended by one write: two kernels that solve at once lose nothing. Where nothing
can be written it is remembered until the kernel ends.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_state_path

from course_lib.exercises.contents import COURSE, Chapter, Course
from course_lib.exercises.feedback import Shown

VARIABLE = "TWISTED_TASK_COURSE_STATE"  # a folder; os.devnull for one keeps nothing on the disk, and says nothing of it
FOLDER = "twisted-task-course"
WIDTH = 12  # of a bar, in characters

_remembered: dict[str, set[str]] = {}  # by the package of the course


def progress(course: Course = COURSE) -> Progress:
    """Tell how far you have come, chapter by chapter."""
    return Progress(frozenset(solved(course)), course)


def file(course: Course = COURSE) -> Path:
    """Say where the progress is kept, whether or not it is there. RuntimeError: there is no home to keep it in."""
    if folder := os.environ.get(VARIABLE):
        return Path(folder) / _name(course)
    folder_of_the_system = user_state_path(FOLDER, appauthor=False)
    if not folder_of_the_system.is_absolute():
        msg = "no home folder could be found"
        raise RuntimeError(msg)
    return folder_of_the_system / _name(course)


def solved(course: Course = COURSE) -> set[str]:
    """Read the names of the exercises that are solved; none if there is nothing to read."""
    kept = {line for path in _files(course) for line in _text(path).split()}
    return {entry.name for entry in course.entries} & (kept | _remembered.get(course.package, set()))


def note_solved(name: str, course: Course = COURSE) -> str:
    """Keep that an exercise is solved; return why it could not be kept on the disk, "" if it was."""
    if name in solved(course):
        return ""
    try:
        _append(file(course), name)
    except (OSError, RuntimeError) as error:
        told_before = bool(_remembered)
        _remembered.setdefault(course.package, set()).add(name)
        return "" if told_before or os.environ.get(VARIABLE) == os.devnull else str(error)
    return ""


def reset(course: Course = COURSE) -> None:
    """Forget everything."""
    _remembered.pop(course.package, None)
    for path in _files(course):
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _files(course: Course) -> Iterator[Path]:
    """Yield where progress may be: where it is kept, and where it was on macOS and Windows before."""
    with suppress(RuntimeError):
        yield file(course)
    if not os.environ.get(VARIABLE):
        with suppress(RuntimeError):
            before = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
            yield Path(before) / FOLDER / _name(course)


def _name(course: Course) -> str:
    return "solved.txt" if course == COURSE else f"solved-{course.package}.txt"


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode(errors="replace")
    except OSError:
        return ""


def _append(path: Path, name: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    line = f"{name}\n"
    if not f"\n{_text(path)}".endswith("\n"):  # the last line was not written to its end
        line = f"\n{line}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)


@dataclass(frozen=True, repr=False)
class Progress(Shown):
    """What is solved; prints as a table with a bar for each chapter."""

    solved: frozenset[str]
    course: Course = COURSE

    def rows(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield a chapter, its bar, how many are solved, and which one is next."""
        for chapter in self.course.chapters:
            if chapter.exercises:
                yield f"{chapter.name} {chapter.title}", *self._row(chapter)

    def _row(self, chapter: Chapter) -> tuple[str, str, str]:
        names = [entry.name for entry in chapter.exercises]
        left = [entry for entry in chapter.exercises if entry.name not in self.solved]
        done = len(names) - len(left)
        full = round(WIDTH * done / len(names))
        core_first = sorted(left, key=lambda entry: not entry.core)
        upcoming = f"next: {core_first[0].name} {core_first[0].title}" if left else "all solved"
        return "█" * full + "░" * (WIDTH - full), f"{done} of {len(names)}", upcoming

    def paragraphs(self) -> Iterator[str]:
        """Yield the table."""
        lines = [" | ".join(("", *row, "")).strip() for row in self.rows()]
        yield "\n".join(["| chapter | solved | | |", "|---|---|---|---|", *lines])

    def in_words(self) -> str:
        """Make the table of characters."""
        rows = list(self.rows())
        widths = [max(len(row[k]) for row in rows) for k in range(4)]
        lines = ["  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows]
        return "\n".join(line.rstrip() for line in lines)
