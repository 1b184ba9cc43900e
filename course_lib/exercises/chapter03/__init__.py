"""Chapter 03: tasks in steps, who is next, how they wait and how they end. One module an exercise."""

from __future__ import annotations

from course_lib.exercises.chapter03.endings import ENDINGS
from course_lib.exercises.chapter03.errand import ERRAND
from course_lib.exercises.chapter03.in_parallel import IN_PARALLEL
from course_lib.exercises.chapter03.report import REPORT
from course_lib.exercises.chapter03.slices import SLICES
from course_lib.exercises.chapter03.turns import TURNS
from course_lib.exercises.checks import Check

CHECKS: dict[str, Check] = {
    "03-1": SLICES,
    "03-2": TURNS,
    "03-3": REPORT,
    "03-4": ERRAND,
    "03-5": IN_PARALLEL,
    "03-6": ENDINGS,
}
