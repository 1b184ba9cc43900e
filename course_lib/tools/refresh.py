"""Re-execute notebooks, each in a fresh kernel, and store them in their one form."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager

from course_lib.tools.contract import stored_as_normalised
from course_lib.tools.stored import FURTHER, PROJECT, normalised, read

NOTEBOOKS = PROJECT / "notebooks"
SECONDS_A_CELL = 60


class Failed(Exception):
    """A notebook could not be run to its end; the message says where and why."""


def main(names: Sequence[str] = (), *, only_check: bool = False, folder: Path = NOTEBOOKS) -> int:
    """Refresh (or only check) the notebooks whose names begin so, all of them if none is named; return the exit code."""
    try:
        paths = chosen(names, folder)
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 2
    act = check if only_check else refresh
    results = [act(path) for path in paths]
    return int(not all(results))


def lessons_and_pages(folder: Path = NOTEBOOKS) -> list[Path]:
    """List the notebooks of a folder, the lessons first, and after them the pages of its folder `further`."""
    return [*sorted(folder.glob("*.ipynb")), *sorted(folder.glob(f"{FURTHER}/*.ipynb"))]


def chosen(names: Sequence[str], folder: Path) -> list[Path]:
    """Find the notebooks whose names begin as asked; all of them when nothing is."""
    every = lessons_and_pages(folder)
    found = []
    for name in names:
        begins = Path(name).stem
        hits = [path for path in every if path.stem.startswith(begins)]
        if not hits:
            known = ", ".join(path.stem for path in every) or "none yet"
            raise Failed(f"No notebook's name begins with {begins!r}. There are: {known}.")
        found += hits
    return found or every


def check(path: Path) -> bool:
    """Say whether the stored bytes are the normalised ones."""
    same = stored_as_normalised(path)
    print(f"{path.name}: {'normalised' if same else 'NOT normalised: course refresh ' + path.stem}")
    return same


def refresh(path: Path) -> bool:
    """Execute one notebook and store it, or say what went wrong and leave the file as it was."""
    print(f"{path.name} …", end=" ", flush=True)
    began = time.monotonic()
    notebook = read(path)
    try:
        execute(notebook, path.parent)
    except Failed as failure:
        print(f"FAILED: {failure} The file is left as it was.", flush=True)
        return False
    replace(path, normalised(notebook))
    print(f"{time.monotonic() - began:.1f} s", flush=True)
    return True


def execute(notebook: NotebookNode, folder: Path) -> None:
    """Run every cell, top to bottom, in a fresh kernel of this very Python: the one nbval takes."""
    reached = [0]

    def note(cell: NotebookNode, cell_index: int) -> None:  # noqa: ARG001  # nbclient's own names
        reached[0] = cell_index + 1

    kernel = AsyncKernelManager(
        kernel_name=CURRENT_ENV_KERNEL_NAME,
        kernel_spec_manager=NbvalKernelspecManager(),
        transport_encryption="auto",  # what is sent in plain text, a kernel warns of
    )
    client = NotebookClient(
        notebook,
        km=kernel,
        timeout=SECONDS_A_CELL,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
        on_cell_start=note,
    )
    try:
        client.execute(cleanup_kc=True)  # nbclient shuts down a kernel only if it made the manager itself
    except CellExecutionError as error:
        raise Failed(f"Cell {reached[0]} raised {error.ename}: {error.evalue}.") from error
    except CellTimeoutError as error:
        raise Failed(f"Cell {reached[0]} was not over after {SECONDS_A_CELL} s.") from error
    except DeadKernelError as error:
        raise Failed(f"The kernel died in cell {reached[0]}.") from error


def replace(path: Path, text: str) -> None:
    """Write all or nothing: an interrupted write never costs a notebook."""
    beside = path.with_suffix(".ipynb.new")
    beside.write_text(text, encoding="utf-8", newline="\n")
    beside.replace(path)
