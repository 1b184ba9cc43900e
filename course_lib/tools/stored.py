"""The one form in which a notebook is stored: the same bytes on every machine and after every run."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
KEPT_OF_A_CELL = ("tags", "nbgrader")

# A widget's view names a model of a kernel that is gone: JupyterLab would show "model not found".
DANGLING = "application/vnd.jupyter.widget-view+json"

VALID_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

# Where the traceback's frame header ends up on this machine: "File ~/somewhere/site-packages/twisted/…".
LIBRARY = re.compile(
    r"(?<=File )((?:\x1b\[[\d;]*m)*)[^\n:]*?/(?:(?:lib/python3\.\d+/)?site-packages|lib/python3\.\d+)/"
)
PROJECT = Path(__file__).resolve().parent.parent.parent
SOLUTIONS, EXERCISES = PROJECT / "solutions", PROJECT / "exercises"
FURTHER = "further"  # the folder below the lessons, of pages that nobody has to read

# What a terminal does with a carriage return: the line so far is written over.
OVERWRITTEN = re.compile(r"^.*\r(?=[^\n])", re.MULTILINE)


def read(path: Path) -> NotebookNode:
    """Read a notebook as it is stored: nbformat.read would give random names to cells without a valid id."""
    notebook: NotebookNode = nbformat.v4.reads(path.read_text(encoding="utf-8"))
    return notebook


def normalised(notebook: NotebookNode) -> str:
    """Return the text to store for `notebook`, which itself is left alone."""
    result = nbformat.from_dict(notebook)
    result.update(metadata=nbformat.from_dict(METADATA), nbformat=4, nbformat_minor=5)
    for cell, name in zip(result.cells, stable_ids(result.cells), strict=True):
        cell["id"] = name
        tidy(cell)
    text: str = nbformat.writes(result, indent=1, sort_keys=True, ensure_ascii=False)
    return text.rstrip("\n") + "\n"


def stable_ids(cells: list[NotebookNode]) -> Iterator[str]:
    """Keep each valid id where it is first used; name the other cells c01, c02 … in order."""
    taken = {cell.get("id") for cell in cells}
    free = (name for number in range(1, 10_000) if (name := f"c{number:02d}") not in taken)
    used: set[str] = set()
    for cell in cells:
        name = cell.get("id", "")
        if name in used or not VALID_ID.fullmatch(name):
            name = next(free)
        used.add(name)
        yield name


def tidy(cell: NotebookNode) -> None:
    """Leave of a cell only what its author and its run mean to say."""
    cell.metadata = {key: cell.metadata[key] for key in KEPT_OF_A_CELL if cell.metadata.get(key)}
    if cell.cell_type == "code":
        cell.outputs = list(merged(cell.outputs))
        for output in cell.outputs:
            tidy_output(output)


def merged(outputs: list[NotebookNode]) -> Iterator[NotebookNode]:
    """Join what one stream wrote in a row: where the kernel flushed is chance."""
    last: Any = None
    for output in outputs:
        if last and output.output_type == "stream" == last.output_type and output.name == last.name:
            last.text += output.text
            continue
        if last:
            yield last
        last = output
    if last:
        yield last


def tidy_output(output: NotebookNode) -> None:
    """Drop what differs from machine to machine and from run to run."""
    output.get("data", {}).pop(DANGLING, None)
    if output.output_type == "stream":
        output.text = OVERWRITTEN.sub("", output.text)
    if output.output_type == "error":
        output.traceback = [without_folders(line) for line in output.traceback]


def without_folders(text: str) -> str:
    """Shorten the paths of a traceback to what is the same everywhere: twisted/internet/task.py:251."""
    for folder in (str(PROJECT), re.sub(rf"^{re.escape(str(Path.home()))}(?=/)", "~", str(PROJECT))):
        text = text.replace(f"{folder}/", "")
    return LIBRARY.sub(r"\1", text)
