"""course.toml is read as values, and what is wrong with it is said in a sentence."""

import tomllib
from dataclasses import replace
from importlib.resources import files

import pytest

from course_lib.exercises.contents import COURSE, ContentsError, chapters_of
from course_lib.tools.refresh import NOTEBOOKS
from course_lib.tools.tables import chapters_table, minutes_table, missing_lines


@pytest.fixture
def data():
    whole = tomllib.loads(files(COURSE.package).joinpath("course.toml").read_text(encoding="utf-8"))
    return {"chapter": [chapter for chapter in whole["chapter"] if chapter["name"] == "01"]}


def test_it_has_the_chapters_in_their_order():
    assert [chapter.name for chapter in COURSE.chapters] == [f"{n:02d}" for n in range(len(COURSE.chapters))]


def test_an_exercise_is_found_by_its_name():
    entry = COURSE.entry("01-2")

    assert (entry.title, entry.kind, entry.chapter) == ("A block in the way", "predict", "01")
    assert COURSE.chapter_of("01-2").title == "Concurrency concepts"


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(LookupError, match=r"there is no exercise '9-9'. There are: 01-1, 01-2, "):
        COURSE.entry("9-9")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"difficulty": 4}, "exercise 01-1 has difficulty 4: it is 1, 2 or 3."),
        ({"kind": "guess"}, "exercise 01-1 is of kind 'guess': the kinds are predict, trace,"),
        ({"minutes": 0}, "exercise 01-1 takes 0 minutes: 1 to 30 are meant."),
        ({"hints": ["one"]}, "exercise 01-1 has 1 hints: a ladder has 2 or 3."),
        ({"hints": ["one", " "]}, "exercise 01-1 has 2 hints"),
        ({"misconceptions": []}, "exercise 01-1 names no misconception"),
        ({"name": "02-1"}, "exercise 02-1 is in chapter 01: its name should be 01- and a number."),
        ({"name": "01-2"}, "01-2 is there twice."),
        ({"check": "three waits"}, "exercise 01-1 has the check 'three waits': it is the name of the module that"),
        ({"colour": "red"}, "exercise 01-1 has 'colour', which means nothing here."),
    ],
)
def test_what_is_wrong_is_said(data, change, sentence):
    data["chapter"][0]["exercises"][0].update(change)

    with pytest.raises(ContentsError) as caught:
        chapters_of(data)

    assert sentence in str(caught.value)


@pytest.mark.parametrize("field", ["title", "hints", "core"])
def test_what_is_missing_is_said(data, field):
    del data["chapter"][0]["exercises"][0][field]

    with pytest.raises(ContentsError, match=f"course.toml: exercise 01-1 has no {field}."):
        chapters_of(data)


def test_a_chapter_without_a_question_is_found(data):
    del data["chapter"][0]["question"]

    with pytest.raises(ContentsError, match="chapter 01 has no question"):
        chapters_of(data)


def test_tables_are_made_of_it(tmp_path):
    assert "| [01 Concurrency concepts](notebooks/01_concurrency_concepts.ipynb) | How can one" in chapters_table()
    assert "| 01 Concurrency concepts | How can one" in chapters_table(replace(COURSE, folder=tmp_path))
    assert "| 01 Concurrency concepts | 45 | 17 of 37 |" in minutes_table()


def test_a_stale_table_is_found():
    wanted = minutes_table()

    assert missing_lines(f"Text.\n\n{wanted}\n", wanted) == []
    assert missing_lines(wanted.replace("| 45 |", "| 44 |"), wanted) == [
        line for line in wanted.splitlines() if "45" in line
    ]


def test_each_chapter_s_notebook_is_there():
    assert [c.notebook for c in COURSE.chapters if not (NOTEBOOKS / f"{c.notebook}.ipynb").is_file()] == []
