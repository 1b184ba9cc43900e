"""VirtualClock is task.Clock on a heap, and its step is what one turn of the real reactor is."""

import json
import math
import random
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.error import AlreadyCalled, AlreadyCancelled
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import Clock, LoopingCall
from zope.interface.verify import verifyObject

from course_lib import VirtualClock, run
from course_lib import clock as clock_module
from course_lib.clock import ONLY_REAL
from course_lib.errors import Runaway

# Twisted's own tests of task, with VirtualClock where they say Clock. In a process of its own: they look after
# the reactor, and in this one it may be running.
TWISTED_TESTS = """
import json, unittest
from twisted.internet import task
from course_lib.clock import VirtualClock

made = []
class Counted(VirtualClock):
    def __init__(self):
        made.append(self)
        super().__init__()
task.Clock = Counted

from twisted.test import test_task
result = unittest.TestResult()
unittest.defaultTestLoader.loadTestsFromModule(test_task).run(result)
bad = [str(test) for test, why in result.failures + result.errors + result.skipped]
print(json.dumps({"ran": result.testsRun, "bad": bad, "made": len(made), "is it": test_task.Clock is Counted}))
"""


@pytest.fixture
def clock():
    return VirtualClock()


def walk(clock, until):
    """Step as long as something is due before `until` seconds."""
    while clock.calls and clock.calls[0].getTime() < until:
        clock.step()


def in_a_turn(clock, start):
    """Call start inside a turn of the clock, as run calls an experiment."""
    clock.callLater(0, start)
    clock.step()


def looping(clock, f, interval):
    loop = LoopingCall(f)
    loop.clock = clock
    loop.start(interval)
    return loop


def noted(clock):
    """Return a list, and a function that makes callbacks which put (time, name) into it."""
    log = []

    def job(name):
        return lambda: log.append((round(clock.seconds(), 6), name))

    return log, job


# Twisted's own tests


def test_twisteds_own_tests_of_task_pass_with_virtual_clock_in_clocks_place():
    done = subprocess.run([sys.executable, "-c", TWISTED_TESTS], capture_output=True, text=True, check=True, timeout=60)
    said = json.loads(done.stdout.splitlines()[-1])

    assert said["bad"] == []
    assert said["is it"]
    assert said["ran"] >= 60
    assert said["made"] >= 50


def test_it_provides_the_interface_of_a_clock(clock):
    assert verifyObject(IReactorTime, clock)


# Ghost ticks


def decimal_intervals():
    """Make 203 intervals as people write them: one to three decimals, those that go wrong most first."""
    chance = random.Random(20)
    decimals = [round(chance.uniform(0.001, 10), chance.choice([1, 2, 3])) or 0.7 for _ in range(193)]
    return [0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9, 1.1, 3.3, *decimals]


@pytest.mark.parametrize("chunk", range(7))
def test_a_loop_ticks_once_a_period_whatever_its_interval(chunk):
    """Fired exactly when due, 193 of 203 such intervals tick too often: 0.1 s over 100 s gives 1177 ticks."""
    intervals = decimal_intervals()[29 * chunk : 29 * (chunk + 1)]

    assert {interval: ticks_of_1000_periods(interval) for interval in intervals} == dict.fromkeys(intervals, 1001)


def ticks_of_1000_periods(interval):
    clock, ticks = VirtualClock(), []
    looping(clock, lambda: ticks.append(None), interval)
    while clock.seconds() < 999.5 * interval:
        clock.step()
    return len(ticks)


@pytest.mark.parametrize("chunk", range(7))
def test_with_count_counts_one_a_tick_whatever_the_interval(chunk):
    intervals = decimal_intervals()[29 * chunk : 29 * (chunk + 1)]

    assert {interval: counts_of_1000_periods(interval) for interval in intervals} == {i: {1} for i in intervals}


def counts_of_1000_periods(interval):
    clock, counts = VirtualClock(), []
    loop = LoopingCall.withCount(counts.append)
    loop.clock = clock
    loop.start(interval)
    while clock.seconds() < 999.5 * interval:
        clock.step()
    return set(counts)


# One turn


def test_of_two_loops_the_one_started_first_ticks_first_where_they_meet(clock):
    """Plain first in, first out gives the slow one at 0.5, the real reactor the fast one."""
    log, job = noted(clock)

    def start():
        looping(clock, job("fast"), 0.25)
        looping(clock, job("slow"), 0.5)

    in_a_turn(clock, start)
    walk(clock, 0.6)

    assert log == [(0, "fast"), (0, "slow"), (0.25, "fast"), (0.5, "fast"), (0.5, "slow")]


@pytest.mark.parametrize("kind", [Clock, VirtualClock])
def test_under_pump_the_same_loops_tick_as_on_task_clock(kind):
    clock = kind()
    log, job = noted(clock)
    looping(clock, job("fast"), 0.25)
    looping(clock, job("slow"), 0.5)
    clock.pump([0.25, 0.25])

    assert log == [(0, "fast"), (0, "slow"), (0.25, "fast"), (0.5, "slow"), (0.5, "fast")]


def test_equal_due_times_run_in_the_order_made(clock):
    log, job = noted(clock)
    for name in range(10):
        clock.callLater(1, job(name))
    clock.step()

    assert log == [(1, name) for name in range(10)]


def test_what_a_callback_schedules_with_delay_0_runs_after_what_is_already_due(clock):
    log, job = noted(clock)

    def first():
        job("first")()
        clock.callLater(0, job("child"))

    clock.callLater(1, first)
    clock.callLater(1, job("second"))
    walk(clock, 2)

    assert log == [(1, "first"), (1, "second"), (1, "child")]


def test_what_a_callback_resets_to_now_runs_after_what_is_already_due(clock):
    """Also what was made in the same turn, and what was pending before."""
    log, job = noted(clock)
    pending = clock.callLater(9, job("pending"))

    def first():
        pending.reset(0)
        clock.callLater(9, job("new")).reset(0)

    clock.callLater(1, first)
    clock.callLater(1, job("second"))
    clock.step()
    assert log == [(1, "second")]

    clock.step()
    assert log == [(1, "second"), (1, "pending"), (1, "new")]


def test_calls_due_within_a_microsecond_share_a_turn(clock):
    """A real reactor, woken a little late, finds both due."""
    log, job = noted(clock)
    clock.callLater(0.3, clock.callLater, 0, job("child"))
    clock.callLater(0.3000005, job("second"))
    clock.step()
    assert log == [(0.300001, "second")]

    clock.step()
    assert log == [(0.300001, "second"), (0.300001, "child")]


def test_what_a_callback_moves_into_the_past_runs_in_the_same_turn_but_not_what_it_has_just_made(clock):
    """As on ReactorBase, which moves a call within its heap, and has what is new in a list of its own."""
    log, job = noted(clock)
    pending = clock.callLater(9, job("pending"))

    def first():
        clock.callLater(9, job("new")).delay(-9)
        pending.delay(-8)

    clock.callLater(1, first)
    clock.callLater(1, job("second"))
    clock.step()
    assert log == [(1, "second"), (1, "pending")]

    clock.step()
    assert log == [(1, "second"), (1, "pending"), (1, "new")]


@pytest.mark.parametrize("first", ["reset", "callLater"])
def test_a_call_made_or_moved_earlier_in_a_callback_is_due_earlier(clock, first):
    log, job = noted(clock)
    moved = clock.callLater(1.5, job("reset"))

    def callback():
        steps = {"reset": lambda: moved.reset(1), "callLater": lambda: clock.callLater(1, job("callLater"))}
        steps.pop(first)()
        for step in steps.values():
            step()

    clock.callLater(0.5, callback)
    walk(clock, 9)

    assert log == [(1.5, first), (1.5, "callLater" if first == "reset" else "reset")]


def test_a_turn_takes_all_that_came_due_while_the_reactor_was_held(clock):
    log, job = noted(clock)

    def block():
        clock.rightNow += 3
        clock.callLater(0, job("next turn"))

    clock.callLater(1, block)
    clock.callLater(2, job("b"))
    clock.callLater(3, job("c"))
    clock.step()
    assert log == []

    clock.step()
    assert log == [(4, "b"), (4, "c"), (4, "next turn")]


def test_a_callback_sees_a_time_just_after_the_one_it_was_due_at(clock):
    seen = []
    clock.callLater(0.3, lambda: seen.append(clock.seconds()))
    clock.step()

    assert seen == [pytest.approx(0.3 + 1e-9, abs=1e-12)]
    assert seen[0] > 0.3


def test_step_says_whether_anything_was_due(clock):
    clock.callLater(1, int)

    assert [clock.step(), clock.step()] == [True, False]


def test_an_exception_leaves_the_rest_of_the_turn_for_the_next_step(clock):
    log, job = noted(clock)
    clock.callLater(1, lambda: 1 / 0)
    clock.callLater(1, job("after"))
    with pytest.raises(ZeroDivisionError):
        clock.step()
    clock.step()

    assert log == [(1, "after")]


# advance


def test_advance_5_means_that_the_program_was_blocked_for_5_seconds(clock):
    log, job = noted(clock)
    looping(clock, job("tick"), 1)
    clock.advance(5)

    assert log == [(0, "tick"), (5, "tick")]
    assert [call.getTime() for call in clock.calls] == [6]


def test_advance_inside_a_turn_runs_what_is_due_there_and_then(clock):
    log, job = noted(clock)

    def callback():
        clock.callLater(1, inner)
        clock.advance(2)
        clock.callLater(0, job("next turn"))
        job("callback")()

    def inner():
        job("inner")()
        clock.callLater(0, job("at once"))

    clock.callLater(1, callback)
    clock.callLater(1, job("same turn"))
    walk(clock, 9)

    # "same turn" was due before the callback leapt over it.
    assert log == [(3, "same turn"), (3, "inner"), (3, "at once"), (3, "callback"), (3, "next turn")]


def test_time_can_be_set(clock):
    clock.rightNow = 7.5
    call = clock.callLater(0.5, int)

    assert (clock.seconds(), call.getTime()) == (7.5, 8.0)


# What is refused


@pytest.mark.parametrize("delay", [-1, -1e-9, math.nan])
def test_a_delay_that_is_no_time_from_now_is_refused_as_the_real_reactor_does(clock, delay):
    with pytest.raises(
        AssertionError, match=f"delay of {delay!r} s: a delay is a number of seconds from now, 0 or more"
    ):
        clock.callLater(delay, int)
    assert clock.calls == []


def chain(clock):
    def again():
        clock.callLater(0, again)

    again()


def endless_loop(clock):
    def again():
        pass

    looping(clock, again, 0)


RUNAWAYS = pytest.mark.parametrize("start", [chain, endless_loop])
SENTENCE = (
    r"^again asks to be called again at once, over and over: 10000 turns and more at 1\.5 s and time does not move"
)


@RUNAWAYS
def test_step_ends_a_runaway(clock, start):
    clock.callLater(1.5, start, clock)
    with pytest.raises(Runaway, match=SENTENCE):
        walk(clock, 9)


@RUNAWAYS
def test_run_ends_a_runaway(clock, start):
    def experiment(clock, timeline):
        clock.callLater(1.5, start, clock)

    with pytest.raises(Runaway, match=SENTENCE):
        run(experiment, clock=clock, until=9)


@RUNAWAYS
def test_advance_ends_a_runaway(clock, start):
    clock.callLater(1, start, clock)
    with pytest.raises(Runaway, match=SENTENCE):
        clock.advance(1.5)


def test_a_clock_can_be_used_after_a_runaway(clock):
    clock.callLater(1.5, chain, clock)
    with pytest.raises(Runaway):
        walk(clock, 9)
    for call in clock.calls:
        call.cancel()
    ticks = []
    looping(clock, lambda: ticks.append(round(clock.seconds(), 3)), 1)
    walk(clock, 3)

    assert ticks == [1.5, 2.5]


def test_a_hundred_thousand_turns_in_which_time_moves_are_no_runaway(clock):
    ticks = []
    looping(clock, lambda: ticks.append(None), 1e-6)
    while clock.seconds() < 0.05:
        clock.step()

    assert len(ticks) == 50_001


def test_many_calls_due_in_one_leap_are_no_runaway(clock, monkeypatch):
    monkeypatch.setattr(clock_module, "SPINS", 10)
    log, job = noted(clock)
    for _ in range(500):
        clock.callLater(1, clock.callLater, 1, job("child"))
    clock.advance(1)
    clock.advance(1)

    assert log == [(2, "child")] * 500


@pytest.mark.parametrize("name", ["callFromThread", "listenTCP", "spawnProcess", "callWhenRunning"])
def test_what_virtual_time_has_not_got_it_says_in_a_sentence(clock, name):
    with pytest.raises(AttributeError) as caught:
        getattr(clock, name)

    assert not hasattr(clock, name)
    assert name in ONLY_REAL
    assert str(caught.value) == (
        f"a VirtualClock has no {name}: in virtual time there is time, but no network, no threads and no processes."
        " Run this experiment with clock=reactor."
    )


def test_a_misspelt_name_is_an_ordinary_attribute_error(clock):
    with pytest.raises(AttributeError, match=r"^'VirtualClock' object has no attribute 'callater'$"):
        clock.callater  # noqa: B018


# The calls


def test_calls_lists_what_is_still_to_come_by_time_and_then_as_made(clock):
    a, b, c, d = (clock.callLater(delay, int) for delay in (3, 1, 3, 2))
    d.cancel()
    b.delay(2)
    assert clock.calls == [a, b, c]
    assert clock.getDelayedCalls() == [a, b, c]

    c.reset(0.5)
    clock.step()
    assert clock.calls == [a, b]


def test_calls_lists_what_a_turn_has_scheduled_so_far(clock):
    seen = []

    def callback():
        call = clock.callLater(5, int)
        seen.append(clock.calls == [call])

    clock.callLater(1, callback)
    clock.step()

    assert seen == [True]


def test_calls_can_be_assigned(clock):
    """Clock.__init__ does, and so do tests that take a call away."""
    log, job = noted(clock)
    a, b, c = (clock.callLater(1, job(name)) for name in "abc")
    a.delay(1)
    clock.calls = [call for call in clock.calls if call is not b]
    assert clock.calls == [c, a]

    for _ in range(200):
        clock.callLater(9, int).cancel()
    walk(clock, 9)
    assert log == [(1, "c"), (2, "a")]


def test_reset_and_delay_move_a_call_both_ways(clock):
    call = clock.callLater(5, int)
    due = [call.getTime()]
    for move, amount in [(call.reset, 2), (call.delay, 3), (call.delay, -4), (call.reset, 10)]:
        move(amount)
        due.append(call.getTime())

    assert due == [5, 2, 5, 1, 10]


@pytest.mark.parametrize(
    ("move", "amount", "fires"), [("reset", 1, 1.5), ("reset", 4, 4.5), ("delay", 1, 3), ("delay", -1, 1)]
)
def test_a_moved_call_fires_once_at_its_new_time(clock, move, amount, fires):
    log, job = noted(clock)
    call = clock.callLater(2, job("moved"))
    clock.callLater(0.5, lambda: getattr(call, move)(amount))
    walk(clock, 99)

    assert log == [(fires, "moved")]


def test_a_call_moved_back_and_forth_fires_once(clock):
    log, job = noted(clock)
    call = clock.callLater(5, job("moved"))
    call.reset(2)
    call.delay(3)
    walk(clock, 99)

    assert log == [(5, "moved")]


def test_a_call_that_is_done_can_be_neither_cancelled_nor_moved(clock):
    called, cancelled = clock.callLater(1, int), clock.callLater(2, int)
    cancelled.cancel()
    clock.step()

    for call, error in [(called, AlreadyCalled), (cancelled, AlreadyCancelled)]:
        for act in (call.cancel, lambda call=call: call.reset(1), lambda call=call: call.delay(1)):
            with pytest.raises(error):
                act()


def test_inside_its_own_callback_a_call_is_no_longer_active(clock):
    seen = []
    call = clock.callLater(1, lambda: seen.append((call.active(), call.called, clock.calls)))
    clock.step()

    assert seen == [(False, 1, [])]


def test_cancelled_calls_do_not_pile_up_in_the_heap(clock):
    keep = clock.callLater(1000, int)
    for _ in range(1000):
        clock.callLater(999, int).cancel()

    assert len(clock._heap) < 110
    assert clock.calls == [keep]


def test_moved_calls_do_not_pile_up_in_the_heap(clock):
    call = clock.callLater(10_000, int)
    for sooner in range(1000):
        call.reset(9000 - sooner)

    assert len(clock._heap) < 110
    assert clock.calls == [call]


@pytest.mark.parametrize("seed", range(8))
def test_after_thousands_of_moves_and_cancellations_it_still_fires_what_task_clock_fires(seed):
    ours, twisteds = stormy(VirtualClock(), seed), stormy(Clock(), seed)

    assert ours == twisteds
    assert len(ours) > 100


def stormy(clock, seed):
    """Move and cancel most of many calls, so that the heap is swept again and again; list what fires."""
    chance = random.Random(seed)
    log, calls = [], []

    def schedule():
        number = len(calls)
        calls.append(clock.callLater(chance.uniform(0, 20), lambda: log.append((clock.seconds(), number))))

    for _ in range(300):
        schedule()
    for _ in range(2000):
        active = [call for call in calls if call.active()]
        act = chance.choice(["callLater", "cancel", "reset", "reset", "delay", "advance"])
        if act == "callLater":
            schedule()
        elif act == "advance":
            clock.advance(chance.choice([0, 0.01, 0.1]))
        elif active:
            amount = [] if act == "cancel" else [chance.uniform(0, 20)]
            getattr(chance.choice(active), act)(*amount)
        if isinstance(clock, VirtualClock):
            entries = clock._heap + clock._new
            assert clock._void == len(entries) - len([call for call in calls if call.active()])
    clock.advance(100)
    return log


@pytest.mark.parametrize("seed", range(8))
def test_calls_are_listed_in_the_order_in_which_they_run(seed):
    clock, chance, ran = VirtualClock(), random.Random(seed), []
    calls = [clock.callLater(chance.randrange(4), ran.append, number) for number in range(40)]
    for call in chance.sample(calls, 30):
        getattr(call, chance.choice(["reset", "delay"]))(chance.randrange(4))
    order = [calls.index(call) for call in clock.calls]
    clock.advance(100)

    assert ran == order


# The same as task.Clock

EIGHTHS = st.integers(0, 40).map(lambda eighths: eighths / 8)  # exact, so that sums do not depend on their order
ACTIONS = st.one_of(
    st.tuples(st.just("callLater"), EIGHTHS),
    st.tuples(st.just("parent"), EIGHTHS, EIGHTHS),
    st.tuples(st.just("cancel"), st.integers(0, 20)),
    st.tuples(st.sampled_from(["reset", "delay"]), st.integers(0, 20), EIGHTHS),
    st.tuples(st.just("delay"), st.integers(0, 20), EIGHTHS.map(lambda s: -s)),
    st.tuples(st.just("advance"), EIGHTHS),
)


def fired(clock, actions):
    """Do what the actions say, and list (time, due, id, moved?) of what fires."""
    calls, log, moved = [], [], set()

    def schedule(delay, *children):
        number = len(calls)

        def callback():
            log.append((clock.seconds(), due[number].getTime(), number, number in moved))
            for child in children:
                schedule(child)

        due[number] = clock.callLater(delay, callback)
        calls.append(due[number])

    due = {}
    for act, *arguments in [*actions, ("advance", 100), ("advance", 100)]:
        if act in ("callLater", "parent"):
            schedule(*arguments)
        elif act == "advance":
            clock.advance(*arguments)
        elif calls and (call := calls[arguments[0] % len(calls)]).active():
            getattr(call, act)(*arguments[1:])
            moved.add(calls.index(call))
    return log


@settings(derandomize=True, database=None, deadline=None, max_examples=400)
@given(st.lists(ACTIONS, max_size=30))
def test_whatever_is_done_to_it_it_fires_what_task_clock_fires(actions):
    """The same calls at the same times in the same order; only where a moved call ties is the order its own."""
    ours, twisteds = fired(VirtualClock(), actions), fired(Clock(), actions)

    assert [(now, due) for now, due, *_ in ours] == [(now, due) for now, due, *_ in twisteds]
    assert sorted(ours) == sorted(twisteds)
    if not any(moved for *_, moved in ours):
        assert ours == twisteds


def test_a_thousand_timers_fire_in_order_whatever_the_order_they_were_made_in():
    clock, chance = VirtualClock(), random.Random(1)
    log, job = noted(clock)
    due = [chance.randrange(10_000) / 1000 for _ in range(1000)]
    for number, delay in enumerate(due):
        clock.callLater(delay, job(number))
    while clock.step():
        pass

    assert [number for _, number in log] == sorted(range(1000), key=lambda number: due[number])
