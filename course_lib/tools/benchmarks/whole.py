"""Whole processes: importing the library, and comparing all lessons."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from statistics import median
from time import perf_counter

from course_lib.tools.benchmarks.measure import Row
from course_lib.tools.stored import PROJECT

NBCLIENT = """
import sys, nbformat
from nbclient import NotebookClient
for path in sys.argv[1:]:
    NotebookClient(nbformat.read(path, 4), kernel_name="python3", allow_errors=True).execute(cleanup_kc=True)
"""
NBVAL = ["-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider"]


def rows() -> Iterator[Row]:
    """Measure the rows of the import and of nbval."""
    ours, twisteds = importing("course_lib"), importing("twisted.internet.task")
    yield Row("import course_lib", "import twisted.internet.task", ours / twisteds, 1.2)
    lessons = sorted(str(path) for path in (PROJECT / "notebooks").glob("*.ipynb"))
    compared, executed = process([*NBVAL, *lessons]), process(["-c", NBCLIENT, *lessons])
    yield Row(
        f"nbval over {len(lessons)} lessons ({compared:.0f} s)", "plain execution by nbclient", compared / executed, 1.5
    )
    yield Row("the same", "the clock on the wall", compared, 120, unit="s")


def importing(module: str, rounds: int = 9) -> float:
    """Return the median seconds a fresh interpreter takes to import a module."""
    return median(process(["-c", f"import {module}"]) for _ in range(rounds))


def process(arguments: list[str]) -> float:
    """Return the seconds a Python process takes that must succeed."""
    start = perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, cwd=PROJECT, stdout=subprocess.DEVNULL)
    return perf_counter() - start
