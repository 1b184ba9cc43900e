"""Chapter 04: how to pause what runs, and how to stop it. One module an exercise."""

from __future__ import annotations

from course_lib.exercises.chapter04.both_ends import BOTH_ENDS
from course_lib.exercises.chapter04.countdown import COUNTDOWN
from course_lib.exercises.chapter04.counted import COUNTED
from course_lib.exercises.chapter04.last_job import LAST_JOB
from course_lib.exercises.chapter04.new_grid import NEW_GRID
from course_lib.exercises.chapter04.wrong_moment import WRONG_MOMENT
from course_lib.exercises.checks import Check

CHECKS: dict[str, Check] = {
    "04-1": NEW_GRID,
    "04-2": COUNTED,
    "04-3": COUNTDOWN,
    "04-4": LAST_JOB,
    "04-5": WRONG_MOMENT,
    "04-6": BOTH_ENDS,
}
