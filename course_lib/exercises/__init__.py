"""Exercises: `exercise("01-1")` checks an answer in virtual time, gives hints, and shows the solution.

contents (course.toml) and checks (what is right, as data) know the exercises; judge tries an answer with the help of
sandbox, limits and answers; feedback and picture say what came of it; state remembers what is solved.
One module a chapter, chapter01 and so on, holds the checks.
"""

from course_lib.exercises.exercise import Exercise, exercise
from course_lib.exercises.state import progress

__all__ = ["Exercise", "exercise", "progress"]
