"""Run the solutions, store them, and make the exercises of them.

solutions/ is the only source. A cell's tags say what it is, here for exercise 01-1:

01-1                 the answer; what stands between ### BEGIN SOLUTION and ### END SOLUTION becomes the learner's gap
01-1, check          the check
01-1, explanation    why the solution is so: not in the exercise
explanation          the same, of no exercise in particular
"""

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from course_lib.exercises.contents import COURSE, Course
from course_lib.tools import refresh
from course_lib.tools.headings import write_headings, write_tables
from course_lib.tools.stored import normalised, read

REGION = re.compile(r"^([ \t]*)### BEGIN SOLUTION[ \t]*\n.*?^[ \t]*### END SOLUTION[ \t]*$", re.MULTILINE | re.DOTALL)
GAP = r"\1raise NotImplementedError  # your code comes here"
NAME = re.compile(r"\d\d-\d+")


def main(names: Sequence[str] = (), *, only_check: bool = False, course: Course = COURSE) -> int:
    """Make the exercises of the chapters that were named, of all if none is; return the exit code."""
    try:
        paths = refresh.chosen(names, course.folder / "solutions")
    except refresh.Failed as failure:
        print(failure, file=sys.stderr)
        return 2
    if only_check:
        wrong = [path.name for path in paths if stale(path, course)]
        print("\n".join(f"{name}: run course generate" for name in wrong) or "all as they would be made")
        return int(bool(wrong))
    write_tables(course)
    results = [made(path, course) for path in paths]
    return int(not all(results))


def made(path: Path, course: Course) -> bool:
    """Run a solution, store it, and write its exercise; say whether it could be run."""
    refresh.replace(path, normalised(prepared(read(path), course)))
    if not refresh.refresh(path):
        return False
    exercise = exercise_path(path, course)
    exercise.parent.mkdir(exist_ok=True)
    refresh.replace(exercise, normalised(exercise_of(read(path))))
    return True


def stale(path: Path, course: Course = COURSE) -> bool:
    """Say whether a solution is not as course.toml has it, or its exercise is missing, or not what would be made of it."""
    solution, exercise = read(path), exercise_path(path, course)
    if not exercise.is_file() or normalised(solution) != normalised(prepared(solution, course)):
        return True
    return exercise.read_text(encoding="utf-8") != normalised(exercise_of(solution))


def exercise_path(solution: Path, course: Course) -> Path:
    """Say where the exercise of a solution is."""
    return course.folder / "exercises" / solution.name


def prepared(solution: NotebookNode, course: Course) -> NotebookNode:
    """Return a solution with what course.toml knows of it: headings, minutes, and the points of nbgrader."""
    result: NotebookNode = nbformat.from_dict(solution)
    for chapter in course.chapters:
        write_headings(result, chapter)
    mark_for_nbgrader(result, course)
    return result


def exercise_of(solution: NotebookNode) -> NotebookNode:
    """Make the exercise: without explanations, with gaps, never run."""
    exercise: NotebookNode = nbformat.from_dict(solution)
    exercise.cells = [cell for cell in exercise.cells if "explanation" not in tags(cell)]
    for cell in exercise.cells:
        if cell.cell_type == "code":
            cell.source = REGION.sub(GAP, cell.source)
            cell.outputs, cell.execution_count = [], None
    return exercise


def mark_for_nbgrader(solution: NotebookNode, course: Course) -> None:
    """Give answers and checks the metadata by which nbgrader knows them; it follows from their tags."""
    for cell in solution.cells:
        for name in filter(NAME.fullmatch, tags(cell)):
            if cell.cell_type == "code" and "explanation" not in tags(cell):
                cell.metadata["nbgrader"] = marks(name, course, is_check="check" in tags(cell))


def marks(name: str, course: Course, *, is_check: bool) -> dict[str, Any]:
    """Make the metadata of an answer, or of its check, which is worth a point a minute."""
    common = {"schema_version": 3, "task": False, "grade": is_check, "locked": is_check, "solution": not is_check}
    if is_check:
        return {**common, "grade_id": f"check-{name}", "points": course.entry(name).minutes}
    return {**common, "grade_id": f"answer-{name}"}


def answers(notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    """Yield the answer cells with the names of their exercises."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and not {"check", "explanation"} & set(tags(cell)):
            yield from ((name, cell) for name in tags(cell) if NAME.fullmatch(name))


def tags(cell: NotebookNode) -> list[str]:
    """List the tags of a cell."""
    return list(cell.metadata.get("tags", []))
