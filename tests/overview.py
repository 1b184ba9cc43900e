"""All exercises in a table, with what is known of their wrong answers: `uv run python -m tests.overview`."""

from course_lib.exercises.contents import entries
from course_lib.exercises.tables import table
from tests.wrong_answers import wrong_answers

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
        for entry in entries()
    ]
    return table(HEADS, rows)


if __name__ == "__main__":
    print(overview())
