"""Figures of the prose, such as 1.6 s or 13 times: what backs them in the code and the outputs of their notebook.

A figure is a number with a unit. It is backed by a number of the same value in a code cell, its outputs or a code span,
no farther away than the section before; the closing section, "What you have seen", may draw on the whole notebook.
What was reckoned from other numbers, or quoted from farther away, is in figures.toml, with its terms.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from math import isclose
from pathlib import Path

from nbformat import NotebookNode

from course_lib.exercises.contents import COURSE

FILE = Path(__file__).with_name("figures.toml")
SCALE = {"ms": 1e-3, "milliseconds": 1e-3, "µs": 1e-6, "microseconds": 1e-6}  # to seconds
NUMBER = r"\d+(?:\.\d+)?"
UNIT = r"ms|s|µs|seconds?|milliseconds|microseconds|%|times|MB|kB|bytes"
FIGURE = re.compile(rf"(?<![\w.])((?:{NUMBER}(?:, | and | or | to |–|, and ))*{NUMBER})\s?({UNIT})(?!\w)")
HEADING = re.compile(r"^#{1,3} ", re.MULTILINE)
EXERCISE = re.compile(r"\d\d-\d+")
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)

Cells = Sequence[tuple[int, NotebookNode]]


def unbacked(notebook: NotebookNode, quoted: Mapping[str, str] | None = None) -> Iterator[str]:
    """Say which figures of a notebook nothing backs."""
    quoted = reckoned() if quoted is None else quoted
    parts = sections(notebook)
    whole = [cell for part in parts for cell in part]
    for k, part in enumerate(parts):
        near = numbers(whole if part is parts[-1] else [*(parts[k - 1] if k else ()), *part])
        for number, cell in part:
            if cell.cell_type == "markdown":
                for figure in figures(cell.source):
                    if not (figure.among(near) or figure.told(quoted, numbers(whole))):
                        yield f"cell {number}: nothing backs {figure.text!r}"


class Figure:
    """A number of the prose, with its unit and the text around it."""

    def __init__(self, number: str, hit: re.Match[str], source: str) -> None:
        self.values = {
            float(number) * scale for scale in (1, SCALE.get(hit[2], 1), *([1e3] if hit[2][0] == "s" else []))
        }
        self.value = float(number)
        self.text = hit[0]
        self.place = hit.span()
        self.source = source

    def among(self, known: set[float]) -> bool:
        """Tell whether a number is known that has the value of this one, in seconds or milliseconds."""
        return any(isclose(value, other, abs_tol=1e-12) for value in self.values for other in known)

    def told(self, quoted: Mapping[str, str], known: set[float]) -> bool:
        """Tell whether a passage that is quoted has this figure, and all that it was reckoned from is known."""
        sources = [source for quote, source in quoted.items() if self.stands_in(quote)]
        return any(
            self.value in numbers_in(repr(COURSE.check(source).scenarios[0]))
            if EXERCISE.fullmatch(source)
            else isclose(eval(source), self.value) and numbers_in(source) <= known
            for source in sources
        )

    def stands_in(self, quote: str) -> bool:
        """Tell whether this figure is part of a passage."""
        begins = (hit.start() for hit in re.finditer(re.escape(quote), self.source))
        return any(begin <= self.place[0] and self.place[1] <= begin + len(quote) for begin in begins)


def figures(source: str) -> Iterator[Figure]:
    """Find the figures in a text, each of a list's: `0, 0.25 and 0.5 s` are three."""
    for hit in FIGURE.finditer(CODE.sub(lambda code: "·" * len(code[0]), source)):
        for number in re.findall(NUMBER, hit[1]):
            yield Figure(number, hit, source)


def sections(notebook: NotebookNode) -> list[Cells]:
    """Cut a notebook where a cell has a heading."""
    parts: list[list[tuple[int, NotebookNode]]] = [[]]
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "markdown" and HEADING.search(cell.source) and parts[-1]:
            parts.append([])
        parts[-1].append((number, cell))
    return list(parts)


def numbers(cells: Cells) -> set[float]:
    """Collect the numbers of code, outputs and code spans."""
    return {number for _, cell in cells for text in texts(cell) for number in numbers_in(text)}


def numbers_in(text: str) -> set[float]:
    """Collect the numbers of a text."""
    return {float(number) for number in re.findall(NUMBER, text)}


def texts(cell: NotebookNode) -> Iterator[str]:
    """Yield what of a cell can back a figure."""
    yield from [cell.source] if cell.cell_type == "code" else CODE.findall(cell.source)
    for output in cell.get("outputs", []):
        yield output.get("text", "") + output.get("data", {}).get("text/plain", "") + output.get("evalue", "")


@cache
def reckoned() -> dict[str, str]:
    """Read the passages that have figures from elsewhere, and what those were reckoned from: a sum, or an exercise."""
    return dict(tomllib.loads(FILE.read_text(encoding="utf-8")))
