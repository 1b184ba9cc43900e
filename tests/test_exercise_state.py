"""What is solved is kept in a small file of the learner's own; where it cannot be, nothing is said."""

import os
import sys
from pathlib import Path
from subprocess import run

import pytest

from course_lib.exercises import state
from course_lib.exercises.exercise import exercise


def right(a, b, c):
    return {"A": [0, a], "B": [0, b], "C": [0, c]}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(state.VARIABLE, str(tmp_path / "of mine"))
    return tmp_path / "of mine"


def test_a_right_answer_is_remembered(folder):
    exercise("01-1").check(lambda a, b, c: {})
    before = state.solved()
    exercise("01-1").check(right)

    assert before == set()
    assert state.solved() == {"01-1"}
    assert (folder / "solved.txt").read_text() == "01-1\n"
    assert [path.name for path in folder.iterdir()] == ["solved.txt"]


def test_it_can_be_forgotten(folder):
    state.note_solved("01-1")
    state.reset()
    state.reset()

    assert state.solved() == set()


@pytest.mark.parametrize("place", [os.devnull, "solved.txt/x"])
def test_where_nothing_can_be_kept_nothing_is_said(tmp_path, monkeypatch, place):
    (tmp_path / "solved.txt").write_text("")
    monkeypatch.setenv(state.VARIABLE, place)
    monkeypatch.chdir(tmp_path)

    state.note_solved("01-1")
    state.reset()

    assert state.solved() == set()
    assert exercise("01-1").check(right).right


def test_what_is_no_exercise_counts_for_nothing(folder):
    folder.mkdir()
    (folder / "solved.txt").write_bytes(b"01-1\n99-9\n\n")
    assert state.solved() == {"01-1"}

    (folder / "solved.txt").write_bytes(b"\xff\xfe")
    assert state.solved() == set()


def test_it_is_kept_where_the_desktop_says_or_in_the_home(tmp_path, monkeypatch):
    monkeypatch.delenv(state.VARIABLE)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert state.file() == tmp_path / "twisted-task-course" / "solved.txt"

    monkeypatch.delenv("XDG_STATE_HOME")
    assert state.file() == Path.home() / ".local" / "state" / "twisted-task-course" / "solved.txt"


def test_it_is_shown_as_a_table_with_a_bar(folder):
    for name in ("01-1", "01-2", "01-3"):
        state.note_solved(name)

    assert repr(state.progress()).splitlines()[0] == (
        "01 Concurrency concepts  █████░░░░░░░  3 of 7  next: 01-5 A server that holds its breath"
    )
    shown = next(iter(state.progress().paragraphs())).splitlines()
    assert shown[:3] == [
        "| chapter | solved | | |",
        "|---|---|---|---|",
        "| 01 Concurrency concepts | █████░░░░░░░ | 3 of 7 | next: 01-5 A server that holds its breath |",
    ]


def test_when_all_is_solved_it_says_so(folder):
    for k in range(1, 8):
        state.note_solved(f"01-{k}")

    assert "████████████  7 of 7  all solved" in repr(state.progress())


def test_the_command_line_shows_it_and_forgets_it(folder):
    state.note_solved("01-1")

    def said(*arguments):
        command = [sys.executable, "-m", "course_lib.exercises", *arguments]
        return run(command, capture_output=True, text=True, check=True).stdout

    assert said() == f"{state.progress()!r}\n"
    assert "0 of 7" in said("--reset").splitlines()[0]
    assert state.solved() == set()


def test_a_solution_is_offered_once_it_is_solved_and_to_whoever_asks(folder):
    question = exercise("01-1")
    before, asked = question.solution(), question.solution(show=True)
    state.note_solved("01-1")
    after = question.solution()

    assert "Solve 01-1 first" in repr(before)
    assert 'exercise("01-1").solution(show=True)' in repr(before)
    assert repr(asked) == repr(after)
    assert 'return {"A": [0, a], "B": [0, b], "C": [0, c]}' in repr(after)
    assert "Why." in repr(after)
    assert "SOLUTION" not in repr(after)
    assert ".check(" not in repr(after)


def test_where_solutions_are_not_installed_that_is_said(tmp_path):
    from course_lib.exercises.solutions import solution_of

    assert repr(solution_of("01-1", tmp_path)) == (
        "The solutions are not in this folder: whoever gave you the course has them."
    )
