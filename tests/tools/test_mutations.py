"""Altered copies of Twisted: what they are, how they reach every process, and that the course notices them.

The last test is a suite of its own: `uv run pytest -m mutation`. With progress, and kept: `uv run course mutate`.
"""

import re
import subprocess
import sys

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course_lib.tools import mutate
from course_lib.tools.ledger import ledger
from course_lib.tools.mutate import (
    ENOUGH,
    NOTICED,
    SURVIVED,
    Verdict,
    environment,
    judged,
    rate,
    stored,
    table,
    unexplained,
)
from course_lib.tools.mutations.altered import (
    BY_HAND,
    GENERATED,
    VARIABLE,
    Alteration,
    NotApplicable,
    alterations,
    read,
    reasons,
    task_source,
)
from course_lib.tools.refresh import NOTEBOOKS, execute
from course_lib.tools.stored import SOLUTIONS
from course_lib.tools.stored import read as read_notebook

each_alteration = pytest.mark.parametrize("alteration", alterations(), ids=lambda alteration: alteration.name)


@each_alteration
def test_an_alteration_can_be_made_in_the_twisted_that_is_installed(alteration):
    source = task_source()
    altered = alteration.of(source)

    compile(altered, "task.py", "exec")
    assert altered != source
    assert altered.count("\n") == source.count("\n"), "the line numbers of tracebacks would tell"


@pytest.mark.parametrize("alteration", read(BY_HAND), ids=lambda alteration: alteration.name)
def test_the_sentence_that_an_alteration_makes_untrue_stands_in_the_course(alteration):
    notebooks = [read_notebook(path) for folder in (NOTEBOOKS, SOLUTIONS) for path in folder.glob("*.ipynb")]
    said = [cell.source for notebook in notebooks for cell in notebook.cells if cell.cell_type == "markdown"]
    said += [entry.truth for entry in ledger().values()]

    assert any(alteration.untrue in text for text in said)


def test_there_are_many_of_both_kinds_and_no_two_are_the_same():
    source = task_source()
    hand, generated = read(BY_HAND), read(GENERATED)

    assert len(hand) >= 60
    assert len(generated) >= 60
    assert all(alteration.operator for alteration in generated)
    assert len({alteration.of(source) for alteration in generated}) == len(generated)


@pytest.mark.parametrize(
    ("where", "old"), [("LoopingCall.pause", "running"), ("LoopingCall.stop", "no such text"), ("LoopingCall", "self")]
)
def test_what_another_twisted_has_not_got_or_has_twice_is_not_applicable(where, old):
    alteration = Alteration("odd", where, old, "new")

    with pytest.raises(NotApplicable):
        alteration.of(task_source())
    assert judged(alteration).outcome == "not applicable"


# The altered copy reaches every process

SHOW = "from twisted.internet.task import LoopingCall; print(LoopingCall.altered)"
IN_A_SCRIPT = f"import subprocess, sys; print(subprocess.check_output([sys.executable, '-c', '{SHOW}'], text=True))"


@pytest.fixture
def altered(tmp_path):
    """A copy in which LoopingCall has one attribute more."""
    file = tmp_path / "task.py"
    change = Alteration(
        "more", "LoopingCall", "    running = False\n", "    running = False; altered = 'an altered copy'\n"
    )
    file.write_text(change.of(task_source()), encoding="utf-8")
    return file


def test_a_script_and_what_it_starts_have_the_altered_copy(altered):
    run = subprocess.run(
        [sys.executable, "-c", f"{SHOW}\n{IN_A_SCRIPT}\nfrom twisted.internet import task; print(task.__file__)"],
        env=environment(altered),
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout.split("\n")[:2] == ["an altered copy"] * 2
    assert re.search(r"twisted.internet.task\.py$", run.stdout.strip()), "tracebacks name Twisted's own file"


@pytest.mark.kernel
def test_a_kernel_and_its_scripts_have_the_altered_copy(altered, tmp_path, monkeypatch):
    for name in ("PYTHONPATH", VARIABLE):
        monkeypatch.setenv(name, environment(altered)[name])
    notebook = new_notebook(cells=[new_code_cell(SHOW), new_code_cell(IN_A_SCRIPT)])
    execute(notebook, tmp_path)

    assert [cell.outputs[0].text.strip() for cell in notebook.cells] == ["an altered copy"] * 2


def test_without_the_variable_the_hook_does_nothing(altered):
    plain = environment(altered) | {VARIABLE: ""}
    run = subprocess.run([sys.executable, "-c", SHOW], env=plain, capture_output=True, text=True, check=False)

    assert "AttributeError" in run.stderr


# The result

SOME = [Verdict("first-call-waits", NOTICED, "tests/test_a.py::test_b", 1.0), Verdict("drift", SURVIVED, "", 2.0)]


def test_a_survivor_without_a_reason_is_not_explained_and_the_rate_counts_all_survivors(monkeypatch):
    assert (unexplained(SOME), rate(SOME)) == (["drift"], 0.5)
    monkeypatch.setattr(mutate, "reasons", lambda: {"drift": "for a test"})

    assert (unexplained(SOME), rate(SOME)) == ([], 0.5)
    assert list(table({"date": "today", "python": "3", "twisted": "26"}, SOME))[-1] == (
        "| drift | LoopingCall._scheduleFrom | for a test |"
    )


def test_the_last_result_is_of_these_alterations_and_enough_were_noticed():
    result, verdicts = stored()

    assert [verdict.name for verdict in verdicts] == [alteration.name for alteration in alterations()], (
        "run: uv run course mutate"
    )
    assert rate(verdicts) >= ENOUGH
    assert unexplained(verdicts) == []
    assert {verdict.name for verdict in verdicts if verdict.outcome == SURVIVED} == set(reasons())
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", result["date"])
    assert {"python", "twisted"} <= set(result)


def test_the_table_is_that_of_the_result():
    result, verdicts = stored()

    assert mutate.TABLE.read_text(encoding="utf-8") == "\n".join(table(result, verdicts)) + "\n"


# The suite


@pytest.mark.mutation
def test_without_an_alteration_nobody_complains():
    assert judged(None).outcome == SURVIVED


@pytest.mark.mutation
@each_alteration
def test_an_alteration_is_noticed(alteration):
    if alteration.name in reasons():
        pytest.skip(reasons()[alteration.name])
    assert judged(alteration).outcome != SURVIVED
