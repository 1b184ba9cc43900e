"""The tables of README and chapter 00, made of course.toml, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from course_lib.exercises.contents import COURSE, Chapter, Course, Entry


def chapters_table(course: Course = COURSE) -> str:
    """List the chapters with the questions they answer; a chapter whose notebook is not there yet has no link."""
    rows = [(_linked(chapter, course), chapter.question) for chapter in course.chapters]
    return table(("chapter", "the question it answers"), rows)


def minutes_table(course: Course = COURSE) -> str:
    """List the minutes of each chapter: for reading, and for its exercises, the core ones before all of them."""
    rows = [
        (f"{chapter.name} {chapter.title}", str(chapter.reading), _minutes(chapter.exercises))
        for chapter in course.chapters
    ]
    return table(("chapter", "reading", "exercises"), rows)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table in Markdown."""
    lines = [f"| {' | '.join(cells)} |".replace("|  |", "| |") for cells in (heads, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(heads), *lines[1:]])


def missing_lines(text: str, wanted: str) -> list[str]:
    """List the lines of a table that a text does not have: a text is stale if there are any."""
    there = set(text.splitlines())
    return [line for line in wanted.splitlines() if line not in there]


def table_in(page: str, head: str) -> str:
    """Find the table in a page that has this head line. Raises LookupError if there is none."""
    lines = page.splitlines()
    if head not in lines:
        msg = f"there is no table with the head {head!r}"
        raise LookupError(msg)
    first = lines.index(head)
    length = next((k for k, line in enumerate(lines[first:]) if not line.startswith("|")), len(lines) - first)
    return "\n".join(lines[first : first + length])


def _linked(chapter: Chapter, course: Course) -> str:
    title, notebook = f"{chapter.name} {chapter.title}", f"notebooks/{chapter.notebook}.ipynb"
    return f"[{title}]({notebook})" if (course.folder / notebook).exists() else title


def _minutes(entries: Sequence[Entry]) -> str:
    core, every = sum(e.minutes for e in entries if e.core), sum(e.minutes for e in entries)
    return f"{core} of {every}" if core < every else str(every or "")
