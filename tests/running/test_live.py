"""An experiment that goes on between the cells: begun, looked at, ended, and never two at a time."""

import gc
import io
import sys
from contextlib import redirect_stdout
from threading import Event, current_thread, main_thread

import pytest
from twisted.internet import reactor
from twisted.internet.defer import Deferred, fail
from twisted.internet.task import LoopingCall

from course_lib import VirtualClock, run
from course_lib.running.live import LiveRun, end_live_run
from course_lib.running.real import in_reactor
from tests.running.test_surroundings import STUCK, Stuck

pytestmark = pytest.mark.reactor

PATIENCE = 30  # seconds


class Ticking:
    """A heart that ticks every 20 ms, and says when it has ticked so many times."""

    def __init__(self, enough=3):
        self.ticks, self.enough, self.reached = 0, enough, Event()

    def __call__(self, clock, timeline):
        loop = LoopingCall(timeline.traced(self.tick))
        loop.clock = clock
        loop.start(0.02).addErrback(lambda _: None)

    def tick(self):
        """Count, and look around the thread."""
        self.ticks += 1
        assert current_thread() is not main_thread()
        if self.ticks >= self.enough:
            self.reached.set()


def left():
    """List what is on the reactor, but for crochet's own."""
    return [str(call) for call in in_reactor(reactor.getDelayedCalls) if "reapAllProcesses" not in str(call)]


def begun(experiment, until=60.0):
    """Begin a live run, and return it with what is set when it has ended."""
    ended = Event()
    live = LiveRun(experiment, until=until, ended=ended.set)
    live.begin()
    return live, ended


@pytest.fixture(autouse=True)
def _nothing_is_left():
    yield
    end_live_run()
    assert left() == []


def test_begin_does_not_wait_and_a_look_sees_what_has_happened_so_far():
    heart = Ticking()
    live, _ = begun(heart)
    assert heart.reached.wait(PATIENCE)
    seen = in_reactor(live.so_far)

    assert not live.over
    assert len(seen.times("tick")) >= 3
    assert (seen.ended, seen.until, seen.live) == ("now", 60, True)
    assert seen.bars[-1].end <= seen.end < 60


def test_it_ends_by_itself_and_its_record_is_that_of_run():
    live, ended = begun(Ticking(), until=0.1)
    assert ended.wait(PATIENCE)

    whole = live.so_far()
    assert live.over
    assert (whole.end, whole.ended) == (0.1, "ended")
    assert [call.outcome for call in whole.calls][-1] == "pending"


def test_ended_by_hand_it_leaves_nothing_and_says_so():
    heart = Ticking()
    live, ended = begun(heart)
    assert heart.reached.wait(PATIENCE)
    live.end()
    ticks = heart.ticks

    assert live.over
    assert ended.is_set()
    assert left() == []
    assert live.so_far().ended == "ended by hand"
    run(lambda clock, timeline: None, clock=reactor, until=0.1)
    assert heart.ticks == ticks


def test_ending_twice_does_no_harm():
    live, _ = begun(Ticking())
    live.end()
    live.end()
    end_live_run()

    assert live.so_far().ended == "ended by hand"


NEXT = {
    "a virtual run": lambda: run(lambda clock, timeline: None, clock=VirtualClock(), until=1),
    "a run on the reactor": lambda: run(lambda clock, timeline: None, clock=reactor, until=0.02),
    "another live run": lambda: begun(Ticking()),
}


@pytest.mark.parametrize("begin", NEXT.values(), ids=NEXT)
def test_the_next_experiment_ends_it(begin):
    heart = Ticking()
    live, _ = begun(heart)
    assert heart.reached.wait(PATIENCE)
    result = begin()

    assert live.over
    assert getattr(result, "notes", ()) == ()


def test_what_ran_past_the_clock_is_stopped_and_said():
    def astray(clock, timeline):
        reactor.callLater(60, print)

    live, _ = begun(astray)
    live.end()

    (note,) = live.so_far().notes
    assert note.startswith("print was scheduled past the clock, with reactor.callLater. It was cancelled.")


def test_an_error_that_nobody_handles_is_said(twisted_errors):
    def careless(clock, timeline):
        deferred = fail(ValueError("no"))
        deferred.itself = deferred  # a circle, which only the garbage collector finds

    live, _ = begun(careless)
    live.end()
    gc.collect()

    assert live.so_far().notes == ("nobody handled an error: ValueError: no. Return its Deferred, or add an errback.",)
    assert twisted_errors == []


def test_an_error_of_a_later_time_is_not_filed_under_it(twisted_errors):
    live, _ = begun(Ticking())
    live.end()
    fail(ValueError("later"))
    gc.collect()

    assert live.so_far().notes == ()
    assert [line for line in twisted_errors if "later" in line]


def test_what_the_experiment_raises_ends_it():
    def fails(clock, timeline):
        clock.callLater(60, print)
        raise ValueError("no")

    live, ended = begun(fails)

    assert live.over
    assert ended.is_set()
    with pytest.raises(ValueError, match="no"):
        live.so_far()


def test_a_deferred_that_fires_ends_it():
    deferred = Deferred()
    live, ended = begun(lambda clock, timeline: deferred)
    live.inside(lambda: deferred.callback(None))

    assert ended.wait(PATIENCE)
    assert live.so_far().ended == "ended"


def test_what_is_done_inside_is_done_in_the_reactors_thread_and_not_after_the_end():
    live, _ = begun(lambda clock, timeline: None)
    threads, done = [], Event()
    live.inside(lambda: threads.append(current_thread()))
    live.inside(done.set)
    assert done.wait(PATIENCE)
    live.end()
    live.inside(lambda: threads.append("late"))
    in_reactor(lambda: None)

    assert len(threads) == 1
    assert threads[0] is not main_thread()


def test_what_is_done_inside_holds_the_reactor_and_is_noted():
    tracers, done = [], Event()
    live, _ = begun(lambda clock, timeline: tracers.append(timeline))
    live.inside(lambda: tracers[0].block(0.05))
    live.inside(done.set)
    assert done.wait(PATIENCE)
    live.end()

    assert max(hold.end - hold.start for hold in live.so_far().holds) >= 0.05


def test_a_virtual_run_inside_it_does_not_end_it():
    texts, done = [], Event()

    def experiment(clock, timeline):
        texts.append(str(run(lambda clock, timeline: timeline.mark("inner"), clock=VirtualClock(), until=1)))
        done.set()

    live, _ = begun(experiment)
    assert done.wait(PATIENCE)

    assert "inner at 0" in texts[0]
    assert not live.over


def test_the_reactor_cannot_be_stopped_meanwhile_and_is_as_before_afterwards():
    refused = []

    def stops(clock, timeline):
        try:
            reactor.stop()
        except Exception as error:
            refused.append(str(error))

    live, _ = begun(stops)
    live.end()

    assert refused[0].startswith("an experiment may not call stop() on the reactor")
    assert "stop" not in vars(reactor)
    assert "stand_in" not in vars(type(reactor)).get("stop", in_reactor).__code__.co_name


def test_a_run_that_cannot_be_cleaned_ends_all_the_same_and_the_reactor_is_free():
    with Stuck() as stuck:
        live, ended = begun(lambda clock, timeline: clock.addReader(stuck), until=0.05)
        assert ended.wait(PATIENCE)

    assert (live.on, live.over) == (False, True)
    assert live.so_far().notes == (STUCK,)
    assert run(lambda clock, timeline: None, clock=reactor, until=0.02).notes == ()


def test_what_raises_at_the_very_end_is_told_and_the_reactor_is_free(monkeypatch):
    def fails(*_):
        raise RuntimeError("no")

    live, ended = begun(lambda clock, timeline: None)
    with monkeypatch.context() as patch:
        patch.setattr("course_lib.running.guard.Surroundings.clean", fails)
        live.end()

    assert (live.on, live.over, ended.is_set()) == (False, True, True)
    with pytest.raises(RuntimeError, match="no"):
        live.so_far()
    assert run(lambda clock, timeline: None, clock=reactor, until=0.02).notes == ()


def test_a_run_that_cannot_begin_leaves_the_reactor_free(monkeypatch):
    def fails(*_):
        raise RuntimeError("no")

    stdout = sys.stdout
    with monkeypatch.context() as patch:
        patch.setattr("course_lib.running.guard.Surroundings", fails)
        with pytest.raises(RuntimeError, match="no"):
            begun(lambda clock, timeline: None)

    assert sys.stdout is stdout
    assert run(lambda clock, timeline: None, clock=reactor, until=0.02).notes == ()


def test_what_the_experiment_raises_is_raised_at_each_look_with_its_notes_once():
    def fails(clock, timeline):
        reactor.callLater(60, print)
        raise ValueError("no")

    live, _ = begun(fails)
    for _ in range(2):
        with pytest.raises(ValueError, match="no") as caught:
            live.so_far()

    assert len(caught.value.__notes__) == 1


# What is printed.


def printing(*lines):
    """Print lines in the reactor's thread, and say when it is done."""
    done = Event()

    def experiment(clock, timeline):
        for line in lines:
            clock.callLater(0, print, line)
        clock.callLater(0.01, done.set)

    return experiment, done


def test_what_is_printed_in_the_reactors_thread_is_kept_in_order_and_the_kernels_own_is_not(capsys):
    experiment, done = printing("one", "two")
    live, _ = begun(experiment)
    print("the kernel's")
    assert done.wait(PATIENCE)
    live.end()

    assert str(live.prints) == "one\ntwo"
    assert capsys.readouterr() == ("the kernel's\n", "")


def test_to_stderr_as_well():
    def experiment(clock, timeline):
        print("one")
        print("two", file=sys.stderr)
        sys.stdout.writelines(["thr", "ee"])

    live, _ = begun(experiment)
    live.end()

    assert str(live.prints) == "one\ntwo\nthree"


def test_of_much_the_end_is_kept():
    experiment, done = printing(*range(1000))
    live, _ = begun(experiment)
    assert done.wait(PATIENCE)

    lines = str(live.prints).splitlines()
    assert (lines[0], lines[1], lines[-1], len(lines)) == ("(990 earlier lines)", "990", "999", 11)


def test_a_line_without_end_is_cut():
    experiment, done = printing("x" * 1_000_000)
    live, _ = begun(experiment)
    assert done.wait(PATIENCE)

    assert len(str(live.prints)) < 2_100


def test_streams_are_as_before_afterwards_even_when_another_was_put_in_between():
    before = (sys.stdout, sys.stderr)
    live, _ = begun(lambda clock, timeline: None)
    live.end()
    assert (sys.stdout, sys.stderr) == before

    live, _ = begun(lambda clock, timeline: None)
    with redirect_stdout(io.StringIO()):
        live.end()
    left, sys.stdout = sys.stdout, before[0]
    with redirect_stdout(io.StringIO()) as out:
        left._stream = out
        in_reactor(lambda: left.write("passes through"))
    assert out.getvalue() == "passes through"
    assert str(live.prints) == ""
