"""Run the solutions, store them, and make the exercises of them: `uv run python -m tests.generate [01 …]`.

solutions/ is the only source. A cell's tags say what it is, here for exercise 01-1:

01-1                 the answer; what stands between ### BEGIN SOLUTION and ### END SOLUTION becomes the learner's gap
01-1, check          the check
01-1, explanation    why the solution is so: not in the exercise
explanation          the same, of no exercise in particular

`--check` runs nothing and says which exercises are not as they would be made.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from course_lib.exercises.contents import entry_of
from tests import refresh
from tests.normalise import PROJECT, normalised, read

SOLUTIONS, EXERCISES = PROJECT / "solutions", PROJECT / "exercises"
REGION = re.compile(r"^([ \t]*)### BEGIN SOLUTION[ \t]*\n.*?^[ \t]*### END SOLUTION[ \t]*$", re.MULTILINE | re.DOTALL)
GAP = r"\1raise NotImplementedError  # your code comes here"
NAME = re.compile(r"\d\d-\d+")


def main(arguments: Sequence[str] | None = None, solutions: Path = SOLUTIONS, exercises: Path = EXERCISES) -> int:
    """Make the exercises of the chapters that were named, of all if none is; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.generate", description="Make exercises of the solutions.")
    parser.add_argument("names", nargs="*", help="how a notebook's name begins: 02; none: all")
    parser.add_argument("--check", action="store_true", help="only say what is not as it would be made")
    options = parser.parse_args(arguments)
    try:
        paths = refresh.chosen(options.names, solutions)
    except refresh.Failed as failure:
        print(failure, file=sys.stderr)
        return 2
    if options.check:
        wrong = [path.name for path in paths if stale(path, exercises)]
        print("\n".join(f"{name}: run python -m tests.generate" for name in wrong) or "all as they would be made")
        return int(bool(wrong))
    results = [made(path, exercises) for path in paths]
    return int(not all(results))


def made(path: Path, exercises: Path) -> bool:
    """Run a solution, store it, and write its exercise; say whether it could be run."""
    notebook = read(path)
    mark_for_nbgrader(notebook)
    refresh.replace(path, normalised(notebook))
    if not refresh.refresh(path):
        return False
    exercises.mkdir(exist_ok=True)
    refresh.replace(exercises / path.name, normalised(exercise_of(read(path))))
    return True


def stale(path: Path, exercises: Path) -> bool:
    """Say whether the exercise of a solution is missing, or not what would be made of it."""
    made_before = exercises / path.name
    text = normalised(exercise_of(read(path)))
    return not made_before.is_file() or made_before.read_text(encoding="utf-8") != text


def exercise_of(solution: NotebookNode) -> NotebookNode:
    """Make the exercise: without explanations, with gaps, never run."""
    exercise = nbformat.from_dict(solution)
    exercise.cells = [cell for cell in exercise.cells if "explanation" not in tags(cell)]
    for cell in exercise.cells:
        if cell.cell_type == "code":
            cell.source = REGION.sub(GAP, cell.source)
            cell.outputs, cell.execution_count = [], None
    return exercise


def mark_for_nbgrader(solution: NotebookNode) -> None:
    """Give answers and checks the metadata by which nbgrader knows them; it follows from their tags."""
    for cell in solution.cells:
        for name in filter(NAME.fullmatch, tags(cell)):
            if cell.cell_type == "code" and "explanation" not in tags(cell):
                cell.metadata["nbgrader"] = marks(name, is_check="check" in tags(cell))


def marks(name: str, *, is_check: bool) -> dict[str, Any]:
    """Make the metadata of an answer, or of its check, which is worth a point a minute."""
    common = {"schema_version": 3, "task": False, "grade": is_check, "locked": is_check, "solution": not is_check}
    if is_check:
        return {**common, "grade_id": f"check-{name}", "points": entry_of(name).minutes}
    return {**common, "grade_id": f"answer-{name}"}


def answers(notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    """Yield the answer cells with the names of their exercises."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and not {"check", "explanation"} & set(tags(cell)):
            yield from ((name, cell) for name in tags(cell) if NAME.fullmatch(name))


def tags(cell: NotebookNode) -> list[str]:
    """List the tags of a cell."""
    return list(cell.metadata.get("tags", []))


if __name__ == "__main__":
    sys.exit(main())
