"""What is planted in a copy of the course turns the run of the copy red, each fault the test that is there for it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_output

from course_lib.tools.contract import PICTURE
from course_lib.tools.refresh import lessons_and_pages
from course_lib.tools.stored import PROJECT, normalised, read

COPIED = ("course_lib", "notebooks", "exercises", "solutions", "tests", "conftest.py", "pyproject.toml")
COPIED += ("README.md", "CONTRIBUTING.md", "LICENSE", "LICENSE-TEXT", ".github")
LEFT = shutil.ignore_patterns("__pycache__", "baseline", ".ipynb_checkpoints")


class Plant(NamedTuple):
    """A fault: the test that must fail for it, the file it is planted in, and how."""

    test: str
    file: str
    edit: Callable[[NotebookNode], None]


def in_text(old: str, new: str) -> Callable[[NotebookNode], None]:
    """Replace a text in the first Markdown cell that has it."""

    def edit(notebook: NotebookNode) -> None:
        cell = next(cell for cell in notebook.cells if cell.cell_type == "markdown" and old in cell.source)
        cell.source = cell.source.replace(old, new, 1)

    return edit


def in_code(old: str, new: str) -> Callable[[NotebookNode], None]:
    """Replace a text in the first code cell that has it."""

    def edit(notebook: NotebookNode) -> None:
        cell = next(cell for cell in notebook.cells if cell.cell_type == "code" and old in cell.source)
        cell.source = cell.source.replace(old, new, 1)

    return edit


def a_wrong_number(notebook: NotebookNode) -> None:
    """Have a beat a hundredth of a second later than it was, in a text beside its picture."""
    data = next(o.data for c in notebook.cells for o in c.get("outputs", []) if "text/html" in o.get("data", {}))
    data["text/plain"] = data["text/plain"].replace("0.75", "0.76")


def another_picture(notebook: NotebookNode) -> None:
    """Put the picture of one cell beside the text of another: the text is right, the bars are others."""
    shown = [o.data for c in notebook.cells for o in c.get("outputs", []) if "text/html" in o.get("data", {})]
    first, second = (PICTURE.search(data["text/html"])[1] for data in shown[:2])
    shown[0]["text/html"] = shown[0]["text/html"].replace(first, second)


def an_error(notebook: NotebookNode) -> None:
    """Tag a cell that raises, to be rid of it."""
    cell = next(cell for cell in notebook.cells[::-1] if cell.cell_type == "code")
    cell.source, cell.metadata["tags"] = "1 / 0", ["raises-exception"]
    cell.outputs = [new_output("error", ename="ZeroDivisionError", evalue="division by zero", traceback=["…"])]


def a_skipping_tag(notebook: NotebookNode) -> None:
    notebook.cells[3].metadata["tags"] = ["nbval-ignore-output"]


def no_cell(notebook: NotebookNode) -> None:
    """Leave it as it is: its name is what is wrong."""


KEEPS = "tests/lessons/test_notebooks.py::test_a_notebook_keeps"
COLLECTION = "tests/exercises/test_collection.py::"
LINKS = "tests/lessons/test_links.py::test_the_links_of_a_page_lead_somewhere"
HEADINGS = "tests/lessons/test_headings.py::test_the_headings_of_a_chapter_agree_with_the_contents"
VIRTUALLY = (
    "tests/lessons/test_lessons_in_virtual_time.py::test_the_cells_of_a_notebook_say_in_virtual_time_what_is_stored"
)
RIGHT = "return {"

PLANTS = {
    "a wrong number in a stored output": Plant(
        f"{VIRTUALLY}[notebooks/00_start_here]", "notebooks/00_start_here.ipynb", a_wrong_number
    ),
    "a right text beside a picture with other bars": Plant(
        f"{KEEPS}[pictures_are_of_their_text-01_concurrency_concepts]",
        "notebooks/01_concurrency_concepts.ipynb",
        another_picture,
    ),
    "a stub that passes": Plant(
        f"{COLLECTION}test_a_chapter_as_it_is_handed_out_is_not_attempted[01]",
        "exercises/01_concurrency_concepts.ipynb",
        in_code(
            "raise NotImplementedError  # your code comes here",
            'return {"A": [0, a], "B": [0, b], "C": [0, c]}',
        ),
    ),
    "an exercise that was edited by hand": Plant(
        "tests/tools/test_generate.py::test_an_exercise_is_as_it_would_be_made[01_concurrency_concepts]",
        "exercises/01_concurrency_concepts.ipynb",
        no_cell,
    ),
    "a solution that fails": Plant(
        f"{COLLECTION}test_with_the_solutions_in_its_gaps_a_chapter_is_right[02]",
        "solutions/02_timers.ipynb",
        in_code("### BEGIN SOLUTION\n", "### BEGIN SOLUTION\n    return {}\n"),
    ),
    "a skipped cell": Plant(
        f"{KEEPS}[nothing_is_skipped-02_timers]",
        "notebooks/02_timers.ipynb",
        in_code("clock = Clock()", "# NBVAL_SKIP"),
    ),
    "an ignored cell": Plant(
        f"{KEEPS}[nothing_is_skipped-03_cooperate]", "notebooks/03_cooperate.ipynb", a_skipping_tag
    ),
    "an error that is no lesson": Plant(
        f"{KEEPS}[errors_are_the_lesson-04_pause_and_stop]", "notebooks/04_pause_and_stop.ipynb", an_error
    ),
    "a notebook that is missing from the table of contents": Plant(
        "tests/lessons/test_notebooks.py::test_the_table_of_contents_names_every_notebook_and_each_is_there",
        "notebooks/06_more.ipynb",
        no_cell,
    ),
    "a figure of the prose that nothing backs": Plant(
        f"{KEEPS}[figures_are_backed-05_periodic_jobs]",
        "notebooks/05_periodic_jobs.ipynb",
        in_text("Four times in vain", "After 1.65 s, four times in vain"),
    ),
    "a link to a file that is not there": Plant(
        f"{LINKS}[notebooks/02_timers.ipynb]",
        "notebooks/02_timers.ipynb",
        in_text("(03_cooperate.ipynb)", "(03_cooperation.ipynb)"),
    ),
    "a link to a heading that is not there": Plant(
        f"{LINKS}[notebooks/03_cooperate.ipynb]",
        "notebooks/03_cooperate.ipynb",
        in_text("(02_timers.ipynb)", "(02_timers.ipynb#Later)"),
    ),
    "a heading that disagrees with course.toml": Plant(
        f"{HEADINGS}[solutions-04_pause_and_stop]",
        "solutions/04_pause_and_stop.ipynb",
        in_text("*predict · core · 4 minutes*", "*predict · core · 5 minutes*"),
    ),
    "a sum that disagrees with course.toml": Plant(
        f"{HEADINGS}[solutions-05_periodic_jobs]",
        "solutions/05_periodic_jobs.ipynb",
        in_text("Six exercises, 40 minutes", "Six exercises, 41 minutes"),
    ),
}
TESTS = list(dict.fromkeys(plant.test for plant in PLANTS.values()))


def copied(folder: Path) -> Path:
    """Copy what a run needs."""
    for name in COPIED:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=LEFT)
        else:
            shutil.copy(source, folder / name)
    return folder


def run_in(folder: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    """Run these tests of a copy, with the library of the copy."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-p", "no:cacheprovider", "-rA", "--tb=no", *tests],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def outcomes(run: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Tell the outcome of each test of a run."""
    return {name: outcome for outcome, name in re.findall(r"^(PASSED|FAILED|ERROR) (\S+)", run.stdout, re.MULTILINE)}


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return run_in(copied(tmp_path_factory.mktemp("sound")), *TESTS)


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    folder = copied(tmp_path_factory.mktemp("planted"))
    for plant in PLANTS.values():
        file = folder / plant.file
        notebook = read(file if file.exists() else folder / "notebooks" / "00_start_here.ipynb")
        plant.edit(notebook)
        file.write_text(normalised(notebook), encoding="utf-8")
    return run_in(folder, *TESTS)


def test_a_sound_copy_is_green(sound):
    assert sound.returncode == 0, sound.stdout + sound.stderr
    assert outcomes(sound) == dict.fromkeys(TESTS, "PASSED")


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_what_is_planted_turns_the_run_red(planted, plant):
    assert planted.returncode == 1
    assert outcomes(planted)[plant.test] == "FAILED"


def test_a_run_that_compares_less_than_the_table_of_contents_has_is_red(tmp_path):
    folder = copied(tmp_path)
    options = folder / "pyproject.toml"
    options.write_text(re.sub(r'\n    "--nbval[^\n]*', "", options.read_text(encoding="utf-8")), encoding="utf-8")

    run = run_in(folder, "notebooks", "tests/lessons/test_links.py")

    assert set(outcomes(run).values()) == {"PASSED"}
    assert run.returncode == 1
    missing = rf"^NOT compared: {len(lessons_and_pages())} notebooks, \d+ cells, \d+ outputs, \d+ pictures$"
    assert re.search(missing, run.stdout, re.MULTILINE)
