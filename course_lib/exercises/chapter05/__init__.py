"""Chapter 05: loops that are late, fail, ask for an answer, and work together. One module an exercise."""

from __future__ import annotations

from course_lib.exercises.chapter05.drift import DRIFT
from course_lib.exercises.chapter05.keep_going import KEEP_GOING
from course_lib.exercises.chapter05.poll import POLL
from course_lib.exercises.chapter05.rounds import ROUNDS
from course_lib.exercises.chapter05.stands_for import STANDS_FOR
from course_lib.exercises.chapter05.uneven import UNEVEN
from course_lib.exercises.checks import Check

CHECKS: dict[str, Check] = {
    "05-1": UNEVEN,
    "05-2": STANDS_FOR,
    "05-3": POLL,
    "05-4": KEEP_GOING,
    "05-5": DRIFT,
    "05-6": ROUNDS,
}
