"""The notebooks of exercises say of each exercise what course.toml says, and add up what it adds up to."""

from dataclasses import replace

import pytest

from course_lib.exercises.contents import COURSE
from course_lib.tools.headings import disagreements
from course_lib.tools.stored import EXERCISES, SOLUTIONS, read

CHAPTERS = [chapter for chapter in COURSE.chapters if chapter.exercises]
each_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.notebook)


@each_chapter
@pytest.mark.parametrize("folder", [SOLUTIONS, EXERCISES], ids=lambda folder: folder.name)
def test_the_headings_of_a_chapter_agree_with_the_contents(folder, chapter):
    assert list(disagreements(chapter, read(folder / f"{chapter.notebook}.ipynb"))) == []


@pytest.mark.parametrize(
    "change", [{"title": "Four waits"}, {"kind": "trace"}, {"minutes": 4}, {"core": False}, {"name": "01-9"}]
)
def test_a_heading_that_disagrees_is_found(change):
    first, *others = CHAPTERS[0].exercises
    changed = replace(CHAPTERS[0], exercises=(replace(first, **change), *others))

    assert list(disagreements(changed, read(SOLUTIONS / f"{changed.notebook}.ipynb")))


@pytest.mark.parametrize(
    "order", [slice(None, None, -1), slice(1, None), slice(0, 0)], ids=["order", "one more", "all"]
)
def test_another_order_and_an_exercise_too_many_are_found(order):
    changed = replace(CHAPTERS[0], exercises=CHAPTERS[0].exercises[order])

    assert list(disagreements(changed, read(SOLUTIONS / f"{changed.notebook}.ipynb")))
