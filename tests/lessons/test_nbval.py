"""The one test command really compares the notebooks, and counts the cells that it compared."""

import re
import subprocess
import sys
from configparser import RawConfigParser

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course_lib.tools.stored import PROJECT, normalised


def lesson(printed, comment=""):
    """Make a notebook that was run and printed 6, if `printed` is true to it."""
    outputs = [new_output("stream", text=printed)]
    first = new_code_cell(f"x = 2{comment}", execution_count=1)
    return normalised(new_notebook(cells=[first, new_code_cell("print(x * 3)", execution_count=2, outputs=outputs)]))


def nbval(folder, *options):
    """Run the notebooks of a folder with the options of the project."""
    fixed = [
        "-c",
        PROJECT / "pyproject.toml",
        f"--rootdir={folder.parent}",
        "-p",
        "no:cacheprovider",
        "-p",
        "course_lib.tools.counts",
    ]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *fixed, *options, folder],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.kernel
def test_a_changed_output_fails_and_the_compared_cells_of_all_workers_are_counted(tmp_path):
    folder = tmp_path / "a course"
    folder.mkdir()
    (folder / "00_kept.ipynb").write_text(lesson("6\n"), encoding="utf-8")
    (folder / "01_changed.ipynb").write_text(lesson("7\n", "  # NBVAL_IGNORE_OUTPUT"), encoding="utf-8")
    (folder / "02_skipped.ipynb").write_text(lesson("6\n").replace("print(", "# NBVAL_SKIP\\nprint("), encoding="utf-8")

    run = nbval(folder)

    assert run.returncode == 1, run.stdout + run.stderr
    assert "compared: 3 notebooks, 4 cells, 2 outputs" in run.stdout, "neither the skipped cell nor the ignored one"
    assert "1 failed, 4 passed, 1 skipped" in run.stdout
    assert re.findall(r"^FAILED .*a course/(\S+ \d+)", run.stdout, re.MULTILINE) == ["01_changed.ipynb::Cell 1"]


@pytest.mark.kernel
def test_of_a_lax_run_nothing_counts(tmp_path):
    folder = tmp_path / "course"
    folder.mkdir()
    (folder / "00_wrong.ipynb").write_text(lesson("7\n"), encoding="utf-8")

    run = nbval(folder, "--nbval-lax", "-n0")

    assert run.returncode == 0, run.stdout + run.stderr
    assert "compared" not in run.stdout


def test_of_an_output_nothing_is_left_out_but_the_bytes_and_the_size_of_a_picture():
    config = RawConfigParser()
    config.read(PROJECT / "tests" / "lessons" / "nbval_pictures.cfg", encoding="utf-8")
    (section,) = (config[name] for name in config.sections())
    html = '<img src="data:image/png;base64,iVBOR/+=" width="9" height="10" style="max-width: 100%" alt="0.25 s">'

    assert re.sub(section["regex"], section["replace"], html) == '<img picture style="max-width: 100%" alt="0.25 s">'
