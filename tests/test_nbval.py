"""The one test command really compares the notebooks, and counts the cells that it compared."""

import subprocess
import sys

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.normalise import PROJECT, normalised
from tests.refresh import main


@pytest.fixture
def folder(tmp_path):
    """A folder of two executed notebooks of two cells, with a space in its name."""
    path = tmp_path / "a course"
    path.mkdir()
    lesson = normalised(new_notebook(cells=[new_code_cell("x = 2"), new_code_cell("print(x * 3)\nx")]))
    for name in ("00_kept", "01_changed"):
        (path / f"{name}.ipynb").write_text(lesson, encoding="utf-8")
    main([], path)
    return path


@pytest.mark.kernel
@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_changed_output_fails_and_every_cell_is_counted(folder, workers):
    changed = folder / "01_changed.ipynb"
    changed.write_text(changed.read_text(encoding="utf-8").replace('"6\\n"', '"7\\n"'), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", workers, f"--rootdir={folder}", "-p", "tests.conftest"]

    run = subprocess.run(
        [*command, "-p", "no:cacheprovider", "-c", PROJECT / "pyproject.toml", folder],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 1, run.stdout + run.stderr
    assert "nbval: 4 cells compared in 2 notebooks" in run.stdout
    assert "1 failed, 3 passed" in run.stdout
    assert "FAILED 01_changed.ipynb::Cell 1" in run.stdout.replace("a course/", "")
