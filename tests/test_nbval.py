"""The one test command really compares the notebooks, and counts the cells that it compared."""

import re
import subprocess
import sys

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tests.normalise import PROJECT, normalised


def lesson(printed, comment=""):
    """Make a notebook that was run and printed 6, if `printed` is true to it."""
    outputs = [new_output("stream", text=printed)]
    first = new_code_cell(f"x = 2{comment}", execution_count=1)
    return normalised(new_notebook(cells=[first, new_code_cell("print(x * 3)", execution_count=2, outputs=outputs)]))


@pytest.mark.kernel
def test_a_changed_output_fails_and_the_cells_of_all_workers_are_counted_but_no_skipped_one(tmp_path):
    folder = tmp_path / "a course"
    folder.mkdir()
    (folder / "00_kept.ipynb").write_text(lesson("6\n"), encoding="utf-8")
    (folder / "01_changed.ipynb").write_text(lesson("7\n", "  # NBVAL_IGNORE_OUTPUT"), encoding="utf-8")
    (folder / "02_skipped.ipynb").write_text(lesson("6\n").replace("print(", "# NBVAL_SKIP\\nprint("), encoding="utf-8")
    options = ["-c", PROJECT / "pyproject.toml", f"--rootdir={tmp_path}", "-p", "no:cacheprovider"]

    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-p", "tests.counts", folder],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 1, run.stdout + run.stderr
    assert "compared: 3 notebooks, 5 cells, 2 outputs" in run.stdout
    assert "1 failed, 4 passed, 1 skipped" in run.stdout
    assert re.findall(r"^FAILED .*a course/(\S+ \d+)", run.stdout, re.MULTILINE) == ["01_changed.ipynb::Cell 1"]
