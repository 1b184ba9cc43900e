"""The command `course`, as it is typed."""

import os
import sys
from importlib import import_module

import pytest
from click.testing import CliRunner

from course_lib.commands import LEARNERS, course
from course_lib.exercises import state

DEBOUNCE = """
def debounce(clock, wait, f):
    waiting = None

    def press():
        nonlocal waiting
        if waiting is not None and waiting.active():
            waiting.cancel()
        waiting = clock.callLater(wait, f)

    return press
"""


def typed(*words):
    return CliRunner().invoke(course, words)


@pytest.fixture
def file(tmp_path):
    """A file of the learner's own; its name has a space in it."""
    return tmp_path / "my answer.py"


def test_the_help_has_a_line_for_every_command_learners_first():
    result = typed("--help")

    lines = result.output.splitlines()
    places = [next(i for i, line in enumerate(lines) if line.split()[:1] == [name]) for name in course.commands]
    assert result.exit_code == 0
    assert lines.index("For learners:") < min(places)
    assert max(places[: len(LEARNERS)]) < lines.index("For maintainers:") < min(places[len(LEARNERS) :])


@pytest.mark.parametrize("name", course.commands)
def test_every_command_says_what_it_does(name):
    result = typed(name, "--help")

    assert result.exit_code == 0
    assert result.output.lower().startswith(f"usage: course {name}")
    assert course.commands[name].help.endswith(".")


def test_progress_is_a_table_and_can_be_forgotten(tmp_path, monkeypatch):
    monkeypatch.setenv(state.VARIABLE, str(tmp_path))
    state.note_solved("02-5")

    assert "1 of 7  next: 02-1" in typed("progress").output
    assert "0 of 7  next: 02-1" in typed("progress", "--reset").output


def test_an_answer_in_a_file_is_checked(file):
    file.write_text(DEBOUNCE)

    result = typed("check", "02-5", str(file))

    assert result.exit_code == 0, result.output
    assert "Right" in result.output


def test_a_wrong_answer_in_a_file_ends_with_1_and_its_cause(file):
    file.write_text("def debounce(clock, wait, f):\n    return lambda: clock.callLater(wait, f)\n")

    result = typed("check", "02-5", str(file))

    assert result.exit_code == 1
    assert "Likely cause: Every press made a call of its own" in result.output


def test_of_several_functions_one_has_to_be_named(file):
    file.write_text(f"def helper():\n    pass\n\n{DEBOUNCE}")

    asked, told = typed("check", "02-5", str(file)), typed("check", "02-5", str(file), "--function", "debounce")

    assert asked.exit_code == 1
    assert asked.output == (
        "Error: my answer.py has several functions: helper, debounce. Say which one answers: --function debounce\n"
    )
    assert told.exit_code == 0, told.output


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "my answer.py has no function in it. An answer is a function, as in the exercise's notebook."),
        ("def f(:", "my answer.py is not Python: "),
        ("def f(): pass\n1 / 0", "my answer.py cannot be run: ZeroDivisionError: division by zero"),
    ],
)
def test_a_file_that_holds_no_answer_gets_a_sentence(file, text, sentence):
    file.write_text(text)

    result = typed("check", "02-5", str(file))

    assert result.exit_code == 1
    assert result.output.startswith(f"Error: {sentence}")


def test_a_function_that_is_not_there_gets_a_sentence(file):
    file.write_text(DEBOUNCE)

    result = typed("check", "02-5", str(file), "--function", "bounce")

    assert result.output == "Error: my answer.py has no bounce. It has: debounce.\n"


def test_an_exercise_that_is_not_there_gets_a_sentence(file):
    file.write_text(DEBOUNCE)

    assert typed("check", "02-99", str(file)).output.startswith("Error: there is no exercise '02-99'. There are: 01-1,")


def test_a_maintainers_tool_leaves_what_she_has_solved_alone(tmp_path, monkeypatch):
    """It runs notebooks, in kernels that take over this environment."""
    monkeypatch.setenv(state.VARIABLE, str(tmp_path))
    kept = typed("progress"), os.environ[state.VARIABLE]

    typed("ledger")

    assert (kept[1], os.environ[state.VARIABLE]) == (str(tmp_path), os.devnull)


def test_a_maintainers_tool_says_what_it_lacks(monkeypatch):
    monkeypatch.setitem(sys.modules, "nbval", None)
    monkeypatch.delitem(sys.modules, "nbval.kernel", raising=False)
    monkeypatch.delitem(sys.modules, "course_lib.tools.refresh", raising=False)
    monkeypatch.delattr(import_module("course_lib.tools"), "refresh", raising=False)

    result = typed("refresh", "--check")

    assert result.exit_code == 1
    assert result.output.startswith("Error: this is for maintainers and needs nbval, which is not here.")


def test_a_chapter_that_is_not_there_ends_with_2(capsys):
    assert typed("refresh", "7").exit_code == 2


def test_python_m_course_lib_is_the_same_command(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["python -m course_lib", "--help"])

    with pytest.raises(SystemExit):
        import_module("course_lib.__main__")

    assert capsys.readouterr().out.startswith("Usage: course [OPTIONS] COMMAND")
