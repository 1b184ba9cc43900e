"""The matrix: which rows are run, what came of them, and the table that is made of it."""

import json
import os
import sys
from pathlib import Path

import pytest

from course_lib.tools import matrix
from course_lib.tools.matrix import NOT_FOUND, NotRun, Row, make, parser, rows, searching, split, store, versions_of
from course_lib.tools.matrix_table import DATA, PROMISED, PYTHONS, TABLE, stored, table
from course_lib.tools.stored import PROJECT
from course_lib.tools.suite import LESSONS, Outcome, outcome_of

HERE = f"3.{sys.version_info.minor}"
THREE = "def test_a(): pass\ndef test_b(): assert False\ndef test_c(): __import__('pytest').skip()\n"
RESULT = {
    "row": "3.13",
    "versions": "dated",
    "whole": False,
    "system": "Linux",
    "machine": "Debian 12, x86_64",
    "date": "2026-01-02",
    "seconds": 88,
    "good": False,
    "result": "400 passed, 1 FAILED",
    "passed": 400,
    "failed": ["notebooks.02_timers.ipynb: Cell 17"],
    "skipped": 0,
    "python": "3.13.0",
    "packages": {"twisted": "26.10.0"},
}


def asked_for(*arguments):
    return list(rows(parser().parse_args(arguments)))


def main_with(monkeypatch, results, *arguments):
    """Run the command with results, or reasons, in place of runs, one a row."""
    answers = iter(results)

    def result_of(row, tests, *, may_fetch):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(matrix, "result_of", result_of)
    return matrix.main(arguments)


@pytest.fixture
def kept(monkeypatch, tmp_path):
    """Keep results in another place than the tree's."""
    monkeypatch.setattr(matrix, "PROJECT", tmp_path)
    monkeypatch.setattr(matrix, "DATA", tmp_path / "matrix.json")
    monkeypatch.setattr(matrix, "TABLE", tmp_path / "MATRIX.md")
    monkeypatch.setattr("course_lib.tools.matrix_table.DATA", tmp_path / "matrix.json")
    return tmp_path


def test_a_row_is_a_python_with_a_choice_of_versions():
    assert asked_for("3.13") == [Row("3.13", "dated")]
    assert asked_for("3.11", "--oldest") == [Row("3.11", "oldest")]
    assert asked_for("3.14", "--newest", "--whole") == [Row("3.14", "newest", whole=True)]


def test_all_is_each_python_of_the_course_and_others_leaves_this_one_out():
    assert [row.python for row in asked_for("--all")] == list(PYTHONS)
    assert [row.python for row in asked_for("--others")] == [python for python in PYTHONS if python != HERE]


def test_no_row_has_two_choices_of_versions():
    with pytest.raises(SystemExit):
        asked_for("3.13", "--oldest", "--newest")


def test_a_python_that_the_course_does_not_promise_is_refused(capsys):
    with pytest.raises(SystemExit):
        asked_for("3.10")

    assert "3.10 is none of 3.11, 3.12, 3.13, 3.14" in capsys.readouterr().err


def test_the_oldest_python_is_the_one_that_pyproject_asks_for():
    assert f'requires-python = ">={PYTHONS[0]}"' in (PROJECT / "pyproject.toml").read_text(encoding="utf-8")


def test_what_comes_after_two_dashes_is_for_pytest():
    assert split(["3.12", "--", "tests/test_clock.py", "-k", "heap"]) == (
        ["3.12"], ["tests/test_clock.py", "-k", "heap"],
    )  # fmt: skip


def test_the_dated_versions_are_those_of_pyproject_and_the_newest_know_no_other_date_than_now():
    assert versions_of("dated") == []
    assert versions_of("oldest") == ["--resolution", "lowest-direct"]
    assert versions_of("newest")[0] == "--exclude-newer"


def test_the_lessons_are_tests_that_are_there():
    assert [path for path in LESSONS if not (PROJECT / path).exists()] == []


def test_a_red_row_is_exit_code_1(monkeypatch, capsys):
    good = {**RESULT, "good": True, "result": "401 passed"}

    assert main_with(monkeypatch, [good], "3.13") == 0
    assert main_with(monkeypatch, [good, RESULT], "3.13", "3.14") == 1
    assert "Python 3.13.0, dated versions, lessons: 400 passed, 1 FAILED; 88 s" in capsys.readouterr().out


def test_a_row_that_was_named_and_cannot_be_run_is_exit_code_1(monkeypatch, capsys):
    assert main_with(monkeypatch, [NotRun("no wheel for it")], "3.14") == 1
    assert "Python 3.14, dated versions, lessons: no wheel for it" in capsys.readouterr().out


def test_of_all_rows_one_that_is_not_found_is_said_and_no_more(monkeypatch, capsys):
    good = {**RESULT, "good": True}

    assert main_with(monkeypatch, [good, good, good, NotRun(NOT_FOUND)], "--all") == 0
    assert f"Python 3.14, dated versions, lessons: {NOT_FOUND}" in capsys.readouterr().out


def test_a_python_that_is_nowhere_is_not_run(tmp_path):
    with pytest.raises(NotRun, match=f"^({NOT_FOUND}|uv is not installed: pip install uv)$"):
        make(Row("3.99"), str(tmp_path / "environment"), may_fetch=False)


def test_pyenvs_pythons_are_looked_at(monkeypatch, tmp_path):
    for version in ("2.7.18", "3.12.1", "3.13.0", "3.13.7"):
        (tmp_path / "versions" / version / "bin").mkdir(parents=True)
    monkeypatch.setattr("shutil.which", lambda name: name)
    monkeypatch.setattr(matrix, "asked", lambda command, environment: f"{tmp_path}\n")

    path = searching("3.13")["PATH"].removeprefix(os.environ["PATH"]).split(os.pathsep)

    assert [Path(place).parent.name for place in path[1:]] == ["3.13.7", "3.13.0"]


def test_what_came_of_a_run_is_counted_and_named(tmp_path):
    (tmp_path / "test_three.py").write_text(THREE, encoding="utf-8")

    outcome = outcome_of(sys.executable, [str(tmp_path)], show=False)

    (failed,) = outcome.failed  # named from the folder that it shares with the project, if there is one
    assert (outcome.passed, outcome.skipped) == (1, 1)
    assert failed.endswith("test_three: test_b")
    assert (outcome.code, outcome.good) == (1, False)
    assert str(outcome) == "1 passed, 1 FAILED, 1 skipped"


def test_a_run_of_no_test_is_not_good(tmp_path):
    outcome = outcome_of(sys.executable, [str(tmp_path)], show=False)

    assert not outcome.good
    assert str(outcome) == "0 passed, pytest ended with exit code 5"


def test_a_run_that_passed_is_good():
    assert Outcome(3, (), 0, 1.0, 0).good
    assert not Outcome(3, ("a",), 0, 1.0, 1).good


def test_a_result_takes_the_place_of_the_one_before_in_its_row(kept):
    store([RESULT])
    store([{**RESULT, "row": "3.11", "python": "3.11.7"}])
    store([{**RESULT, "date": "2026-02-03"}])

    results = json.loads((kept / "matrix.json").read_text(encoding="utf-8"))
    assert [(result["python"], result["date"]) for result in results] == [
        ("3.11.7", "2026-01-02"),
        ("3.13.0", "2026-02-03"),
    ]
    assert (kept / "MATRIX.md").read_text(encoding="utf-8") == table(results)


def test_the_table_says_what_failed_and_what_of_the_promised_was_not_run():
    page = table([RESULT])

    assert "| 3.13.0 | Debian 12, x86_64 | dated | lessons | 400 passed, 1 FAILED | 2026-01-02 | 26.10.0 |" in page
    assert "- notebooks.02_timers.ipynb: Cell 17" in page
    assert page.count("\n- Python 3.") == len(PROMISED) - 1
    assert "- Python 3.14, Windows, dated versions" in page


def test_the_table_in_the_tree_is_that_of_the_data_in_the_tree():
    assert TABLE.read_text(encoding="utf-8") == table(stored()), "uv run course matrix … --store makes it"


def test_no_result_in_the_tree_names_a_folder_of_the_machine():
    assert str(Path.home()) not in DATA.read_text(encoding="utf-8")
