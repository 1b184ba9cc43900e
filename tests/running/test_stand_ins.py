"""What knows another time: time.sleep takes the clock's, and all else is refused in a sentence, and leaves nothing."""

import asyncio
import signal
import sys
import time
from contextlib import suppress
from functools import partial
from math import inf, nan
from threading import Event, Thread
from time import sleep
from types import ModuleType

import pytest
from twisted.internet import reactor
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred, succeed
from twisted.internet.protocol import Factory
from twisted.internet.task import LoopingCall
from twisted.internet.threads import deferToThread

from course_lib import VirtualClock, run
from course_lib.errors import ExperimentError
from course_lib.running.real import in_reactor, start_reactor
from course_lib.running.stand_ins import REAL_ONLY, stand_ins
from course_lib.timeline.text import comparison_text
from tests.helpers import in_fresh_python

PATIENCE = 30  # seconds
real_sleep = time.sleep  # in a run it is bound anew, like every name


def virtual(experiment, until=2):
    return run(experiment, clock=VirtualClock(), until=until)


# time.sleep


def by_attribute(seconds):
    time.sleep(seconds)


def by_a_name_bound_before(seconds):
    sleep(seconds)


def by_a_name_bound_inside(seconds):
    from time import sleep

    sleep(seconds)


def with_a_closure():
    from time import sleep

    def nap(seconds):
        sleep(seconds)

    return nap


def with_a_partial_of_a_closure():
    return partial(with_a_closure())


NAPS = {
    "time.sleep": by_attribute,
    "from time import sleep, before": by_a_name_bound_before,
    "from time import sleep, inside": by_a_name_bound_inside,
    "in a closure": with_a_closure(),
    "in a partial": with_a_partial_of_a_closure(),
}


def beating_beside(nap):
    """A heart, and beside it a job that sleeps for 0.6 s."""

    def experiment(clock, timeline):
        def job():
            nap(0.6)

        loop = LoopingCall(timeline.traced(lambda: None, name="beat"))
        loop.clock = clock
        loop.start(0.25)
        clock.callLater(0.3, timeline.traced(job))

    return experiment


@pytest.mark.reactor
@pytest.mark.parametrize("nap", NAPS.values(), ids=NAPS)
def test_a_sleep_holds_the_reactor_in_virtual_time_as_it_does_in_real_time(nap):
    timeline = virtual(beating_beside(nap), until=1.6)

    assert [(bar.start, bar.end) for bar in timeline.bars if bar.lane == "job"] == [pytest.approx((0.3, 0.9))]
    assert timeline.times("beat") == [0, 0.25, 0.9, 1, 1.25, 1.5]
    assert timeline.notes == ()
    assert comparison_text(timeline) == comparison_text(run(beating_beside(nap), clock=reactor, until=1.6))


@pytest.mark.parametrize("nap", NAPS.values(), ids=NAPS)
def test_a_sleep_in_virtual_time_takes_no_real_time(nap):
    began = time.monotonic()
    timeline = virtual(lambda clock, timeline: nap(86_400))

    assert timeline.holds[0].end == pytest.approx(86_400)
    assert time.monotonic() - began < 100


def test_a_sleep_is_what_a_block_is():
    blocked = virtual(lambda clock, timeline: clock.callLater(0.5, lambda: timeline.block(0.7)) and None)
    slept = virtual(lambda clock, timeline: clock.callLater(0.5, lambda: sleep(0.7)) and None)

    assert slept.holds == blocked.holds


def test_a_call_of_sleep_itself_has_its_lane():
    timeline = virtual(lambda clock, timeline: clock.callLater(0.5, sleep, 0.7) and None)

    assert [(bar.lane, round(bar.end, 3)) for bar in timeline.bars] == [("sleep", 1.2)]


@pytest.mark.parametrize("wrong", [-1, nan, inf, "1", None, 1 + 1j])
def test_a_wrong_sleep_fails_as_ever(wrong):
    with pytest.raises((ValueError, TypeError, OverflowError)) as expected:
        real_sleep(wrong)

    timeline = virtual(lambda clock, timeline: clock.callLater(0.5, lambda: sleep(wrong)) and None)

    assert [bar.failed for bar in timeline.bars] == [f"{expected.type.__name__}: {expected.value}"]


def test_another_threads_sleep_takes_real_time():
    took = []

    def elsewhere():
        began = time.monotonic()
        sleep(0.05)
        took.append(time.monotonic() - began)

    def experiment(clock, timeline):
        thread = Thread(target=elsewhere)
        thread.start()
        thread.join()
        timeline.mark(clock.seconds())

    timeline = virtual(experiment)

    assert took[0] >= 0.05
    assert [round(mark.at, 3) for mark in timeline.marks] == [0]


def raises(clock, timeline):
    raise ValueError("no")


@pytest.mark.parametrize("experiment", [beating_beside(sleep), raises])
def test_afterwards_every_name_is_as_before(experiment):
    names = [time, sys.modules[__name__]]
    closure = NAPS["in a closure"].__closure__[0]

    with suppress(ValueError):
        virtual(experiment)

    assert {getattr(module, "sleep") for module in names} | {closure.cell_contents} == {real_sleep}  # noqa: B009
    assert type(real_sleep).__name__ == "builtin_function_or_method"


def test_a_name_that_the_experiment_has_bound_itself_is_left_to_it(monkeypatch):
    learner = ModuleType("learner")
    learner.sleep = sleep
    monkeypatch.setitem(sys.modules, "learner", learner)

    def experiment(clock, timeline):
        assert type(learner.sleep).__name__ == "function"
        learner.sleep = len

    virtual(experiment)

    assert learner.sleep is len


def test_a_sleep_kept_from_a_run_sleeps_really_afterwards():
    kept = []
    virtual(lambda clock, timeline: kept.append(time.sleep))
    began = time.monotonic()
    kept[0](0.02)

    assert time.monotonic() - began >= 0.02


def test_in_a_run_on_the_reactor_a_run_in_virtual_time_sleeps_virtually():
    ends = []

    def experiment(clock, timeline):
        def job():
            sleep(3600)

        ends.append(run(lambda clock, timeline: clock.callLater(0, job) and None, clock=VirtualClock(), until=9).end)
        return succeed(None)

    assert run(experiment, clock=reactor, until=PATIENCE).end < 20
    assert ends == [9]


def test_in_a_run_in_virtual_time_a_run_on_the_reactor_takes_real_time():
    took = []

    def inner(clock, timeline):
        began = time.monotonic()
        sleep(0.05)
        took.append(time.monotonic() - began)
        return deferToThread(int)

    virtual(lambda clock, timeline: run(inner, clock=reactor, until=PATIENCE) and None)

    assert took[0] >= 0.05


# The real reactor


@pytest.mark.parametrize("name", REAL_ONLY)
def test_in_virtual_time_the_real_reactor_refuses_what_takes_real_time(name):
    with pytest.raises(ExperimentError) as caught:
        virtual(lambda clock, timeline: getattr(reactor, name)())

    assert str(caught.value) == (
        f"an experiment in virtual time may not call {name}() on the reactor: {REAL_ONLY[name]}. Run it with clock=reactor."
    )
    assert name not in vars(type(reactor)) or not hasattr(vars(type(reactor))[name], "__wrapped__")


THREADS = (
    "an experiment in virtual time may not call getThreadPool() on the reactor: threads, those of deferToThread too, are"
    " the real reactor's and take real time. Run it with clock=reactor."
)


@pytest.mark.reactor
def test_a_thread_asked_for_in_virtual_time_is_refused_and_does_not_run_in_the_next_live_cell():
    called = []

    def experiment(clock, timeline):
        clock.callLater(1, lambda: deferToThread(called.append, "never"))
        clock.callLater(1, lambda: reactor.callFromThread(called.append, "never"))
        clock.callLater(1, lambda: reactor.callWhenRunning(called.append, "never"))

    timeline = virtual(experiment)
    after = run(lambda clock, timeline: deferToThread(called.append, "now"), clock=reactor, until=PATIENCE)

    assert timeline.bars[0].failed == f"ExperimentError: {THREADS}"
    assert [bar.failed[:52] for bar in timeline.bars] == ["ExperimentError: an experiment in virtual time may n"] * 3
    assert (called, after.notes) == (["now"], ())


def test_a_refusal_that_ends_in_a_deferred_is_said():
    def experiment(clock, timeline):
        succeed(None).addCallback(lambda _: deferToThread(int))

    assert virtual(experiment).notes == (THREADS,)


def test_a_reactor_that_only_the_experiment_imports_refuses_too():
    result = in_fresh_python("""
        from course_lib import VirtualClock, run

        def thread(clock, timeline):
            from twisted.internet.threads import deferToThread
            deferToThread(print, "never")

        def start(clock, timeline):
            from twisted.internet import reactor
            reactor.callWhenRunning(print, "never")

        for experiment in (thread, start):
            try:
                run(experiment, clock=VirtualClock(), until=1)
            except Exception as error:
                print(error)

        from twisted.internet import reactor
        run(lambda clock, timeline: None, clock=reactor, until=0.05)
    """)

    assert result.stderr == ""
    assert result.stdout == (
        f"{THREADS}\nan experiment in virtual time may not call callWhenRunning() on the reactor: the real reactor has no part"
        " in virtual time. Run it with clock=reactor.\n"
    )


@pytest.mark.reactor
def test_meanwhile_another_thread_may_ask_the_real_reactor():
    start_reactor()
    called = Event()

    def experiment(clock, timeline):
        thread = Thread(target=reactor.callFromThread, args=(called.set,))
        thread.start()
        assert called.wait(PATIENCE)
        thread.join()

    assert virtual(experiment).notes == ()


def test_a_port_cannot_be_opened_in_virtual_time():
    with pytest.raises(ExperimentError, match=r"may not call listenTCP\(\) .*: the network is the real reactor's"):
        virtual(lambda clock, timeline: reactor.listenTCP(0, Factory()))

    assert [reader for reader in in_reactor(reactor.getReaders) if hasattr(reader, "stopListening")] == []


def test_the_classes_of_reactors_are_as_before_afterwards():
    before = {cls: dict(vars(cls)) for cls in (ReactorBase, type(reactor), Thread)}
    with stand_ins(raises, 0, sleep):
        assert {cls: dict(vars(cls)) for cls in before} != before

    lazy = {"__implemented__", "__providedBy__", "__provides__"}
    assert [k for cls in before for k in vars(cls) if k not in lazy and vars(cls)[k] is not before[cls].get(k)] == []
    assert all(set(vars(cls)) - lazy == set(before[cls]) - lazy for cls in before)


# asyncio, and signals


ASYNCIO = "an experiment cannot await what is asyncio's: its time is the clock's. Write await deferLater(clock, 1)."


async def nothing():
    pass


def get_loop():
    asyncio.get_running_loop().call_later(0, print)


def get_any_loop():
    asyncio.get_event_loop().call_later(0, print)


def create_task():
    coroutine = nothing()
    try:
        asyncio.create_task(coroutine)  # noqa: RUF006 there is none
    finally:
        coroutine.close()  # or Python warns, where there is no loop at all


def create_future():
    asyncio.get_running_loop().create_future()


def run_a_coroutine():
    coroutine = nothing()
    try:
        asyncio.run(coroutine)
    finally:
        coroutine.close()


USES = [get_loop, get_any_loop, create_task, create_future, run_a_coroutine]


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("in_a_cell", [False, True])
def test_in_virtual_time_there_is_no_asyncio(use, in_a_cell):
    """A notebook's cell is run by a loop, which would call back when the cell is long over."""

    async def cell():
        with pytest.raises(ExperimentError) as caught:
            virtual(lambda clock, timeline: use())
        assert str(caught.value) == ASYNCIO
        return asyncio._get_running_loop()

    if in_a_cell:
        with asyncio.Runner() as runner:
            assert runner.run(cell()) is runner.get_loop()
    else:
        with pytest.raises(StopIteration) as returned:
            cell().send(None)
        assert returned.value.value is None


def test_asyncio_in_a_callback_is_a_failed_bar_and_in_a_deferred_a_note(either_clock):
    def experiment(clock, timeline):
        async def waits():
            await asyncio.sleep(1)

        clock.callLater(0, lambda: Deferred.fromCoroutine(waits()))
        clock.callLater(0.02, get_loop)

    timeline = run(experiment, clock=either_clock, until=0.1)

    assert timeline.notes == (ASYNCIO,)
    assert ("get_loop", True) in [(bar.lane, bool(bar.failed)) for bar in timeline.bars]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no alarms on Windows")
@pytest.mark.parametrize(
    "alarm", [lambda: signal.alarm(30), lambda: signal.setitimer(signal.ITIMER_REAL, 30)], ids=["alarm", "setitimer"]
)
def test_an_alarm_is_refused_and_none_is_set(alarm, either_clock):
    with pytest.raises(ExperimentError) as caught:
        run(lambda clock, timeline: alarm(), clock=either_clock, until=1)

    assert str(caught.value) == (
        "an experiment may not set an alarm, which rings in real time, whatever is on then. Write clock.callLater."
    )
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
