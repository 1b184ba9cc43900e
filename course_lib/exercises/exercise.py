"""One exercise as a learner meets it: check, hint, solution."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from course_lib.exercises import solutions, state
from course_lib.exercises.answers import Incorrect
from course_lib.exercises.checks import Check
from course_lib.exercises.contents import Entry, entry_of
from course_lib.exercises.feedback import Feedback, Hint, Solution
from course_lib.exercises.judge import judge

_hints_given: dict[str, int] = {}


def exercise(name: str) -> Exercise:
    """Find an exercise by its name.

    >>> exercise("01-1")
    01-1 Three waits: predict, 3 minutes. check(answer), hint(), solution()
    """
    return Exercise(entry_of(name))


@dataclass(frozen=True, repr=False)
class Exercise:
    """An exercise. `check` what you wrote; `hint` if you are stuck; `solution` when you have solved it."""

    entry: Entry

    def check(self, answer: Any) -> Feedback:
        """Try an answer in virtual time, with the numbers of the task and with others, and say what came of it."""
        feedback = judge(self.entry.name, check_of(self.entry.name), answer)
        if feedback.right:
            if why := state.note_solved(self.entry.name):
                feedback = replace(
                    feedback,
                    aside=f"What you solve cannot be written down ({why}): it is remembered until this kernel ends.",
                )
        elif os.environ.get("NBGRADER_EXECUTION"):  # nbgrader counts a cell that raises as wrong, and no other
            raise Incorrect(repr(feedback))
        return feedback

    def hint(self) -> Hint:
        """Give the next hint; each is a little plainer than the one before."""
        hints, given = self.entry.hints, _hints_given.get(self.entry.name, 0)
        number = min(given + 1, len(hints))
        _hints_given[self.entry.name] = number
        return Hint(self.entry.name, number, len(hints), hints[number - 1], repeated=given == len(hints))

    def solution(self, *, show: bool = False) -> Solution:
        """Show a solution once the exercise is solved; before that to whoever asks by `show=True`."""
        name = self.entry.name
        if show or name in state.solved():
            return solutions.solution_of(name)
        later = f'Solve {name} first: then this shows a solution. To see it all the same: `exercise("{name}").solution(show=True)`'
        return Solution(name, instead=later)

    def __repr__(self) -> str:
        entry = self.entry
        return f"{entry.name} {entry.title}: {entry.kind}, {entry.minutes} minutes. check(answer), hint(), solution()"


def check_of(name: str) -> Check:
    """Find the check of an exercise in the module of its chapter."""
    module = import_module(f"course_lib.exercises.chapter{entry_of(name).chapter}")
    check: Check = module.CHECKS[name]
    return check
