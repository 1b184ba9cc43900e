"""Exercises are made of solutions, by one command, and nobody edits them by hand."""

import json
from dataclasses import replace

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_lib.exercises.contents import COURSE
from course_lib.tools import contract
from course_lib.tools.generate import exercise_of, main, prepared, stale
from course_lib.tools.refresh import NOTEBOOKS
from course_lib.tools.stored import EXERCISES, PROJECT, SOLUTIONS, normalised, read

PATHS = sorted(SOLUTIONS.glob("*.ipynb"))
each_solution = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
NOT_OF_SOLUTIONS = {contract.prose_carries_the_code, contract.cells_are_short}


@each_solution
def test_an_exercise_is_as_it_would_be_made(path):
    assert not stale(path), f"run: uv run course generate {path.stem}"


def test_each_solution_has_its_exercise_and_its_lesson_and_each_exercise_its_solution():
    names = [path.name for path in PATHS]

    assert names == [f"{chapter.notebook}.ipynb" for chapter in COURSE.chapters if chapter.exercises]
    assert names == sorted(path.name for path in EXERCISES.glob("*.ipynb"))
    assert set(names) <= {path.name for path in NOTEBOOKS.glob("*.ipynb")}


@each_solution
@pytest.mark.parametrize(
    "clause", [c for c in contract.CLAUSES if c not in NOT_OF_SOLUTIONS], ids=lambda clause: clause.__name__
)
def test_a_solution_keeps_what_a_lesson_keeps(path, clause):
    assert list(clause(read(path))) == []


@each_solution
def test_no_cell_of_a_solution_is_long(path):
    assert [cell.source for _, cell in contract.code_cells(read(path)) if contract.lines(cell) > 25] == []


@each_solution
def test_a_solution_is_stored_as_normalised(path):
    assert contract.stored_as_normalised(path), f"run: uv run course generate {path.stem}"


def test_every_solution_is_compared_by_nbval(pytestconfig):
    """Where nbval is switched on for the whole folder, and no cell asks not to be compared (above), all are."""
    assert "solutions" in pytestconfig.getini("testpaths")
    assert "--nbval" in (PROJECT / "pyproject.toml").read_text(encoding="utf-8")


ANSWER = "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n\nf()"


@pytest.fixture
def solution():
    return new_notebook(
        cells=[
            new_markdown_cell("The task."),
            new_code_cell(ANSWER, metadata={"tags": ["01-1"]}, execution_count=2),
            new_code_cell("exercise('01-1').check(f)", metadata={"tags": ["01-1", "check"]}, execution_count=3),
            new_markdown_cell("Why.", metadata={"tags": ["01-1", "explanation"]}),
            new_code_cell("draw()", metadata={"tags": ["explanation"]}),
        ]
    )


def test_what_is_between_the_marks_becomes_a_gap_and_explanations_are_left_out(solution):
    exercise = exercise_of(solution)

    assert [cell.source for cell in exercise.cells] == [
        "The task.",
        "def f():\n    raise NotImplementedError  # your code comes here\n\nf()",
        "exercise('01-1').check(f)",
    ]
    assert [cell.get("execution_count") for cell in exercise.cells] == [None, None, None]
    assert solution.cells[1].source == ANSWER


def test_a_solution_that_was_changed_has_a_stale_exercise(solution, tmp_path, capsys):
    for folder in ("solutions", "exercises"):
        (tmp_path / folder).mkdir()
    path = tmp_path / "solutions" / "01_x.ipynb"
    solution = prepared(solution, COURSE)
    path.write_text(normalised(solution), encoding="utf-8")
    found = []
    for change in ("", " ", ""):
        made = normalised(exercise_of(solution)) + change
        (tmp_path / "exercises" / path.name).write_text(made, encoding="utf-8")
        found.append(main(only_check=True, course=replace(COURSE, folder=tmp_path)))
    (tmp_path / "exercises" / path.name).unlink()
    found.append(main(only_check=True, course=replace(COURSE, folder=tmp_path)))

    assert found == [0, 1, 0, 1]
    assert "01_x.ipynb: run course generate" in capsys.readouterr().out


@pytest.mark.kernel
def test_the_command_runs_the_solution_and_marks_answers_and_checks_for_nbgrader(solution, tmp_path):
    solution.cells[2].source, solution.cells[4].source = "f()", "1"
    (tmp_path / "solutions").mkdir()
    path = tmp_path / "solutions" / "01_x.ipynb"
    path.write_text(normalised(solution), encoding="utf-8")

    assert main(course=replace(COURSE, folder=tmp_path)) == 0

    _, answer, check, *_ = read(path).cells
    assert check.outputs[0].data["text/plain"] == "1"
    made = json.loads((tmp_path / "exercises" / path.name).read_text(encoding="utf-8"))["cells"]
    for kept in ({"answer": answer, "check": check}, {"answer": made[1], "check": made[2]}):
        assert kept["answer"]["metadata"]["nbgrader"] == {
            "grade": False,
            "grade_id": "answer-01-1",
            "locked": False,
            "schema_version": 3,
            "solution": True,
            "task": False,
        }
        assert kept["check"]["metadata"]["nbgrader"]["points"] == 3
        assert kept["check"]["metadata"]["nbgrader"]["grade"]
