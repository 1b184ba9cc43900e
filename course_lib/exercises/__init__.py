"""Exercises: `exercise("01-1")` checks an answer in virtual time, gives hints, and shows the solution.

A course is data: contents reads its course.toml, and finds the check of an exercise, which says what is right. judge
tries an answer with the help of sandbox, limits and answers; feedback and picture say what came of it; state remembers
what is solved.
"""

from course_lib.exercises.exercise import Exercise, exercise
from course_lib.exercises.state import progress

__all__ = ["Exercise", "exercise", "progress"]
