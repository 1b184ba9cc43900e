"""All exercises in a table, with what is known of their wrong answers."""

from course_lib.exercises.contents import COURSE
from course_lib.tools.tables import table
from tests.exercises.wrong_answers import wrong_answers

HEADS = ("exercise", "kind", "minutes", "hints", "wrong answers", "misconceptions")


def overview() -> str:
    """Make the table."""
    rows = [
        (
            f"{entry.name} {entry.title}",
            entry.kind,
            str(entry.minutes),
            str(len(entry.hints)),
            str(len(wrong_answers(entry.name))),
            ", ".join(entry.misconceptions),
        )
        for entry in COURSE.entries
    ]
    return table(HEADS, rows)
