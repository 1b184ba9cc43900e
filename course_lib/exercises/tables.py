"""The tables of README and chapter 00, made of course.toml, in Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from course_lib.exercises.contents import Chapter, Entry, contents

FOLDER = "notebooks/"


def chapters_table(folder: str = FOLDER, exists: Callable[[str], bool] = lambda notebook: True) -> str:  # noqa: ARG005
    """List the chapters with the questions they answer; a chapter whose notebook is not there yet has no link."""
    rows = [(_chapter(chapter, folder, exists(chapter.notebook)), chapter.question) for chapter in contents()]
    return table(("chapter", "the question it answers"), rows)


def minutes_table() -> str:
    """List the minutes of each chapter: for reading, and for its exercises, the core ones before all of them."""
    rows = [
        (f"{chapter.name} {chapter.title}", str(chapter.reading), _minutes(chapter.exercises)) for chapter in contents()
    ]
    return table(("chapter", "reading", "exercises"), rows)


def exercises_table(chapter: str = "") -> str:
    """List the exercises, of one chapter or of all."""
    rows = [
        (f"{e.name} {e.title}", e.kind, f"{e.minutes} min", "●" * e.difficulty, "core" if e.core else "")
        for c in contents()
        for e in c.exercises
        if c.name.startswith(chapter)
    ]
    return table(("exercise", "kind", "time", "difficulty", ""), rows)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table in Markdown."""
    lines = [f"| {' | '.join(cells)} |".replace("|  |", "| |") for cells in (heads, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(heads), *lines[1:]])


def missing_lines(text: str, wanted: str) -> list[str]:
    """List the lines of a table that a text does not have: a text is stale if there are any."""
    there = set(text.splitlines())
    return [line for line in wanted.splitlines() if line not in there]


def _chapter(chapter: Chapter, folder: str, exists: bool) -> str:
    title = f"{chapter.name} {chapter.title}"
    return f"[{title}]({folder}{chapter.notebook}.ipynb)" if exists else title


def _minutes(entries: Sequence[Entry]) -> str:
    core, every = sum(e.minutes for e in entries if e.core), sum(e.minutes for e in entries)
    return f"{core} of {every}" if core < every else str(every or "")
