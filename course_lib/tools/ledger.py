"""Which lesson shows which misconception of course_lib/course/misconceptions.toml, as a table."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from nbformat import NotebookNode

from course_lib.tools.contract import tags
from course_lib.tools.refresh import NOTEBOOKS
from course_lib.tools.stored import PROJECT, read

FILE = PROJECT / "course_lib" / "course" / "misconceptions.toml"
ID = re.compile(r"M\d+")
LATER = "later"
CHAPTERS = ("01", "02", "03", "04", "05", LATER)

# What stands above a cell: a heading, or the title of a box.
HEADING = re.compile(r"^(?:#+ |> \*\*(?=Box|Optional))([^*\n]+)", re.MULTILINE)

Lessons = Mapping[str, NotebookNode]


@dataclass(frozen=True)
class Misconception:
    """What people believe, what is so, where it was met, and the chapter that shows it."""

    belief: str
    truth: str
    source: str
    chapter: str


class Place(NamedTuple):
    """A cell that is tagged with a misconception: its lesson, what it stands under, whether it shows anything."""

    id: str
    lesson: str
    heading: str
    shows: bool


def main() -> None:
    """Print the table, and below it what is missing."""
    print(table(ledger(), lessons()))
    print(*complaints(ledger(), lessons()), sep="\n")


def ledger() -> dict[str, Misconception]:
    """Read the misconceptions."""
    return misconceptions_of(tomllib.loads(FILE.read_text(encoding="utf-8")))


def misconceptions_of(data: Mapping[str, Mapping[str, Any]]) -> dict[str, Misconception]:
    """Make misconceptions of what the file holds, or say in a sentence what is wrong with it."""
    wanted = {field.name for field in fields(Misconception)}
    for name, entry in data.items():
        if set(entry) != wanted or not all(isinstance(text, str) and text.strip() for text in entry.values()):
            raise ValueError(f"{FILE.name}: {name} needs {', '.join(sorted(wanted))}, and has {dict(entry)}.")
        if entry["chapter"] not in CHAPTERS:
            raise ValueError(
                f"{FILE.name}: {name} is in chapter {entry['chapter']!r}: {', '.join(CHAPTERS)} are meant."
            )
    return {name: Misconception(**entry) for name, entry in data.items()}


def lessons() -> dict[str, NotebookNode]:
    """Read all lessons, by their names."""
    return {path.stem: read(path) for path in sorted(NOTEBOOKS.glob("*.ipynb"))}


def places(lessons: Lessons) -> Iterator[Place]:
    """Yield, for every cell that is tagged with a misconception, where it is."""
    for lesson, notebook in lessons.items():
        heading = ""
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                heading = (HEADING.findall(without_code(cell.source)) or [heading])[-1]
            for name in filter(ID.fullmatch, tags(cell)):
                yield Place(name, lesson, heading, bool(cell.get("outputs")) and bool(cell.execution_count))


def without_code(markdown: str) -> str:
    """Drop the fenced blocks of a markdown text: a comment in them is no heading."""
    return re.sub(r"^(`{3,}).*?^\1", "", markdown, flags=re.MULTILINE | re.DOTALL)


def complaints(ledger: Mapping[str, Misconception], lessons: Lessons) -> list[str]:
    """Say which misconception its chapter does not show, and which tag is not as it should be."""
    found = list(places(lessons))
    shown = {(place.id, place.lesson[:2]) for place in found if place.shows}
    return [
        *(
            f"{name} is shown in no cell of chapter {misconception.chapter}: {misconception.belief}"
            for name, misconception in ledger.items()
            if misconception.chapter != LATER and (name, misconception.chapter) not in shown
        ),
        *(f"{p.lesson}, {p.heading}: {p.id} is not in the ledger" for p in found if p.id not in ledger),
        *(f"{p.lesson}, {p.heading}: {p.id} tags a cell without output" for p in found if not p.shows),
    ]


def table(ledger: Mapping[str, Misconception], lessons: Lessons) -> str:
    """Tell in Markdown which cells show which misconception."""
    shown: dict[str, list[str]] = {}
    for place in places(lessons):
        if place.shows:
            shown.setdefault(place.id, []).append(f"{place.lesson}, {place.heading}")
    rows = [
        f"| {name} | {entry.belief} | {entry.chapter} | {'; '.join(dict.fromkeys(shown.get(name, ['nowhere'])))} |"
        for name, entry in ledger.items()
    ]
    return "\n".join(["| id | belief | chapter | shown in |", "|---|---|---|---|", *rows])
