"""What a lesson shows on the real reactor has one text, on any machine: in virtual time, late, and for real."""

import time

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from twisted.internet.task import LoopingCall

import course_lib
from course_lib import Timeline, VirtualClock, run
from course_lib.timeline.records import Bar, Call, Mark, Wait
from course_lib.tools.refresh import lessons_and_pages
from course_lib.tools.stored import normalised
from tests.lessons.experiments import (
    Collected,
    collect,
    complaints,
    has_one_text,
    has_the_same_text_for_real,
    hops,
    keeps_its_margins,
    margins,
)

each_notebook = pytest.mark.parametrize("path", lessons_and_pages(), ids=lambda path: path.stem)


@each_notebook
def test_the_experiments_of_a_notebook_keep_their_margins(path):
    assert complaints(path, keeps_its_margins) == []


@each_notebook
def test_the_experiments_of_a_notebook_have_one_text_on_200_late_clocks(path):
    assert complaints(path, has_one_text) == []


@pytest.mark.reactor
@each_notebook
def test_the_experiments_of_a_notebook_have_the_same_text_for_real(path):
    assert complaints(path, has_the_same_text_for_real) == []


# The other half: what is found in a notebook, and what is said of it.

IMPORTS = """\
from twisted.internet import reactor
from twisted.internet.task import LoopingCall
from course_lib import VirtualClock, run
"""
HEARTBEAT = """\
def heartbeat(clock, timeline):
    loop = LoopingCall(timeline.traced(beat, name="heartbeat"))
    loop.clock = clock
    return loop.start(interval)
"""


@pytest.fixture
def notebook(tmp_path):
    """Write a notebook of these code cells, each a source or (source, tag), after a cell of imports."""

    def write(*cells):
        sources = [cell if isinstance(cell, tuple) else (cell, None) for cell in (IMPORTS, *cells)]
        path = tmp_path / "fake.ipynb"
        code = [new_code_cell(source, metadata={"tags": [tag] if tag else []}) for source, tag in sources]
        path.write_text(normalised(new_notebook(cells=[new_markdown_cell("# Fake"), *code])), encoding="utf-8")
        return path

    return write


def test_each_run_of_a_notebook_is_collected_in_virtual_time(notebook):
    path = notebook(
        "interval = 0.25\ndef beat():\n    pass",
        HEARTBEAT,
        "run(heartbeat, clock=VirtualClock(), until=60)",
        "live = run(heartbeat, clock=reactor, until=30)\nassert live.times('heartbeat')[:3] == [0, 0.25, 0.5]",
    )
    before = time.monotonic()
    found = collect(path)

    assert [(one.experiment.__name__, one.until, one.real, one.notebook, one.cell) for one in found] == [
        ("heartbeat", 60, False, "fake", 5),
        ("heartbeat", 30, True, "fake", 6),
    ]
    assert str(found[1]) == "fake, cell 6, heartbeat"
    assert time.monotonic() - before < 10
    assert course_lib.run is run


def test_a_cell_that_is_real_only_is_left_out_and_one_that_raises_may_raise(notebook):
    path = notebook(
        ("reactor.callFromThread()", "real-only"),
        ("1 / 0", "raises-exception"),
        ("run(1, clock=VirtualClock(), until=1)", "raises-exception"),
        "%matplotlib inline\nrun(lambda clock, timeline: None, clock=VirtualClock(), until=1);",
    )

    assert [one.cell for one in collect(path)] == [6]


def test_a_cell_that_raises_without_saying_so_is_an_error_and_run_is_put_back(notebook):
    with pytest.raises(ZeroDivisionError):
        collect(notebook("1 / 0"))
    assert course_lib.run is run


def test_an_experiment_is_judged_when_it_is_run_not_after_all_is_redefined(notebook):
    path = notebook(
        "interval = 0.25\ndef beat():\n    pass",
        HEARTBEAT,
        "run(heartbeat, clock=reactor, until=1.1)",
        "interval = 0.2",
    )

    assert complaints(path, keeps_its_margins) == []


def test_only_what_runs_on_the_reactor_must_keep_the_margins(notebook):
    define = "interval = 0.2\ndef beat():\n    pass\n" + HEARTBEAT
    virtual = notebook(define, "run(heartbeat, clock=VirtualClock(), until=0.5)")
    assert complaints(virtual, keeps_its_margins) == []

    real = notebook(define, "run(heartbeat, clock=reactor, until=0.5)")
    assert complaints(real, keeps_its_margins) == [
        "fake, cell 4, heartbeat: heartbeat's start at 0.2 s is less than 0.1 s before 0.25 s",
    ]


TIE = """\
def tie(clock, timeline):
    def first():
        second.cancel()
    def last():
        pass
    clock.callLater(0.5, clock.callLater, 0.5, first)
    second = clock.callLater(1.0000001, last)
"""


def test_an_experiment_that_hangs_on_a_tie_is_refused(notebook):
    path = notebook(TIE, "run(tie, clock=reactor, until=1.6)")

    assert complaints(path, keeps_its_margins) == []
    assert len(complaints(path, has_one_text)) == 1


def test_an_experiment_without_a_tie_has_one_text(notebook):
    path = notebook(TIE.replace("1.0000001", "1.5"), "run(tie, clock=reactor, until=1.9)")

    assert complaints(path, has_one_text) == []


def busy_at_the_end_of_a_slot(clock, timeline):
    clock.callLater(0.2495, timeline.mark, "just before")
    clock.callLater(0.248, timeline.mark, "too late")


@pytest.mark.reactor
def test_an_experiment_that_runs_into_the_next_slot_is_refused_for_real_and_on_late_clocks():
    collected = Collected(busy_at_the_end_of_a_slot, 0.75, True, "fake", 1)

    assert len(list(has_one_text(collected))) == 1
    assert len(list(keeps_its_margins(collected))) == 1


@pytest.mark.reactor
def test_what_is_another_thing_for_real_is_said():
    def two_faced(clock, timeline):
        timeline.mark(type(clock._clock).__name__)

    (said,) = has_the_same_text_for_real(Collected(two_faced, 0.1, True, "fake", 1))

    assert "mark     VirtualClock at 0" in said
    assert "Reactor at 0\non the reactor, and in virtual time\n" in said


# The margins


def timeline_of(until=1.1, end=None, **records):
    return Timeline("made by hand", until, end or until, lanes=("job",), **records)


def near(what, t, slot):
    return [f"{what} at {t} s is less than 0.1 s before {slot} s"]


@pytest.mark.parametrize("t", [0, 1e-9, 0.15, 0.1500005, 0.25, 0.2499999, 0.4, 0.75])
def test_an_instant_with_a_tenth_of_a_second_to_the_end_of_its_slot_is_well(t):
    assert margins(timeline_of(until=9, marks=(Mark(t, "here"),))) == []


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ({"marks": (Mark(0.16, "here"),)}, near("mark 'here'", 0.16, 0.25)),
        ({"marks": (Mark(0.248, "here"),)}, near("mark 'here'", 0.248, 0.25)),
        ({"bars": (Bar("job", 0.45, 0.5),)}, near("job's start", 0.45, 0.5)),
        ({"bars": (Bar("job", 0.5, 0.7),)}, near("job's end", 0.7, 0.75)),
        ({"waits": (Wait("job", 0.2, 0.5, "fired"),)}, near("job's waiting", 0.2, 0.25)),
        ({"waits": (Wait("job", 0, 0.2, "fired"),)}, near("the end of job's waiting", 0.2, 0.25)),
        ({"waits": (Wait("job", 0, 1.2, "pending"),), "until": 1.2}, []),
        ({"waits": (Wait("job", 0, 0.45, "pending"),), "end": 0.45}, near("the end of job's waiting", 0.45, 0.5)),
        ({"end": 0.45}, near("the end", 0.45, 0.5)),
        ({"calls": (Call("job", 0, 1.45),)}, near("job's due time", 1.45, 1.5)),
        ({"calls": (Call("", 0, 0.45, 0.45, 0.45),)}, near("a callback's due time", 0.45, 0.5)),
        ({"calls": (Call("job", 0, 0.5, cancelled=0.2),)}, near("job's cancellation", 0.2, 0.25)),
        ({"calls": (Call("job", 0, 0.5, 0.5, 0.5, None, ((0.2, 0.75),)),)}, near("job's move", 0.2, 0.25)),
        (
            {"calls": (Call("job", 0, 0.5, 0.5, 0.5, None, ((0, 0.7),)),)},
            near("job's due time before a move", 0.7, 0.75),
        ),
        (
            {"calls": (Call("job", 0, 1.0, 1.0, 1.0),), "until": 1.05},
            ["1 s, when something is due, is less than 0.1 s from until=1.05"],
        ),
        (
            {"calls": (Call("job", 0, 1.0),), "until": 0.95},
            ["1 s, when something is due, is less than 0.1 s from until=0.95"],
        ),
        ({"calls": (Call("job", 0, 1.0, cancelled=0.5),), "until": 1.05}, []),
        ({"calls": (Call("job", 0, 1.0, 1.0, 1.0),), "until": 1.1}, []),
    ],
)
def test_what_is_said_of(records, said):
    assert margins(timeline_of(**records)) == said


def test_holds_count_as_they_are_drawn_but_are_not_said_beside_their_bars():
    def experiment(clock, timeline):
        timeline.block(0.2)

        def job():
            timeline.block(0.7)

        clock.callLater(0.3, job)

    assert margins(run(experiment, clock=VirtualClock(), until=2)) == [
        *near("the end of a callback", 0.2, 0.25),
        *near("job's end", 1.2, 1.25),
    ]


def chain(length, every=0.25):
    def experiment(clock, timeline):
        def hop(left):
            if left:
                clock.callLater(every, hop, left - 1)

        hop(length)

    return run(experiment, clock=VirtualClock(), until=9)


def test_a_chain_of_five_calls_is_well_and_one_of_six_is_not():
    assert margins(chain(5)) == []
    assert margins(chain(6)) == ["a chain of 6 calls that wait, each scheduled by the one before, is longer than 5"]


def test_a_chain_of_calls_of_0_s_may_be_twice_as_long():
    assert margins(chain(10, every=0)) == []
    assert margins(chain(11, every=0)) == ["a chain of 11 calls, each scheduled by the one before, is longer than 10"]


def test_the_ticks_of_a_loop_are_no_chain_but_count_from_where_it_was_started():
    def experiment(clock, timeline):
        loop = LoopingCall(int)
        loop.clock = clock
        clock.callLater(0.25, clock.callLater, 0.25, loop.start, 1)

    assert hops(run(experiment, clock=VirtualClock(), until=9)) == [1, 2, *[3] * 9]


def test_a_call_that_is_moved_counts_from_where_it_was_moved():
    def experiment(clock, timeline):
        moved = clock.callLater(1, int)
        clock.callLater(0.25, clock.callLater, 0.25, moved.reset, 1)

    assert hops(run(experiment, clock=VirtualClock(), until=9)) == [1, 2, 3]
