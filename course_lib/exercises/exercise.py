"""One exercise as a learner meets it: check, hint, solution."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Any

from course_lib.exercises import solutions, state
from course_lib.exercises.answers import Incorrect
from course_lib.exercises.contents import COURSE, Course, Entry
from course_lib.exercises.feedback import Feedback, Hint, Solution
from course_lib.exercises.judge import judge

_hints_given: dict[tuple[str, str], int] = {}  # by course and exercise


def exercise(name: str, course: Course = COURSE) -> Exercise:
    """Find an exercise by its name. LookupError: there is none of that name.

    >>> exercise("01-1")
    01-1 Three waits: predict, 3 minutes. check(answer), hint(), solution()
    """
    return Exercise(course.entry(name), course)


@dataclass(frozen=True, repr=False)
class Exercise:
    """An exercise. `check` what you wrote; `hint` if you are stuck; `solution` when you have solved it."""

    entry: Entry
    course: Course = COURSE

    def check(self, answer: Any) -> Feedback:
        """Try an answer in virtual time, with the numbers of the task and with others, and say what came of it."""
        feedback = judge(self.entry.name, self.course.check(self.entry.name), answer)
        if feedback.right:
            if why := state.note_solved(self.entry.name, self.course):
                feedback = replace(
                    feedback,
                    aside=f"What you solve cannot be written down ({why}): it is remembered until this kernel ends.",
                )
        elif os.environ.get("NBGRADER_EXECUTION"):  # nbgrader counts a cell that raises as wrong, and no other
            raise Incorrect(repr(feedback))
        return feedback

    def hint(self) -> Hint:
        """Give the next hint; each is a little plainer than the one before."""
        key = (self.course.package, self.entry.name)
        hints, given = self.entry.hints, _hints_given.get(key, 0)
        number = min(given + 1, len(hints))
        _hints_given[key] = number
        return Hint(self.entry.name, number, len(hints), hints[number - 1], repeated=given == len(hints))

    def solution(self, *, show: bool = False) -> Solution:
        """Show a solution once the exercise is solved; before that to whoever asks by `show=True`."""
        name = self.entry.name
        if show or name in state.solved(self.course):
            return solutions.solution_of(name, self.course)
        later = f'Solve {name} first: then this shows a solution. To see it all the same: `exercise("{name}").solution(show=True)`'
        return Solution(name, instead=later)

    def __repr__(self) -> str:
        entry = self.entry
        return f"{entry.name} {entry.title}: {entry.kind}, {entry.minutes} minutes. check(answer), hint(), solution()"
