"""What the notebooks of exercises say of them in their own words, and course.toml says too: both must agree."""

import re
from collections.abc import Iterator

from nbformat import NotebookNode

from course_lib.exercises.contents import Chapter, Entry

WORDS = {"order": "put in order", "break": "break it"}  # kinds that read badly alone
COUNTED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
HEADING = re.compile(r"^## (\d\d-\d+ .*)\n\n(\*.*\*)$", re.MULTILINE)


def disagreements(chapter: Chapter, notebook: NotebookNode) -> Iterator[str]:
    """Say where a notebook of exercises has another title, kind, core, minutes, order or sum than the contents."""
    prose = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    wanted, found = [heading(entry) for entry in chapter.exercises], HEADING.findall(prose)
    for expected in wanted:
        if expected not in found:
            got = next((other for other in found if other[0].split()[0] == expected[0].split()[0]), None)
            yield f"{chapter.name}: the heading should be {expected}, and is {got}"
    if not wanted or [w for w in found if w in wanted] != wanted or len(found) != len(wanted):
        yield f"{chapter.name}: the exercises are {[name for name, _ in found]}"
    if sums(chapter) not in prose:
        yield f"{chapter.name}: {sums(chapter)!r} is not said"


def heading(entry: Entry) -> tuple[str, str]:
    """Write the heading of an exercise, and the line below it."""
    facts = [WORDS.get(entry.kind, entry.kind), *(["core"] if entry.core else []), f"{entry.minutes} minutes"]
    return f"{entry.name} {entry.title}", f"*{' · '.join(facts)}*"


def sums(chapter: Chapter) -> str:
    """Write how many exercises there are, and how long they take."""
    core = COUNTED[sum(entry.core for entry in chapter.exercises)]
    every = COUNTED[len(chapter.exercises)].capitalize()
    minutes = sum(entry.minutes for entry in chapter.exercises)
    return f"{every} exercises, {minutes} minutes; the {core} marked *core* take {chapter.exercising}."
