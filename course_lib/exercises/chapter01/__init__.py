"""Chapter 01: what waits, what works, and who has the reactor. One module an exercise."""

from __future__ import annotations

from course_lib.exercises.chapter01.all_back import ALL_BACK
from course_lib.exercises.chapter01.five_pictures import FIVE_PICTURES
from course_lib.exercises.chapter01.held_up import HELD_UP
from course_lib.exercises.chapter01.one_turn import ONE_TURN
from course_lib.exercises.chapter01.server import SERVER
from course_lib.exercises.chapter01.three_waits import THREE_WAITS
from course_lib.exercises.chapter01.whose_turn import WHOSE_TURN
from course_lib.exercises.checks import Check

CHECKS: dict[str, Check] = {
    "01-1": THREE_WAITS,
    "01-2": HELD_UP,
    "01-3": WHOSE_TURN,
    "01-4": FIVE_PICTURES,
    "01-5": SERVER,
    "01-6": ONE_TURN,
    "01-7": ALL_BACK,
}
