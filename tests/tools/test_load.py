"""The run under load: what counts as late, and that it goes red."""

import sys
from dataclasses import replace

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course_lib.timeline.records import Bar, Call, Hold
from course_lib.timeline.timeline import Timeline
from course_lib.tools import load
from course_lib.tools.lateness import worst
from course_lib.tools.load import Run, busy_cores, run_once
from course_lib.tools.stored import PROJECT, normalised
from course_lib.tools.suite import Outcome

LIVE = """\
from twisted.internet import reactor
from course_lib import run
def experiment(clock, timeline):
    clock.callLater(0.05, timeline.mark, "ran")
_ = run(experiment, clock=reactor, until=0.1)
print("over")"""
GOOD = Run(Outcome(264, (), 0, 90.0, 0), live=30, late=0.012, experiment="heartbeat")
FAILED = Run(Outcome(263, ("notebooks.02_timers.ipynb: Cell 17",), 0, 90.0, 1), 30, 0.25, "kettle")


def timeline(*calls, holds=()):
    return Timeline("heartbeat", 3, 3, live=True, calls=calls, holds=holds)


def test_the_worst_lateness_is_that_of_the_latest_call():
    assert worst(timeline(Call("a", 0, 1, 1.01), Call("b", 0, 2, 2.25), Call("c", 0, 3))) == pytest.approx(0.25)


def test_what_its_own_experiment_held_the_reactor_is_no_lateness_of_the_machine():
    held = Hold("long job", 0.5, 1.5)

    assert worst(timeline(Call("heart", 0, 1, 1.51), holds=[held])) == pytest.approx(0.01)


def test_nor_is_that_its_own_threads_took_the_interpreter():
    busy = Bar("A", 0.9, 1.6, thread="Thread-1")

    assert worst(replace(timeline(Call("heart", 0, 1, 1.75)), bars=(busy,))) == 0


def test_a_run_without_calls_is_not_late():
    assert worst(timeline()) == 0


def notebook(tmp_path, printed):
    """Make a notebook with one live run, which is said to have printed this; and tell pytest how to take it."""
    output = new_output("stream", text=printed)
    path = tmp_path / "00_live.ipynb"
    path.write_text(normalised(new_notebook(cells=[new_code_cell(LIVE, execution_count=1, outputs=[output])])), "utf-8")
    return ["-c", str(PROJECT / "pyproject.toml"), f"--rootdir={tmp_path}", str(path)]


@pytest.mark.kernel
@pytest.mark.reactor
def test_the_live_runs_of_a_lesson_are_counted_and_its_outputs_compared(tmp_path):
    good, bad = run_once(notebook(tmp_path, "over\n")), run_once(notebook(tmp_path, "not yet\n"))

    assert good.good
    assert (good.outcome.passed, good.live, good.experiment) == (1, 1, "experiment")
    assert not bad.good
    assert len(bad.outcome.failed) == 1


def test_a_run_in_which_no_live_run_was_seen_is_not_good():
    assert not GOOD._replace(live=0).good
    assert "NO live run was seen" in str(GOOD._replace(live=0))


def test_a_failure_in_any_run_is_exit_code_1_and_the_worst_lateness_of_all_is_said(monkeypatch, capsys):
    runs = iter([GOOD, FAILED, GOOD])
    monkeypatch.setattr(load, "SPIN", "pass")
    monkeypatch.setattr(load, "run_once", lambda notebooks: next(runs))

    assert load.main(3) == 1
    printed = capsys.readouterr().out
    assert "run 1 of 3: 264 passed; 30 live runs, at worst 12 ms late (heartbeat); 90 s" in printed
    assert "FAILED notebooks.02_timers.ipynb: Cell 17" in printed
    assert "2 of 3 runs good; at worst 250 ms late (kettle)" in printed


def test_good_runs_are_exit_code_0(monkeypatch):
    monkeypatch.setattr(load, "SPIN", "pass")
    monkeypatch.setattr(load, "run_once", lambda notebooks: GOOD)

    assert load.main(2) == 0


def test_every_core_is_busy_meanwhile_and_free_again_afterwards(monkeypatch):
    begun = []
    popen = load.subprocess.Popen
    monkeypatch.setattr(load.subprocess, "Popen", lambda command: begun.append(popen(command)) or begun[-1])

    with busy_cores() as cores:
        assert [process.poll() for process in begun] == [None] * cores
        assert begun[0].args == [sys.executable, "-c", load.SPIN]

    assert None not in [process.poll() for process in begun]
