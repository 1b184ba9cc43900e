"""What only the real reactor does: it takes time, sits in a thread of its own, and can be held or stopped."""

import os
import signal
from math import nan
from threading import Event, Thread, current_thread

import pytest
from twisted.internet import reactor
from twisted.internet.task import LoopingCall

from course_lib import VirtualClock, run
from course_lib.errors import ExperimentError
from course_lib.running import real as realtime
from course_lib.running.real import in_reactor
from course_lib.running.surroundings import Surroundings
from tests.helpers import a_moment_passes, in_fresh_python, left_on

pytestmark = pytest.mark.reactor


def job():
    """Do nothing, in a lane of its own."""


def test_callbacks_run_in_the_reactors_thread_in_the_order_in_which_they_are_due():
    did = []

    def experiment(clock, timeline):
        did.append(current_thread().name)
        clock.callLater(0.1, did.append, "second")
        clock.callLater(0.05, did.append, "first")

    timeline = run(experiment, clock=reactor, until=0.2)

    assert did == ["CrochetReactor", "first", "second"]
    assert timeline.live


def test_times_are_the_runs_own():
    def experiment(clock, timeline):
        loop = LoopingCall(timeline.traced(job))
        loop.clock = clock
        loop.start(0.25)

    timeline = run(experiment, clock=reactor, until=0.6)

    assert len(timeline.times("job")) == 3
    assert all(due <= got < due + 0.2 for due, got in zip((0, 0.25, 0.5), timeline.times("job"), strict=True))


def test_block_holds_the_reactor():
    def experiment(clock, timeline):
        clock.callLater(0, timeline.block, 0.2)
        clock.callLater(0.1, timeline.traced(job))

    (late,) = run(experiment, clock=reactor, until=0.5).times("job")

    assert late >= 0.2


def test_run_can_be_called_from_another_thread():
    timelines = []

    thread = Thread(target=lambda: timelines.append(run(lambda clock, timeline: None, clock=reactor, until=0.05)))
    thread.start()
    thread.join()

    assert timelines[0].end == 0.05


def test_in_reactor_passes_results_and_errors_on():
    assert in_reactor(lambda: current_thread().name) == "CrochetReactor"
    with pytest.raises(ZeroDivisionError):
        in_reactor(lambda: 1 / 0)


def test_an_interrupt_ends_the_run_leaves_the_reactor_clean_and_is_raised_once():
    before = signal.getsignal(signal.SIGINT)
    ticks = []

    def experiment(clock, timeline):
        loop = LoopingCall(ticks.append, 1)
        loop.clock = clock
        loop.start(0.02)
        clock.callLater(0.05, os.kill, os.getpid(), signal.SIGINT)
        clock.callLater(0.05, os.kill, os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run(experiment, clock=reactor, until=60)

    assert left_on(reactor) == []
    assert signal.getsignal(signal.SIGINT) is before
    ticks.clear()
    a_moment_passes(0.1)
    assert ticks == []


def test_an_interrupt_before_the_experiment_begins_keeps_it_from_being_called(monkeypatch):
    def presses_first(reactor):
        os.kill(os.getpid(), signal.SIGINT)
        return Surroundings(reactor)

    monkeypatch.setattr("course_lib.running.guard.Surroundings", presses_first)
    called = []

    with pytest.raises(KeyboardInterrupt):
        run(lambda clock, timeline: called.append(1), clock=reactor, until=60)

    assert called == []
    assert left_on(reactor) == []


HELD = """
    from threading import Event
    from twisted.internet import reactor
    from course_lib import VirtualClock, run; from course_lib.running import real as realtime
    from course_lib.errors import ExperimentError

    realtime.GRACE = 0.3
    enough = Event()

    def holds():
        {press}
        enough.wait(30)

    def experiment(clock, timeline):
        clock.callLater(0, {job})
        clock.callLater(40, print, "a tick of the last run")

    for clock, until in ((reactor, {until}), (reactor, 1), (VirtualClock(), 1)):
        try:
            run(experiment, clock=clock, until=until)
        except ExperimentError as error:
            print(error)
    enough.set()
    realtime.GRACE = 30
    run(lambda clock, timeline: None, clock=reactor, until=0.05)
    print("left:", [call for call in reactor.getDelayedCalls() if "reap" not in str(call)])
    print("stop" in vars(reactor))
"""
LOOK = "and 0.3 s later the reactor still does not answer. Look for a loop without end, then restart the kernel (Kernel → Restart)."
NO_ANSWER = "the reactor has not answered for 0.3 s: something holds it. Restart the kernel (Kernel → Restart)."


@pytest.mark.parametrize("job", ["holds", "timeline.traced(holds)"])
def test_a_job_that_holds_the_reactor_is_named(job):
    """Later runs say that nobody answers; when the job ends after all, the run is cleaned up as if it had not."""
    result = in_fresh_python(HELD.format(press="", job=job, until=0.1))

    assert result.stderr == ""
    assert result.stdout.splitlines() == [
        f"holds holds the reactor: the run should have ended at 0.1 s, {LOOK}",
        NO_ANSWER,
        NO_ANSWER,
        "left: []",
        "False",
    ]


def test_an_interrupt_does_not_wait_for_the_end_of_a_run_that_is_held():
    press = "import os, signal; [os.kill(os.getpid(), signal.SIGINT) for _ in range(3)]"
    result = in_fresh_python(HELD.format(press=press, job="holds", until=3600))

    assert result.stderr == ""
    assert (
        result.stdout.splitlines()[0] == f"holds holds the reactor: the run should have ended when interrupted, {LOOK}"
    )
    assert result.stdout.splitlines()[-2:] == ["left: []", "False"]


def test_an_experiment_whose_body_holds_the_reactor_is_named():
    result = in_fresh_python("""
        from twisted.internet import reactor
        from course_lib.running import real as realtime; from course_lib import run

        realtime.GRACE = 0.3
        try:
            run(lambda clock, timeline: timeline.block(1), clock=reactor, until=0.1)
        except realtime.ExperimentError as error:
            print(error)
    """)

    assert (result.stdout, result.stderr) == (
        f"the experiment holds the reactor: the run should have ended at 0.1 s, {LOOK}\n",
        "",
    )


def test_a_reactor_that_has_been_stopped_gets_one_sentence():
    result = in_fresh_python("""
        from twisted.internet import reactor
        from course_lib import VirtualClock, run; from course_lib.running import real as realtime

        def nothing(clock, timeline):
            pass

        run(nothing, clock=reactor, until=0.05)
        realtime.in_reactor(lambda: reactor.callLater(0, reactor.stop) and None)
        [thread.join() for thread in __import__("threading").enumerate() if thread.name == "CrochetReactor"]
        try:
            run(nothing, clock=reactor, until=0.05)
        except realtime.ExperimentError as error:
            print(error)
        print(run(nothing, clock=VirtualClock(), until=1).notes)
    """)

    assert result.stderr == ""
    assert result.stdout.splitlines() == [
        "this kernel's reactor has been stopped, and no reactor starts twice. Restart the kernel (Kernel → Restart).",
        "()",
    ]


def test_a_reactor_that_answers_is_not_said_to_be_held(monkeypatch):
    monkeypatch.setattr(realtime, "LATE", 0.2)

    def loses_its_end(clock, timeline):
        (end,) = [call for call in reactor.getDelayedCalls() if getattr(call.func, "__name__", "") == "finish"]
        end.cancel()

    timeline = run(loses_its_end, clock=reactor, until=0.1)

    assert timeline.notes == (
        "the reactor did not call the end of this run when it was due, though it answers: the computer's clock was set"
        " back, or a call that is due at no time (NaN) stands in its way. It was ended a little later.",
    )
    assert (timeline.end, left_on(reactor)) == (0.1, [])


def test_a_call_that_is_due_at_no_time_costs_no_later_run_its_end(monkeypatch):
    """It stays in the reactor's heap; no call can be told to be due before it."""
    monkeypatch.setattr(realtime, "LATE", 0.2)

    def due_at_no_time(clock, timeline):
        for delay in range(20, 0, -1):
            reactor.callLater(0.05, print).reset(nan)
            reactor.callLater(delay, print)

    first = run(due_at_no_time, clock=reactor, until=0.1)
    times = in_reactor(lambda: [call.time for call in reactor._pendingTimedCalls])
    later = [run(lambda clock, timeline: None, clock=reactor, until=0.05).notes for _ in range(3)]

    assert first.notes[-1].startswith("print was scheduled past the clock")
    assert later == [()] * 3
    assert all(times[(k - 1) // 2] <= times[k] for k in range(1, len(times)))  # it is a heap again


def test_a_reactor_that_was_held_beyond_the_end_has_not_lost_it(monkeypatch):
    monkeypatch.setattr(realtime, "LATE", 0.01)

    timeline = run(lambda clock, timeline: timeline.block(0.5), clock=reactor, until=0.1)

    assert timeline.notes == ()


OWN_LOOP = (
    "the reactor that was installed sits on the notebook's own asyncio loop, which is running already. Restart the kernel"
    " (Kernel → Restart), and leave out asyncioreactor.install(), or give it a loop of its own:"
    " asyncioreactor.install(asyncio.new_event_loop())."
)


@pytest.mark.parametrize(("loop", "prints"), [("", OWN_LOOP), ("asyncio.new_event_loop()", "0.05")])
def test_a_reactor_on_the_notebooks_own_loop_is_refused_at_once(loop, prints):
    """In a notebook every cell is run by the kernel's loop."""
    result = in_fresh_python(f"""
        import asyncio, warnings
        from course_lib import VirtualClock, run

        warnings.simplefilter("ignore", ResourceWarning)  # the loop is the reactor's to the very end

        async def cell():
            from twisted.internet import asyncioreactor
            asyncioreactor.install({loop})
            from twisted.internet import reactor
            try:
                print(run(lambda clock, timeline: None, clock=reactor, until=0.05).end)
            except Exception as error:
                print(error)
            print(run(lambda clock, timeline: None, clock=VirtualClock(), until=1).notes)

        asyncio.run(cell())
    """)

    assert (result.stdout.splitlines(), result.stderr) == ([prints, "()"], "")


TAKEN = "a run is on already, in another thread, and there is one reactor for both. Begin this one when that is over."


@pytest.mark.parametrize("first", [reactor, VirtualClock()], ids=["real", "virtual"])
@pytest.mark.parametrize("second", [reactor, VirtualClock()], ids=["real", "virtual"])
def test_a_second_run_in_another_thread_is_refused_and_the_first_goes_on(first, second):
    began, enough, said = Event(), Event(), []

    def holds(clock, timeline):
        began.set()
        assert enough.wait(30)

    def elsewhere():
        assert began.wait(30)
        try:
            run(lambda clock, timeline: None, clock=second, until=1)
        except ExperimentError as error:
            said.append(str(error))
        finally:
            enough.set()

    thread = Thread(target=elsewhere)
    thread.start()
    timeline = run(holds, clock=first, until=5e-3)
    thread.join()

    assert said == [TAKEN]
    assert [note for note in timeline.notes if "real time" not in note] == []
    a_moment_passes(0.05)


def test_a_run_that_failed_leaves_the_turn_to_the_next_thread():
    with pytest.raises(ZeroDivisionError):
        run(lambda clock, timeline: 1 / 0, clock=reactor, until=1)
    ends = []
    thread = Thread(target=lambda: ends.append(run(lambda c, t: None, clock=VirtualClock(), until=1).end))
    thread.start()
    thread.join()

    assert ends == [1]
