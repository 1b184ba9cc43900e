"""What the learner has solved: a small text file of their own, and the table that is made of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from course_lib.exercises.contents import Chapter, contents, entries
from course_lib.exercises.feedback import Shown

VARIABLE = "TWISTED_TASK_COURSE_STATE"  # a folder; what is none, os.devnull for one, keeps nothing
WIDTH = 12  # of a bar, in characters


def progress() -> Progress:
    """Tell how far you have come, chapter by chapter."""
    return Progress(frozenset(solved()))


def file() -> Path:
    """Say where the progress is kept, whether or not it is there."""
    if folder := os.environ.get(VARIABLE):
        return Path(folder) / "solved.txt"
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "twisted-task-course" / "solved.txt"


def solved() -> set[str]:
    """Read the names of the exercises that are solved; none if there is nothing to read."""
    try:
        lines = file().read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError, RuntimeError):  # RuntimeError: no home
        return set()
    return {line for line in lines if line in {entry.name for entry in entries()}}


def note_solved(name: str) -> None:
    """Keep that an exercise is solved; say nothing if it cannot be kept."""
    if name not in (before := solved()):
        _write(sorted({*before, name}))


def reset() -> None:
    """Forget everything."""
    with suppress(OSError, RuntimeError):
        file().unlink(missing_ok=True)


def _write(names: list[str]) -> None:
    """Write all or nothing: the file is made beside the old one and takes its place."""
    with suppress(OSError, RuntimeError):
        path = file()
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", delete=False) as new:
            new.write("".join(f"{name}\n" for name in names))
        Path(new.name).replace(path)


@dataclass(frozen=True, repr=False)
class Progress(Shown):
    """What is solved; prints as a table with a bar for each chapter."""

    solved: frozenset[str]

    def rows(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield a chapter, its bar, how many are solved, and which one is next."""
        for chapter in contents():
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
