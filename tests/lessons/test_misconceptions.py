"""Each misconception of the ledger is shown in a lesson: a cell, run and with its output, carries its id as a tag."""

import tomllib

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_lib.exercises.contents import COURSE
from course_lib.tools.contract import tags
from course_lib.tools.ledger import FILE, LATER, complaints, ledger, lessons, main, misconceptions_of, places, table


def test_the_ledger_has_every_misconception_in_order():
    assert list(ledger()) == [f"M{number}" for number in range(1, 62)]


def test_no_belief_and_no_truth_is_there_twice():
    sentences = [text for entry in ledger().values() for text in (entry.belief, entry.truth)]

    assert len(set(sentences)) == len(sentences)


def test_each_misconception_is_shown_in_its_chapter():
    wrong = complaints(ledger(), lessons())

    assert wrong == [], "\n".join(["", *wrong, "", table(ledger(), lessons())])


def test_the_misconceptions_of_the_exercises_are_in_the_ledger():
    named = {(name, entry.name) for entry in COURSE.entries for name in entry.misconceptions}

    assert {(name, exercise) for name, exercise in named if name not in ledger()} == set()


# The other half: a chapter that shows what it should, and how each fault is found.

ENTRY = {"belief": "It waits.", "truth": "It does not.", "source": "measured", "chapter": "02"}
LEDGER = misconceptions_of({"M1": ENTRY, "M2": ENTRY | {"belief": "It ticks.", "chapter": "later"}})


def chapter(*cells, title="# 02 · Timers\n```text\n# no heading\n```"):
    """Make a chapter in which these cells stand under a title."""
    return {"02_timers": new_notebook(cells=[new_markdown_cell(title), *cells])}


def cell(*tags, said="a beat", execution_count=1):
    outputs = [new_output("stream", text=said)] if said else []
    return new_code_cell("beat()", metadata={"tags": list(tags)}, outputs=outputs, execution_count=execution_count)


def test_a_chapter_that_shows_its_misconceptions_is_well():
    assert complaints(LEDGER, chapter(cell("real-only", "M1"))) == []


@pytest.mark.parametrize(
    "lessons",
    [
        {},
        chapter(cell()),
        chapter(cell("real-only", "m1", "M11x", "xM1")),
        {"05_periodic_jobs": chapter(cell("M1"))["02_timers"]},
    ],
    ids=["no lesson", "no tag", "other tags", "another chapter"],
)
def test_a_misconception_that_its_chapter_does_not_show_is_found(lessons):
    assert complaints(LEDGER, lessons) == ["M1 is shown in no cell of chapter 02: It waits."]


def test_each_misconception_is_missed_when_the_lessons_lose_its_tags():
    course = lessons()
    for name, entry in ledger().items():
        for tagged in (cell for lesson in course.values() for cell in lesson.cells if name in tags(cell)):
            tagged.metadata.tags.remove(name)

        missed = f"{name} is shown in no cell of chapter {entry.chapter}: {entry.belief}"
        assert (missed in complaints(ledger(), course)) is (entry.chapter != LATER)


@pytest.mark.parametrize(
    "silent",
    [cell("M1", said=""), cell("M1", execution_count=None), new_markdown_cell("Look.", metadata={"tags": ["M1"]})],
    ids=["no output", "not executed", "prose"],
)
def test_a_tag_on_a_cell_that_shows_nothing_is_found(silent):
    assert complaints(LEDGER, chapter(silent)) == [
        "M1 is shown in no cell of chapter 02: It waits.",
        "02_timers, 02 · Timers: M1 tags a cell without output",
    ]


def test_a_tag_that_is_in_no_ledger_is_found():
    assert complaints(LEDGER, chapter(cell("M1"), cell("M62"))) == ["02_timers, 02 · Timers: M62 is not in the ledger"]


@pytest.mark.parametrize(
    "entry",
    [
        {"belief": "It waits.", "truth": "It does not.", "source": "measured"},
        ENTRY | {"truth": " "},
        ENTRY | {"chapter": 2},
        ENTRY | {"chapter": "2"},
        ENTRY | {"shown": "in a cell"},
    ],
    ids=["a field is missing", "a field is empty", "a field is no text", "no such chapter", "no such field"],
)
def test_a_faulty_entry_is_refused(entry):
    with pytest.raises(ValueError, match=r"misconceptions\.toml: M1 "):
        misconceptions_of({"M1": entry})


def test_an_id_cannot_be_there_twice():
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(FILE.read_text(encoding="utf-8") + '\n[M1]\nbelief = "again"\n')


def test_a_cell_is_found_under_the_last_heading_or_the_title_of_its_box():
    lesson = chapter(
        cell("M1"),
        new_markdown_cell("## Later\n\nA timer.\n\n### Cancel\n\nPredict."),
        cell("M1"),
        new_markdown_cell("> **Important:** no heading."),
        cell("M1"),
        new_markdown_cell("Read it.\n\n> **Box: whose time is it?** The grid …"),
        cell("M1"),
    )

    assert [place.heading for place in places(lesson)] == [
        "02 · Timers",
        "Cancel",
        "Cancel",
        "Box: whose time is it?",
    ]


def test_the_table_says_where():
    assert table(LEDGER, chapter(cell("M1"), cell("M1"))).splitlines()[2:] == [
        "| M1 | It waits. | 02 | 02_timers, 02 · Timers |",
        "| M2 | It ticks. | later | nowhere |",
    ]


def test_the_command_prints_a_row_for_each_misconception(capsys):
    main()

    assert capsys.readouterr().out.count("\n| M") == len(ledger())
