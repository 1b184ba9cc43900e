"""Wrong answers that learners give, one module a chapter: each must be answered in the words of its misconception."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

from course_lib.exercises.contents import COURSE


class Wrong(NamedTuple):
    """A wrong answer to an exercise, whose misconception it shows, and words of the sentence that answers it.

    Without a misconception it is one that nothing explains: it gets the first difference and the picture.
    """

    misconception: str
    answer: Any
    says: str


def wrong_answers(name: str) -> list[Wrong]:
    """List the wrong answers to an exercise; none if nobody has written any."""
    module = f"{__name__}.chapter{COURSE.entry(name).chapter}"
    if find_spec(module) is None:
        return []
    known: list[Wrong] = import_module(module).WRONG.get(name, [])
    return known
