"""Facts of Twisted on which the lessons rely and which no cell of them shows: a new release that changes one goes red."""

import gc
import inspect
from weakref import ref

import pytest
from twisted.application.internet import TimerService
from twisted.internet.defer import CancelledError, Deferred, DeferredSemaphore, maybeDeferred
from twisted.internet.task import Clock, Cooperator, LoopingCall, deferLater
from twisted.logger import Logger, LogLevel


@pytest.fixture
def clock():
    return Clock()


def looping(clock, f, *args):
    loop = LoopingCall(f, *args)
    loop.clock = clock
    return loop


# Chapter 05: counting the intervals


def test_with_count_counts_the_wait_before_a_first_call_that_is_not_now(clock):
    counts = []
    loop = LoopingCall.withCount(counts.append)
    loop.clock = clock
    loop.start(1, now=False)

    clock.advance(3.5)

    assert counts == [3]


def test_with_count_counts_one_at_interval_zero(clock):
    counts = []

    def f(count):
        counts.append(count)
        if len(counts) == 3:
            loop.stop()

    loop = LoopingCall.withCount(f)
    loop.clock = clock
    loop.start(0)
    clock.advance(0)

    assert counts == [1, 1, 1]


@pytest.mark.parametrize(
    ("at", "length", "seen"),
    [(0.01, 0.98, False), (0.99, 0.98, False), (0.01, 2, True), (0.99, 2, True), (0.01, 1.5, False), (0.99, 1.5, True)],
)
def test_a_lag_monitor_sees_every_block_of_two_intervals_and_none_of_less_than_one(clock, at, length, seen):
    """The block begins `at` seconds after a beat and lasts `length` intervals."""
    counts = []
    loop = LoopingCall.withCount(counts.append)
    loop.clock = clock
    loop.start(1)

    clock.advance(at)
    clock.advance(length)

    assert (max(counts) > 1) is seen


# Chapter 05: run N times


def test_stop_inside_the_job_waits_for_the_deferred_that_the_job_returns(clock):
    job = Deferred()

    def f():
        loop.stop()
        return job

    loop = looping(clock, f)
    done = loop.start(1)

    assert (loop.running, done.called) == (False, False)
    job.callback(None)
    assert done.called


def test_call_later_keeps_nothing_of_what_the_function_returns(clock):
    """Nobody could be told of a failure of that Deferred."""
    returned = []

    def f():
        deferred = Deferred()
        returned.append(ref(deferred))
        return deferred

    clock.callLater(1, f)
    clock.advance(1)
    gc.collect()

    assert returned[0]() is None


# Chapter 05: a supervised loop


def test_a_loop_looks_up_its_function_at_each_call(clock):
    """supervise() puts another function in its place before start."""
    called = []
    loop = looping(clock, called.append, "first")
    loop.f = lambda _: called.append("second")
    loop.start(1)

    assert called == ["second"]


def test_starttime_and_interval_set_inside_the_job_make_the_next_grid(clock):
    ticks = []

    def f():
        ticks.append(clock.seconds())
        loop.starttime, loop.interval = clock.seconds(), 0.5 * len(ticks)

    loop = looping(clock, f)
    loop.start(8)
    clock.pump([0.25] * 20)

    assert ticks == [0, 0.5, 1.5, 3, 5]


def test_a_loop_that_died_can_be_started_again(clock):
    results = iter([ZeroDivisionError, "fine"])

    def f():
        if next(results) is ZeroDivisionError:
            raise ZeroDivisionError

    loop = looping(clock, f)
    failures = []
    loop.start(1).addErrback(failures.append)
    loop.start(1)

    assert (len(failures), loop.running) == (1, True)


def test_start_does_not_raise_what_its_first_call_raises(clock):
    def f():
        raise ZeroDivisionError

    failed = looping(clock, f).start(1)

    assert failed.called
    failed.addErrback(lambda failure: failure.trap(ZeroDivisionError))


def test_cancelling_the_deferred_of_start_stops_no_loop(clock):
    """Which is why stop_all() cancels only what has not begun, and stops the others."""
    ticks = []
    loop = looping(clock, lambda: ticks.append(clock.seconds()))
    done = loop.start(1)
    done.addErrback(lambda failure: failure.trap(CancelledError))
    done.cancel()
    clock.advance(1)

    assert ticks == [0, 1]


def test_maybe_deferred_awaits_a_coroutine():
    async def job():
        return "done"

    results = []
    maybeDeferred(job).addCallback(results.append)

    assert results == ["done"]


def test_logger_failure_takes_the_exception_that_is_being_handled():
    entries = []
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        Logger(observer=entries.append).failure("failed")

    (entry,) = entries
    assert entry["log_failure"].check(ZeroDivisionError)
    assert entry["log_level"] is LogLevel.critical


# Chapter 05: many jobs


def test_a_semaphore_gives_its_permit_back_after_a_failure_and_serves_in_order(clock):
    permits, begun = DeferredSemaphore(1), []

    def job(name):
        begun.append(name)
        if name == "a":
            raise ZeroDivisionError
        return deferLater(clock, 1)

    for name in "abcd":
        permits.run(job, name).addErrback(lambda failure: failure.trap(ZeroDivisionError))
    clock.pump([1, 1])

    assert begun == ["a", "b", "c", "d"]


def test_cancelling_a_later_start_leaves_nothing_behind(clock):
    loop = looping(clock, lambda: None)
    done = deferLater(clock, 1, loop.start, 1)
    done.addErrback(lambda failure: failure.trap(CancelledError))
    done.cancel()

    assert (clock.getDelayedCalls(), loop.running) == ([], False)


@pytest.mark.parametrize("function", [LoopingCall.start, Cooperator.cooperate, DeferredSemaphore.run])
def test_nobody_takes_a_priority(function):
    assert not [name for name in inspect.signature(function).parameters if "prior" in name.lower()]


# Chapter 05: the boxes


def test_a_timer_service_takes_another_clock_and_waits_for_its_job_when_stopped(clock):
    service = TimerService(1, deferLater, clock, 2.5)
    service.clock = clock
    service.startService()
    clock.advance(1)
    stopped = service.stopService()

    assert not stopped.called
    clock.advance(1.5)
    assert (stopped.called, clock.getDelayedCalls()) == (True, [])


def test_a_clock_set_forward_brings_one_late_tick_and_then_the_grid(clock):
    ticks = []
    loop = looping(clock, lambda: ticks.append(clock.seconds()))
    loop.start(1)
    clock.pump([1, 0.5])

    clock.rightNow += 3600
    clock.pump([0, 0.5, 1])

    assert ticks == [0, 1, 3601.5, 3602, 3603]


def test_a_clock_set_back_makes_silence_for_as_long(clock):
    ticks = []
    loop = looping(clock, lambda: ticks.append(clock.seconds()))
    loop.start(1)
    clock.pump([1, 0.5])

    clock.rightNow -= 1
    clock.pump([1, 0.5])

    assert ticks == [0, 1, 2]
