"""What every notebook of the course keeps to: each function finds the breaches of one clause, as sentences."""

import json
import re
import statistics
from base64 import b64decode
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

from nbformat import NotebookNode

from course_lib.drawing.png import is_sealed
from course_lib.tools.figures import unbacked
from course_lib.tools.stored import FURTHER, PROJECT, normalised, read

Clause = Callable[[NotebookNode], Iterator[str]]

# Ways of looking away: nbval's, in any case, as a comment or as a tag, and IPython's.
ESCAPE = re.compile(
    r"(?:nbval|pytest_validate)[-_](?:skip|ignore[-_]output|raises)|^%%capture", re.IGNORECASE | re.MULTILINE
)
PICTURE = re.compile(r'<img src="data:image/png;base64,([^"]*)"[^>]* alt="([^"]*)"')
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]{4,}")
# A folder that exists on one machine: somebody's home, a temporary folder, this very checkout.
MACHINE = re.compile(rf"(?<!\w)(?:/(?:home|Users|root|tmp)/|[A-Z]:\\|File ~/|{re.escape(str(PROJECT))}/)[\w.-]+")
TWIN = 40
COPIED = {"recipe", "test"}  # the tags of cells that are copied as they stand


def code_cells(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Yield each code cell with its number among all cells, from 1."""
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "code":
            yield number, cell


def tags(cell: NotebookNode) -> list[str]:
    """List the tags of a cell."""
    return list(cell.metadata.get("tags", []))


def looks_away(cell: NotebookNode) -> bool:
    """Tell whether a cell asks not to be run, or not to be compared."""
    return any(ESCAPE.search(text) for text in (cell.source, *map(str, tags(cell))))


def nothing_is_skipped(notebook: NotebookNode) -> Iterator[str]:
    """No cell asks nbval to skip it or to ignore its output."""
    for number, cell in code_cells(notebook):
        if looks_away(cell):
            yield f"cell {number} asks not to be compared"


def no_cell_is_empty(notebook: NotebookNode) -> Iterator[str]:
    """Each cell holds something."""
    for number, cell in enumerate(notebook.cells, 1):
        if not cell.source.strip():
            yield f"cell {number} is empty"


def executed_in_order(notebook: NotebookNode) -> Iterator[str]:
    """Execution counts are 1, 2, 3 …: the notebook was run once, from top to bottom."""
    for expected, (number, cell) in enumerate(code_cells(notebook), 1):
        if cell.execution_count != expected:
            yield f"cell {number} has execution count {cell.execution_count}, not {expected}"


def errors_are_meant(notebook: NotebookNode) -> Iterator[str]:
    """A cell shows an error exactly when it is tagged raises-exception."""
    for number, cell in code_cells(notebook):
        errors = [output.ename for output in cell.outputs if output.output_type == "error"]
        if errors and "raises-exception" not in tags(cell):
            yield f"cell {number} raised {errors[0]} without the tag raises-exception"
        if not errors and "raises-exception" in tags(cell):
            yield f"cell {number} is tagged raises-exception and raised nothing"


def errors_are_the_lesson(notebook: NotebookNode) -> Iterator[str]:
    """The prose before or after a cell that raises names the error: nobody tagged it to be rid of it."""
    for number, cell in code_cells(notebook):
        beside = " ".join(
            c.source for c in notebook.cells[max(number - 2, 0) : number + 1] if c.cell_type == "markdown"
        )
        for output in cell.outputs:
            if output.output_type == "error" and output.ename not in beside:
                yield f"cell {number} raises {output.ename}, and the prose beside it does not say so"


def pictures_have_a_text_twin(notebook: NotebookNode) -> Iterator[str]:
    """Beside each picture stands a text that says the same: nbval compares no pictures."""
    for number, cell in code_cells(notebook):
        for output in cell.outputs:
            data = output.get("data", {})
            text = data.get("text/plain", "").strip()
            if "<img" in data.get("text/html", "") and (len(text) < TWIN or text.startswith("<")):
                yield f"cell {number} shows a picture whose text twin is only {text!r}"


def pictures_are_of_their_text(notebook: NotebookNode) -> Iterator[str]:
    """The seal in each picture is that of its alternative text, which nbval compares: it is no other and no older one."""
    for number, cell in code_cells(notebook):
        for output in cell.outputs:
            for data, text in PICTURE.findall(output.get("data", {}).get("text/html", "")):
                if not is_sealed(b64decode(data), unescape(text)):
                    yield f"cell {number} shows a picture that was not drawn with its text: run it anew"


def figures_are_backed(notebook: NotebookNode) -> Iterator[str]:
    """Each number with a unit in the prose is backed by code or an output near it."""
    yield from unbacked(notebook)


def no_address(notebook: NotebookNode) -> Iterator[str]:
    """No output holds a memory address, which changes from run to run."""
    for number, cell in code_cells(notebook):
        if hit := ADDRESS.search(said(cell)):
            yield f"cell {number} shows a memory address:{hit[0]}"


def no_machine(notebook: NotebookNode) -> Iterator[str]:
    """No cell and no output names a folder of somebody's machine."""
    for number, cell in enumerate(notebook.cells, 1):
        text = cell.source + said(cell)
        if hit := MACHINE.search(text):
            yield f"cell {number} names a folder of one machine: {text[hit.start() : hit.end() + 30]!r}"


def said(cell: NotebookNode) -> str:
    """Return all that a cell's outputs say in words; colours are dropped, and pictures."""
    texts = []
    for output in cell.get("outputs", []):
        shown = {kind: data for kind, data in output.get("data", {}).items() if not kind.startswith("image/")}
        texts += [output.get("text", ""), output.get("evalue", ""), *output.get("traceback", [])]
        texts.append(json.dumps(shown, ensure_ascii=False))
    return re.sub(r"\x1b\[[\d;]*m", "", "\n".join(texts))


def starts_with_imports(notebook: NotebookNode) -> Iterator[str]:
    """The first code cell holds the imports."""
    cells = [cell for _, cell in code_cells(notebook)]
    if not cells or not re.search(r"^(?:from|import) ", cells[0].source, re.MULTILINE):
        yield "the first code cell is not the imports"


def cells_are_short(notebook: NotebookNode) -> Iterator[str]:
    """Code cells have a median of at most 4 lines, nine in ten at most 12, none over 25.

    What is there to be copied whole, a recipe or its test, is only to be no longer than 25.
    """
    whole = [lines(cell) for _, cell in code_cells(notebook) if COPIED.intersection(tags(cell))]
    lengths = sorted(lines(cell) for _, cell in code_cells(notebook) if not COPIED.intersection(tags(cell))) or [0]
    median, p90, most = statistics.median(lengths), lengths[int(0.9 * (len(lengths) - 1))], max(lengths + whole)
    if median > 4 or p90 > 12 or most > 25:
        yield f"code cells have median/p90/max {median:g}/{p90}/{most} lines, more than 4/12/25"


def prose_carries_the_code(notebook: NotebookNode) -> Iterator[str]:
    """There are 8 to 25 words of prose for each line of code."""
    words = sum(len(re.findall(r"\w+", c.source)) for c in notebook.cells if c.cell_type == "markdown")
    code = sum(lines(cell) for _, cell in code_cells(notebook))
    if not 8 <= words / max(code, 1) <= 25:
        yield f"{words} words of prose for {code} lines of code is not 8 to 25 a line"


def lines(cell: NotebookNode) -> int:
    """Count the lines of a cell that are not blank."""
    return sum(bool(line.strip()) for line in cell.source.splitlines())


CLAUSES: tuple[Clause, ...] = (
    nothing_is_skipped,
    no_cell_is_empty,
    executed_in_order,
    errors_are_meant,
    errors_are_the_lesson,
    pictures_have_a_text_twin,
    pictures_are_of_their_text,
    figures_are_backed,
    no_address,
    no_machine,
    starts_with_imports,
    cells_are_short,
    prose_carries_the_code,
)


# A page of notebooks/further/ is looked up and not read through: a glossary is nearly all words, a cheat sheet all code.
OF_LESSONS_ALONE = (prose_carries_the_code,)


def clauses(path: Path) -> tuple[Clause, ...]:
    """List the clauses that the notebook at this path keeps: a lesson all of them, another page nearly all."""
    lesson = path.parent.name != FURTHER
    return tuple(clause for clause in CLAUSES if lesson or clause not in OF_LESSONS_ALONE)


def stored_as_normalised(path: Path) -> bool:
    """Tell whether normalising would change no byte of the file."""
    return path.read_text(encoding="utf-8") == normalised(read(path))
