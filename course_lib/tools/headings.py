"""Writes what the table of contents knows into the pages: headings, kinds, minutes and counts, never typed by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nbformat import NotebookNode

from course_lib.exercises.contents import Chapter, Course, Entry
from course_lib.tools.refresh import replace
from course_lib.tools.stored import normalised, read
from course_lib.tools.tables import chapters_table, minutes_table, table_in

KINDS = {"order": "put in order", "break": "break it"}  # the others are called as course.toml calls them
NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
HEADING = re.compile(r"^## (\d\d-\d+).*\n\n\*.*\*$", re.MULTILINE)
SUMMARY = re.compile(r"^\w+ exercises?, \d+ minutes?(?:; [^.]*)?\.", re.MULTILINE)


def write_headings(solutions: NotebookNode, chapter: Chapter) -> None:
    """Write the heading of every exercise of a chapter into its notebook of solutions, and how many there are."""
    entries = {entry.name: entry for entry in chapter.exercises}
    for cell in solutions.cells:
        if cell.cell_type != "markdown":
            continue
        if (hit := HEADING.match(cell.source)) and (entry := entries.get(hit[1])):
            cell.source = heading(entry) + cell.source[hit.end() :]
        elif cell.source.startswith(f"# {chapter.name} "):
            cell.source = SUMMARY.sub(summary(chapter.exercises), cell.source, count=1)


def write_tables(course: Course) -> None:
    """Write the table of chapters into README.md, and that of minutes into the first lesson, where they are."""
    readme, first = course.folder / "README.md", course.folder / "notebooks" / f"{course.chapters[0].notebook}.ipynb"
    if readme.is_file():
        text = readme.read_text(encoding="utf-8")
        replace(readme, with_table(text, chapters_table(course)))
    if first.is_file():
        notebook = read(first)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = with_table(cell.source, minutes_table(course))
        replace(first, normalised(notebook))


def disagreements(chapter: Chapter, notebook: NotebookNode) -> Iterator[str]:
    """Say where a notebook of exercises has another title, kind, core, minutes, order or sum than course.toml."""
    prose = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    wanted, found = [heading(entry) for entry in chapter.exercises], [hit[0] for hit in HEADING.finditer(prose)]
    yield from (f"{chapter.name}: the heading should be {text!r}" for text in wanted if text not in found)
    if not wanted or found != wanted:
        yield f"{chapter.name}: the exercises are {found}"
    if summary(chapter.exercises) not in prose:
        yield f"{chapter.name}: {summary(chapter.exercises)!r} is not said"


def heading(entry: Entry) -> str:
    """Make the first lines of a task: `## 02-1 Three ways to ask`, and below it kind, rank and minutes."""
    kind = KINDS.get(entry.kind, entry.kind)
    return f"## {entry.name} {entry.title}\n\n*{' · '.join([kind, *['core'] * entry.core, minutes(entry.minutes)])}*"


def summary(entries: Sequence[Entry]) -> str:
    """Say in a sentence how many exercises there are, and how many minutes they and the core ones take."""
    core = [entry for entry in entries if entry.core]
    every = f"{counted(len(entries))}, {minutes(sum(entry.minutes for entry in entries))}"
    marked = f"the {NUMBERS[len(core)].lower()} marked *core* take {sum(entry.minutes for entry in core)}"
    return f"{every}; {marked}." if core else f"{every}."


def counted(number: int) -> str:
    """Count exercises in words."""
    word = NUMBERS[number] if number < len(NUMBERS) else str(number)
    return f"{word} exercise{'s' * (number != 1)}"


def minutes(number: int) -> str:
    """Print minutes with their unit."""
    return f"{number} minute{'s' * (number != 1)}"


def with_table(page: str, wanted: str) -> str:
    """Put a table in the place of the one in a page that has the same head; a page without one stays as it is."""
    head = wanted.splitlines()[0]
    return page.replace(table_in(page, head), wanted) if head in page.splitlines() else page
