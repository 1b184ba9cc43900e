"""The counts at the end of a run are those of the table of contents, for a whole run and for a part of it."""

from collections import Counter
from types import SimpleNamespace

import pytest

from course_lib.exercises.contents import COURSE
from course_lib.tools.counts import compared_in, content, notebooks, sentences, wanted_by, whole
from course_lib.tools.refresh import lessons_and_pages
from course_lib.tools.stored import PROJECT
from tests.exercises.wrong_answers import wrong_answers

FIRST = PROJECT / "notebooks" / "00_start_here.ipynb"
EXERCISES = [entry.name for chapter in COURSE.chapters for entry in chapter.exercises]
COLLECTION = "tests/exercises/test_collection.py"


def nodeids(path):
    """Name the tests that nbval makes of a notebook."""
    return [f"{path.relative_to(PROJECT)}::Cell {number}" for number in range(content(path)["cells"])]


def everything():
    cells = [nodeid for path in notebooks() for nodeid in nodeids(path)]
    exercises = [f"{COLLECTION}::test_what_is_expected_is_what_happens[{name}]" for name in EXERCISES]
    wrong = [
        f"{COLLECTION}::test_a_wrong_answer_is_answered_in_its_own_words[{name}-{k}]"
        for name in EXERCISES
        for k, _ in enumerate(wrong_answers(name), 1)
    ]
    return [*cells, *exercises, *wrong]


def configured(*args, **options):
    """Make what pytest knows of its command line."""
    plain = dict(keyword="", markexpr="", deselect=None, lf=False, maxfail=0, stepwise=False, collectonly=False)
    return SimpleNamespace(
        args=args, option=SimpleNamespace(**plain | options), invocation_params=SimpleNamespace(dir=PROJECT)
    )


def test_a_run_of_all_compares_what_the_table_of_contents_has():
    wanted = wanted_by(whole(configured("tests", "notebooks", "solutions")))

    assert wanted == compared_in(everything(), PROJECT)
    assert list(wanted) == ["notebooks", "cells", "outputs", "pictures", "exercises", "wrong answers"]
    assert (wanted["notebooks"], wanted["exercises"]) == (len(lessons_and_pages()) + 5, len(EXERCISES))
    assert min(wanted.values()) > 0


@pytest.mark.parametrize("missing", [0, -1, -300], ids=["a cell", "a wrong answer", "an exercise or a cell"])
def test_whatever_is_missing_is_said(missing):
    done = everything()
    del done[missing]
    said = list(sentences(compared_in(done, PROJECT), wanted_by([PROJECT])))

    assert [line.partition(":")[0] for line in said] == ["compared", "NOT compared"]


def test_of_a_run_of_one_file_only_that_is_asked_for():
    wanted = wanted_by(whole(configured("notebooks/00_start_here.ipynb", "tests/test_clock.py")))

    assert wanted == content(FIRST) == compared_in(nodeids(FIRST), PROJECT)
    assert list(sentences(wanted, wanted)) == [
        "compared: " + ", ".join(f"{number} of {number} {what}" for what, number in content(FIRST).items())
    ]


@pytest.mark.parametrize(
    ("args", "options"),
    [
        (["notebooks/00_start_here.ipynb::Cell 3"], {}),
        (["notebooks"], {"keyword": "timers"}),
        (["notebooks"], {"markexpr": "kernel"}),
        (["notebooks"], {"markexpr": "not browser or kernel"}),
        (["notebooks"], {"lf": True}),
        (["notebooks"], {"maxfail": 1}),
        (["tests/test_clock.py"], {}),
    ],
)
def test_of_a_selection_nothing_is_asked_for_and_nothing_is_said_of_nothing(args, options):
    assert wanted_by(whole(configured(*args, **options))) == Counter()
    assert list(sentences(Counter(), Counter())) == []


@pytest.mark.parametrize("markexpr", ["not browser", "not browser and not mutation"])
def test_marks_that_are_left_out_take_no_cell_away(markexpr):
    assert wanted_by(whole(configured("notebooks", markexpr=markexpr)))["notebooks"] == len(lessons_and_pages())


def test_a_notebook_of_the_table_of_contents_that_is_not_there_is_missed(monkeypatch):
    monkeypatch.setattr("course_lib.tools.counts.notebooks", lambda: [FIRST, PROJECT / "notebooks" / "99_none.ipynb"])
    wanted = wanted_by([PROJECT / "notebooks"])

    assert list(sentences(compared_in(nodeids(FIRST), PROJECT), wanted))[1:] == ["NOT compared: 1 notebooks"]
