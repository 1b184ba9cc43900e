"""Chapter 02: what is called later, and what is called again and again. One module an exercise."""

from __future__ import annotations

from course_lib.exercises.chapter02.debounce import DEBOUNCE
from course_lib.exercises.chapter02.first_calls import FIRST_CALLS
from course_lib.exercises.chapter02.four_lines import FOUR_LINES
from course_lib.exercises.chapter02.garden import GARDEN
from course_lib.exercises.chapter02.leaps import LEAPS
from course_lib.exercises.chapter02.moved import MOVED
from course_lib.exercises.chapter02.poller import POLLER
from course_lib.exercises.checks import Check

CHECKS: dict[str, Check] = {
    "02-1": FIRST_CALLS,
    "02-2": MOVED,
    "02-3": FOUR_LINES,
    "02-4": GARDEN,
    "02-5": DEBOUNCE,
    "02-6": LEAPS,
    "02-7": POLLER,
}
