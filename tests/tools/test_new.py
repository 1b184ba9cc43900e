"""`course new`, and with it a second, tiny course: the engine takes any folder that is laid out like ours."""

import sys
from dataclasses import replace

import pytest

from course_lib.exercises import exercise
from course_lib.exercises.contents import COURSE, Course
from course_lib.tools import generate, new
from course_lib.tools.headings import heading
from course_lib.tools.stored import read
from course_lib.tools.tables import chapters_table


@pytest.fixture
def other(tmp_path, monkeypatch):
    """A course of another package in another folder: no chapter yet."""
    package = tmp_path / "tiny_course"
    for folder in (package, package / "chapters", *(tmp_path / f for f in ("notebooks", "solutions"))):
        folder.mkdir()
    for folder in (package, package / "chapters"):
        (folder / "__init__.py").write_text("")
    (package / "course.toml").write_text("# Tiny.\n")
    new.wrong_answers(Course("tiny_course", tmp_path), "01").parent.mkdir(parents=True)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield Course("tiny_course", tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "tiny_course"]:
        del sys.modules[name]


def read_anew(course):
    """The same course, its table of contents read once more."""
    return replace(course)


@pytest.fixture
def begun(other):
    """The other course with one chapter and one exercise."""
    new.chapter("01", "First things", "What comes first?", other)
    course = read_anew(other)
    new.exercise("01-1", "Three in a row", "write", 4, course)
    return read_anew(course)


def test_a_chapter_and_an_exercise_are_in_the_table_of_contents(begun):
    (chapter,) = begun.chapters

    assert (chapter.name, chapter.title, chapter.notebook) == ("01", "First things", "01_first_things")
    assert repr(exercise("01-1", begun)) == ("01-1 Three in a row: write, 4 minutes. check(answer), hint(), solution()")
    assert "| [01 First things](notebooks/01_first_things.ipynb) | What comes first? |" in chapters_table(begun)


def test_its_check_judges_answers(begun):
    def at_once(clock, seconds, job):
        job()

    def later(clock, seconds, job):
        clock.callLater(seconds, job)

    right, wrong = exercise("01-1", begun).check(later), exercise("01-1", begun).check(at_once)

    assert (right.right, wrong.right) == (True, False)
    assert "Run 1 of job should be at 1 s; yours came at 0 s." in repr(wrong)


def test_hints_are_counted_course_by_course(begun):
    toml = begun.folder / "tiny_course" / "course.toml"
    toml.write_text(toml.read_text().replace("A question that leads to the next step?", "First?"))
    course = read_anew(begun)

    assert "First?" in repr(exercise("01-1", course).hint())
    assert "First?" not in repr(exercise("01-1", course).hint())
    assert "First?" not in repr(exercise("01-1").hint())


@pytest.mark.kernel
def test_generate_writes_its_heading_runs_its_solution_and_makes_its_exercise(begun):
    solution = begun.folder / "solutions" / "01_first_things.ipynb"
    stale_before = generate.stale(solution, begun)
    cells = read(solution).cells
    # The cell checks our 01-1 unless it is told of the other course.
    text = solution.read_text().replace(
        'exercise(\\"01-1\\").check', 'callable(three_in_a_row) or exercise(\\"01-1\\").check'
    )
    solution.write_text(text)

    assert generate.main(course=begun) == 0

    assert (stale_before, generate.stale(solution, begun)) == (True, False)
    assert any(cell.source.startswith("## 01-1 Three in a row\n\n*…*") for cell in cells)
    assert any(cell.source.startswith(heading(begun.entry("01-1"))) for cell in read(solution).cells)
    assert read(solution).cells[0].source.endswith("One exercise, 4 minutes.")
    made = read(begun.folder / "exercises" / "01_first_things.ipynb")
    assert any("raise NotImplementedError" in cell.source for cell in made.cells)


def test_a_heading_that_course_toml_has_otherwise_is_stale(begun):
    solution = begun.folder / "solutions" / "01_first_things.ipynb"
    before = generate.prepared(read(solution), begun)
    toml = begun.folder / "tiny_course" / "course.toml"
    toml.write_text(toml.read_text().replace("minutes = 4", "minutes = 6"))

    assert before != generate.prepared(read(solution), read_anew(begun))


def test_wrong_answers_have_a_place(begun):
    namespace = {}
    exec(new.wrong_answers(begun, "01").read_text(), namespace)

    assert namespace["WRONG"] == {"01-1": []}


@pytest.mark.parametrize(
    ("begin", "sentence"),
    [
        (
            lambda course: new.exercise("01-3", "More", course=course),
            "the next exercise of chapter 01 is 01-2, not 01-3.",
        ),
        (lambda course: new.exercise("02-1", "More", course=course), "02-1 belongs to no chapter. There are: 01."),
        (lambda course: new.exercise("01-2", "Three in a row!", course=course), "three_in_a_row.py is there already"),
        (
            lambda course: new.chapter("01", "Again", "Why?", course),
            "a chapter is called by two digits that no other has.",
        ),
        (
            lambda course: new.chapter("1", "Again", "Why?", course),
            "a chapter is called by two digits that no other has.",
        ),
    ],
)
def test_what_cannot_be_begun_is_refused_in_a_sentence_and_changes_nothing(begun, begin, sentence):
    before = {path: path.read_bytes() for path in begun.folder.rglob("*") if path.is_file()}

    with pytest.raises(new.Taken, match=sentence):
        begin(begun)

    after = {path: path.read_bytes() for path in begun.folder.rglob("*") if path.is_file()}
    assert {p: t for p, t in after.items() if "__pycache__" not in p.parts} == {
        p: t for p, t in before.items() if "__pycache__" not in p.parts
    }


def test_our_own_course_is_where_it_says():
    assert (COURSE.folder / "notebooks" / f"{COURSE.chapters[0].notebook}.ipynb").is_file()
