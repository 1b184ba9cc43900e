"""What is solved is kept in a small file of the learner's own; where it cannot be, it is remembered for a while."""

import os
import pkgutil
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from subprocess import run

import pytest

from course_lib.exercises import state
from course_lib.exercises.exercise import exercise


def right(a, b, c):
    return {"A": [0, a], "B": [0, b], "C": [0, c]}


@pytest.fixture(autouse=True)
def _nothing_is_remembered():
    state._remembered.clear()
    yield
    state._remembered.clear()


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


def test_what_two_kernels_solve_at_once_is_all_kept(folder):
    names = [f"01-{k}" for k in range(1, 8)] + [f"02-{k}" for k in range(1, 8)]
    script = "import sys; from course_lib.exercises import state; [state.note_solved(name) for name in sys.argv[1:]]"

    def kernel(these):
        run([sys.executable, "-c", script, *these], check=True)

    with ThreadPoolExecutor() as pool:
        list(pool.map(kernel, [names[0::2], names[1::2]]))

    assert state.solved() == set(names)
    assert sorted((folder / "solved.txt").read_text().splitlines()) == names


def test_another_kernel_that_read_before_forgets_nothing(folder, monkeypatch):
    state.note_solved("01-1")
    read_before = state.solved()
    state.note_solved("01-2")
    monkeypatch.setattr(state, "solved", lambda course: read_before)
    state.note_solved("01-3")
    monkeypatch.undo()
    monkeypatch.setenv(state.VARIABLE, str(folder))

    assert state.solved() == {"01-1", "01-2", "01-3"}


@pytest.mark.parametrize(
    ("there", "solved"),
    [
        (b"01-1\n01-1\n01-2\n", {"01-1", "01-2"}),
        (b"01-1\r\n01-2\r\n", {"01-1", "01-2"}),
        (b"01-1\n01-", {"01-1"}),
        (b"99-9\n\n01-1\n \xff\n", {"01-1"}),
        (b"\xff\xfe", set()),
        (b"", set()),
    ],
)
def test_a_line_that_is_torn_or_unknown_or_there_twice_harms_no_other(folder, there, solved):
    folder.mkdir()
    (folder / "solved.txt").write_bytes(there)
    assert state.solved() == solved

    state.note_solved("01-3")
    state.note_solved("01-3")
    assert state.solved() == {*solved, "01-3"}
    assert (folder / "solved.txt").read_bytes().count(b"01-3") == 1


def test_what_cannot_be_written_is_remembered_and_that_is_said_once(tmp_path, monkeypatch):
    (tmp_path / "solved.txt").write_text("")
    monkeypatch.setenv(state.VARIABLE, str(tmp_path / "solved.txt" / "x"))

    first, again, other = (exercise("01-1").check(right), exercise("01-1").check(right), state.note_solved("01-2"))

    said = first.in_words().splitlines()[-1]
    assert said.startswith("What you solve cannot be written down (")
    assert said.endswith("): it is remembered until this kernel ends.")
    assert "cannot be written" not in again.in_words()
    assert other == ""
    assert state.solved() == {"01-1", "01-2"}
    assert "Solve 01-1 first" not in repr(exercise("01-1").solution())
    state.reset()
    assert state.solved() == set()


def test_who_wants_nothing_kept_is_told_nothing_of_it(monkeypatch):
    monkeypatch.setenv(state.VARIABLE, os.devnull)

    assert exercise("01-1").check(right).aside == ""
    assert state.solved() == {"01-1"}


def test_without_a_home_it_is_remembered(monkeypatch, tmp_path):
    monkeypatch.delenv(state.VARIABLE)
    monkeypatch.setattr(state, "user_state_path", lambda *args, **kw: Path("~/.local/state/x"))
    monkeypatch.setattr(state.Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.chdir(tmp_path)

    assert state.note_solved("01-1") == "no home folder could be found"
    assert state.solved() == {"01-1"}
    state.reset()
    assert state.solved() == set()
    assert list(tmp_path.iterdir()) == []


def test_it_is_kept_where_the_desktop_says_or_in_the_home(tmp_path, monkeypatch):
    monkeypatch.delenv(state.VARIABLE)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert state.file() == tmp_path / "twisted-task-course" / "solved.txt"

    monkeypatch.delenv("XDG_STATE_HOME")
    assert state.file() == Path.home() / ".local" / "state" / "twisted-task-course" / "solved.txt"


@pytest.mark.parametrize(
    ("system", "folder"),
    [("macos", "Library/Application Support/twisted-task-course"), ("windows", "twisted-task-course")],
)
def test_elsewhere_too_what_was_kept_under_the_home_is_still_read_and_forgotten(tmp_path, monkeypatch, system, folder):
    """Simulated: platformdirs is asked for another system's folder."""
    kind = {"macos": "macos.MacOS", "windows": "windows.Windows"}[system]
    theirs = pkgutil.resolve_name(f"platformdirs.{kind.replace('.', ':')}")
    monkeypatch.setattr("platformdirs.windows.get_win_folder", lambda name: str(tmp_path), raising=False)
    for name in (state.VARIABLE, "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(
        state, "user_state_path", lambda name, appauthor: theirs(name, appauthor=appauthor).user_state_path
    )
    before = tmp_path / ".local" / "state" / "twisted-task-course" / "solved.txt"
    before.parent.mkdir(parents=True)
    before.write_text("01-1\n")

    assert state.solved() == {"01-1"}
    state.note_solved("01-2")
    assert (tmp_path / folder / "solved.txt").read_text() == "01-2\n"
    assert state.solved() == {"01-1", "01-2"}
    state.reset()
    assert state.solved() == set()
    assert not before.exists()


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
        command = [sys.executable, "-m", "course_lib", "progress", *arguments]
        return run(command, capture_output=True, text=True, check=True).stdout

    assert said() == f"{state.progress()!r}\n"
    assert "0 of 7" in said("--reset").splitlines()[0]
    assert state.solved() == set()


def test_the_command_line_prints_into_any_alphabet(folder):
    command = [sys.executable, "-m", "course_lib", "progress"]
    done = run(command, capture_output=True, check=True, env={**os.environ, "PYTHONIOENCODING": "cp1252"})

    assert done.stdout.startswith(b"01 Concurrency concepts  ????????????  0 of 7")


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
    from course_lib.exercises.contents import COURSE
    from course_lib.exercises.solutions import solution_of

    assert repr(solution_of("01-1", replace(COURSE, folder=tmp_path))) == (
        "The solutions are not in this folder: whoever gave you the course has them."
    )
