"""Finds the solution of an exercise where it stands: in the notebook of its chapter in solutions/, nowhere else."""

from __future__ import annotations

import json
import re
from typing import Any

from course_lib.exercises.contents import COURSE, Course
from course_lib.exercises.feedback import Solution

REGION = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION[ \t]*\n?", re.MULTILINE)
EXPLANATION, CHECK = "explanation", "check"


def solution_of(name: str, course: Course = COURSE) -> Solution:
    """Read the cells tagged with the exercise's name, or say that they are not here."""
    path = course.folder / "solutions" / f"{course.chapter_of(name).notebook}.ipynb"
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except OSError:
        return Solution(name, instead="The solutions are not in this folder: whoever gave you the course has them.")
    shown = tuple(_shown(cell) for cell in cells if _belongs(cell, name))
    return Solution(name, shown, where=f"solutions/{path.name}")


def _belongs(cell: Any, name: str) -> bool:
    tags = cell["metadata"].get("tags", [])
    return name in tags and CHECK not in tags and (cell["cell_type"] == "markdown" or EXPLANATION not in tags)


def _shown(cell: Any) -> tuple[str, str]:
    return cell["cell_type"], REGION.sub("", "".join(cell["source"]))
