"""Runs the cells of a notebook in this process and in virtual time alone, and compares what they say with what is stored.

nbval compares everything, in a kernel and in real time. This is for what is to be tried a hundred times.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

from IPython.core.display_functions import display
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbformat import NotebookNode

from course_lib import Timeline, VirtualClock
from course_lib.drawing.diagram import Diagram
from course_lib.exercises import judge
from course_lib.running import real as realtime
from course_lib.running.run import run
from course_lib.tools.contract import code_cells, tags
from course_lib.tools.stored import read

COLOURS = re.compile(r"\x1b\[[\d;]*m")


def untrue(path: Path) -> Iterator[str]:
    """Yield what a notebook's cells say otherwise than is stored; those tagged real-only are left out."""
    with virtual_time_alone(), a_shell() as shell:
        for number, cell in code_cells(read(path)):
            if "real-only" in tags(cell):
                continue
            says, stored = said_by(shell, cell.source), said_in(cell)
            if says != stored:
                yield f"{path.stem}, cell {number} says\n{says}\nand stored is\n{stored}"


@contextmanager
def virtual_time_alone() -> Iterator[None]:
    """Have what is to run on the reactor run in virtual time, since both say the same, and draw no picture."""

    def run_at_once(experiment: Callable[..., Any], until: float) -> Timeline:
        return replace(run(experiment, clock=VirtualClock(), until=until), live=True)

    with (
        mock.patch.object(realtime, "run_on_reactor", run_at_once),
        mock.patch.object(Diagram, "html", return_value=""),
        mock.patch.object(judge, "LIMIT", 10 * judge.LIMIT),  # a busy machine makes no answer wrong
    ):
        yield


@contextmanager
def a_shell() -> Iterator[InteractiveShell]:
    """Make the shell that display() asks for; a cell's value is shown by display(), not as Out[1]."""
    shell = InteractiveShell.instance()
    shell.display_trap.hook = lambda value: None if value is None else display(value)
    try:
        yield shell
    finally:
        InteractiveShell.clear_instance()


def said_by(shell: InteractiveShell, source: str) -> str:
    """Run a cell, and return all it says in words: what it prints, then what it shows, then its error."""
    with capture_output() as captured:
        result = shell.run_cell(source, store_history=False)
    shown = [output.data.get("text/plain", "") for output in captured.outputs]
    error = result.error_before_exec or result.error_in_exec
    raised = [f"{type(error).__name__}: {error}"] if error else []
    printed = captured.stdout.partition("-" * 75)[0] if error else captured.stdout
    return worded([printed], shown, raised)


def said_in(cell: NotebookNode) -> str:
    """Return the same of what is stored."""
    printed = [output.text for output in cell.outputs if output.output_type == "stream"]
    shown = [output.data.get("text/plain", "") for output in cell.outputs if "data" in output]
    raised = [f"{output.ename}: {output.evalue}" for output in cell.outputs if output.output_type == "error"]
    return worded(printed, shown, raised)


def worded(*kinds: list[str]) -> str:
    """Join texts, without their colours."""
    return COLOURS.sub("", "\n".join(text.strip() for texts in kinds for text in texts if text.strip()))
