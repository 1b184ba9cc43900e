"""Every exercise of the course: its stub, its solution, its wrong answers, its hints and its scenarios."""

from functools import cache
from time import perf_counter

import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode

from course_lib.exercises.check import Input, Prediction, Program
from course_lib.exercises.contents import COURSE
from course_lib.exercises.exercise import exercise
from course_lib.exercises.feedback import Feedback, Outcome
from course_lib.exercises.judge import CONSTANT
from course_lib.exercises.sandbox import run_watched
from course_lib.timeline.compare import first_difference
from course_lib.timeline.timeline import Timeline
from course_lib.tools.generate import answers, tags
from course_lib.tools.ledger import ledger
from course_lib.tools.stored import EXERCISES, SOLUTIONS, read
from tests.exercises.wrong_answers import wrong_answers

NAMES = [entry.name for entry in COURSE.entries]
WITH_EXERCISES = [chapter for chapter in COURSE.chapters if chapter.exercises]
KNOWN = [
    pytest.param(name, wrong, id=f"{name}-{k}") for name in NAMES for k, wrong in enumerate(wrong_answers(name), 1)
]
each_exercise = pytest.mark.parametrize("name", NAMES)
each_wrong_answer = pytest.mark.parametrize(("name", "wrong"), KNOWN)
each_chapter = pytest.mark.parametrize("chapter", WITH_EXERCISES, ids=lambda chapter: chapter.name)


def executed(notebook: NotebookNode) -> dict[str, Feedback]:
    """Run the cells of a notebook, as a learner does, and collect what the checks return."""
    shell = InteractiveShell()
    found = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            result = shell.run_cell(cell.source, store_history=False)
            result.raise_error()
            found.update({name: result.result for name in tags(cell) if "check" in tags(cell)})
    found.pop("check", None)
    return found


@cache
def notebook_of(folder, chapter):
    return read(folder / f"{chapter.notebook}.ipynb")


@cache
def solution(name):
    """The solution of an exercise, as a function: the imports of its notebook and its cell are all that is run."""
    notebook = notebook_of(SOLUTIONS, COURSE.chapter_of(name))
    shell = InteractiveShell()
    shell.run_cell(next(cell.source for cell in notebook.cells if cell.cell_type == "code")).raise_error()
    cell = next(cell for tagged, cell in answers(notebook) if tagged == name)
    before = set(shell.user_ns)
    shell.run_cell(cell.source).raise_error()
    check_cell = next(c for c in notebook.cells if {name, "check"} <= set(tags(c)))
    answer = check_cell.source.rpartition(".check(")[2].rstrip(")\n ")
    assert answer in set(shell.user_ns) - before
    return shell.user_ns[answer]


@each_chapter
def test_every_exercise_of_a_chapter_has_a_gap_and_a_check_in_its_notebook(chapter):
    notebook = notebook_of(EXERCISES, chapter)
    gaps = [name for name, cell in answers(notebook) if "raise NotImplementedError" in cell.source]
    checks = [name for cell in notebook.cells if "check" in tags(cell) for name in tags(cell) if name != "check"]

    assert gaps == checks == [entry.name for entry in chapter.exercises]


@each_chapter
def test_a_chapter_as_it_is_handed_out_is_not_attempted(chapter):
    found = executed(notebook_of(EXERCISES, chapter))

    assert {name: feedback.outcome for name, feedback in found.items()} == {
        entry.name: Outcome.NOT_ATTEMPTED for entry in chapter.exercises
    }


@each_chapter
def test_with_the_solutions_in_its_gaps_a_chapter_is_right(chapter):
    notebook = notebook_of(EXERCISES, chapter).copy()
    source = {name: cell.source for name, cell in answers(notebook_of(SOLUTIONS, chapter))}
    for name, cell in answers(notebook):
        cell["source"] = source[name]

    found = executed(notebook)

    assert {name: repr(feedback) for name, feedback in found.items() if not feedback.right} == {}
    assert list(found) == [entry.name for entry in chapter.exercises]


@each_wrong_answer
def test_a_wrong_answer_is_answered_in_its_own_words(name, wrong, record_property):
    began = perf_counter()
    feedback = exercise(name).check(wrong.answer)
    record_property("check", perf_counter() - began)

    assert feedback.outcome in (Outcome.WRONG, Outcome.RAISED)
    assert feedback.misconception == wrong.misconception
    assert wrong.says in feedback.in_words()


@each_exercise
def test_at_least_three_mistakes_are_known_and_one_that_nothing_explains(name):
    wrong = wrong_answers(name)
    known = {answer.misconception for answer in wrong} - {CONSTANT.misconception}

    assert len([answer for answer in wrong if answer.misconception in known - {""}]) >= 3
    assert "" in known


@each_exercise
def test_what_nothing_explains_still_gets_the_first_difference_and_a_picture(name):
    for wrong in (wrong for wrong in wrong_answers(name) if not wrong.misconception):
        feedback = exercise(name).check(wrong.answer)

        assert feedback.cause == ""
        assert feedback.difference
        assert feedback.ring is not None
        assert feedback.rows
        assert f'exercise("{name}").hint()' in repr(feedback)


@each_exercise
def test_the_table_of_contents_names_the_misconceptions_that_are_known(name):
    known = {mistake.misconception for mistake in COURSE.check(name).mistakes}
    shown = {wrong.misconception for wrong in wrong_answers(name)} - {"", CONSTANT.misconception}

    assert set(exercise(name).entry.misconceptions) <= set(ledger())
    assert sorted(exercise(name).entry.misconceptions, key=lambda m: int(m[1:])) == list(
        exercise(name).entry.misconceptions
    )
    assert set(exercise(name).entry.misconceptions) == known == shown


@each_exercise
def test_every_known_mistake_is_made_by_somebody(name):
    causes = {exercise(name).check(wrong.answer).cause for wrong in wrong_answers(name) if wrong.misconception}
    known = {mistake.cause.split("{")[0] for mistake in COURSE.check(name).mistakes}

    assert {cause for cause in known if not any(said.startswith(cause) for said in causes)} == set()


@each_exercise
def test_there_is_a_scenario_in_the_task_and_one_that_is_not(name):
    first, *others = COURSE.check(name).scenarios

    assert not first.hidden
    assert [scenario.given for scenario in others if scenario.hidden]
    assert all(scenario.given != first.given for scenario in others)


@each_exercise
def test_what_is_expected_is_what_happens(name):
    check = COURSE.check(name)
    for number, scenario in enumerate(check.scenarios):
        expected = Timeline.of(scenario.expected, until=scenario.until)

        assert check.attempt(solution(name), number).difference is None
        if (experiment := check.experiment_of(solution(name), scenario.given)) is not None:
            happens = run_watched(experiment, scenario.until, [])
            assert first_difference(expected, happens) is None, happens
        if isinstance(check, Program) and check.wanted is not None:
            assert (
                first_difference(expected, Timeline.of(check.wanted(happens, **scenario.given), until=scenario.until))
                is None
            )


@each_exercise
def test_of_a_hidden_scenario_nobody_is_shown_what_was_expected(name):
    for wrong in wrong_answers(name):
        feedback = exercise(name).check(wrong.answer)

        if feedback.tried and feedback.outcome is not Outcome.RAISED:
            assert len(feedback.rows) == 1
            assert feedback.rows[0].name.startswith("yours")


@each_chapter
def test_a_chapter_has_an_exercise_that_ends_on_the_real_reactor(chapter):
    lasting = [
        check.scenarios[0].until for check in map(COURSE.check, (e.name for e in chapter.exercises)) if check.live
    ]

    assert lasting
    assert max(lasting) <= 1.5


@each_exercise
def test_a_kind_is_checked_as_what_it_is(name):
    kind, check = exercise(name).entry.kind, COURSE.check(name)

    assert isinstance(
        check, {"break": Input, "fix": Program, "write": Program, "combine": Program}.get(kind, Prediction)
    )
