"""A program of a lesson runs in a Python of its own, and shows the same on every machine, Python and system."""

import os
import sys

import pytest

from course_lib.scripts import plain, run_python, run_script


@pytest.fixture
def shown(capsys):
    """Run a program and return what is shown of it."""

    def shown(source, **limit):
        run_script(source, **limit)
        return capsys.readouterr().out

    return shown


def test_it_shows_what_was_printed_the_last_error_and_how_it_ended(shown):
    assert shown("print(1)\nprint(2)\nraise ValueError('three')") == "1\n2\nValueError: three\nexit code 1\n"


def test_a_program_that_ends_well_shows_no_error(shown):
    assert shown("print('well')") == "well\nexit code 0\n"


def test_a_program_that_prints_nothing_shows_how_it_ended(shown):
    assert shown("import sys; sys.exit(3)") == "exit code 3\n"


@pytest.mark.parametrize("asks", ["FORCE_COLOR", "CLICOLOR_FORCE", "PYTHON_COLORS"])
def test_no_colour_is_shown_where_the_environment_asks_for_colours(shown, monkeypatch, asks):
    """Jupyter does ask, for the terminals of a kernel; from 3.13 on Python colours its tracebacks then."""
    monkeypatch.setenv(asks, "1")

    assert shown("nothing") == "NameError: name 'nothing' is not defined\nexit code 1\n"


def test_the_rest_of_the_environment_is_handed_on():
    environment = plain({"FORCE_COLOR": "1", "PYTHONPATH": "here"})

    assert environment["PYTHONPATH"] == "here"
    assert "FORCE_COLOR" not in environment


def test_what_python_guesses_is_left_out_since_each_version_guesses_otherwise(shown):
    assert shown("import sys\nsys.exitt") == "AttributeError: module 'sys' has no attribute 'exitt'\nexit code 1\n"


def test_no_warning_is_shown_whatever_the_environment_asks_for(shown, monkeypatch):
    monkeypatch.setenv("PYTHONWARNINGS", "error")

    assert shown("import warnings; warnings.warn('old', DeprecationWarning)") == "exit code 0\n"


def test_every_language_is_printed_and_read_whatever_the_locale(shown, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("PYTHONUTF8", "0")
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")

    assert shown("print('定时器')\nraise ValueError('ß')") == "定时器\nValueError: ß\nexit code 1\n"


def test_no_place_on_this_machine_is_shown(shown):
    said = shown("print(__file__)\nfrom twisted.internet import nothing")

    assert said.splitlines() == [
        "script.py",
        "ImportError: cannot import name 'nothing' from 'twisted.internet' (twisted/internet/__init__.py)".replace(
            "/", os.sep
        ),
        "exit code 1",
    ]


def test_a_program_that_waits_for_an_answer_is_told_that_none_comes(shown):
    assert shown("input('your name? ')") == "your name? \nEOFError: EOF when reading a line\nexit code 1\n"


def test_a_program_that_does_not_end_is_stopped_at_its_limit_and_what_it_printed_is_kept(shown):
    assert shown("print('begun')\nwhile True: pass", limit=1) == "begun\nstill running after 1 s: stopped\n"


def test_its_folder_may_have_a_space_in_its_name(tmp_path):
    folder = tmp_path / "my programs"
    folder.mkdir()
    (folder / "a script.py").write_text("import sys; print(sys.argv)", encoding="utf-8")

    ending = run_python("a script.py", "two words", folder=folder)

    assert (ending.stdout, ending.how) == ("['a script.py', 'two words']\n", "exit code 0")


def test_it_is_the_very_python_that_runs_the_lesson(tmp_path):
    assert run_python("-c", "import sys; print(sys.prefix)", folder=tmp_path).stdout == f"{sys.prefix}\n"
