"""What the course says of twisted.internet.task, sentence by sentence, and shows in real time only, or in no cell.

Each test is named after the sentence that would be untrue; `uv run course mutate` makes each of them untrue.
"""

import pytest
from twisted.internet import task
from twisted.internet.defer import AlreadyCalledError, CancelledError, Deferred
from twisted.internet.error import AlreadyCalled, AlreadyCancelled, ReactorNotRunning
from twisted.internet.task import (
    Clock,
    Cooperator,
    LoopingCall,
    NotPaused,
    SchedulerStopped,
    TaskDone,
    TaskFailed,
    TaskStopped,
    coiterate,
    cooperate,
    deferLater,
    react,
)


@pytest.fixture
def clock():
    return Clock()


def looping(clock, f, *args, **kw):
    loop = LoopingCall(f, *args, **kw)
    loop.clock = clock
    return loop


def ticking(clock, *args, **kw):
    """Start a loop that lists the times at which it ticks."""
    ticks = []
    loop = looping(clock, lambda: ticks.append(clock.seconds()))
    return ticks, loop, loop.start(*args, **kw)


def dues(clock):
    return [call.getTime() for call in clock.getDelayedCalls()]


def ended(deferred):
    """List what a Deferred has been given: nothing yet, its result, or the type of its failure."""
    got = []
    deferred.addCallbacks(got.append, lambda failure: got.append(failure.type))
    return got


# A LoopingCall


def test_start_makes_the_first_call_before_it_returns_and_asks_for_one_other(clock):
    ticks, loop, done = ticking(clock, 2)

    assert (ticks, dues(clock), loop.running, ended(done)) == ([0], [2], True, [])


def test_with_now_false_the_loop_waits_one_interval_first(clock):
    clock.advance(0.5)
    ticks, _, _ = ticking(clock, 2, now=False)
    clock.pump([1] * 5)

    assert ticks == [2.5, 4.5]


def test_the_grid_is_counted_from_start_and_what_a_call_takes_does_not_move_it(clock):
    clock.advance(0.5)
    ticks, loop, _ = ticking(clock, 1)
    inner, loop.f = loop.f, lambda: (inner(), clock.advance(0.25))
    clock.pump([0.25] * 12)

    assert [tick % 1 for tick in ticks] == [0.5] * len(ticks)
    assert ticks[:3] == [0.5, 1.5, 2.5]


def test_a_step_that_is_too_small_to_be_added_to_the_time_is_no_interval(clock):
    """`when == when + untilNextInterval`: two calls would come at one instant."""
    clock.rightNow = start = 1e9
    loop = looping(clock, lambda: None)
    loop.start(0.1)
    for k in range(1, 200):
        clock.rightNow = start + k * 0.1
        loop.call.cancel()
        loop._scheduleFrom(clock.seconds())
        assert dues(clock)[0] > clock.seconds()


def test_missed_calls_are_skipped(clock):
    ticks, _, _ = ticking(clock, 1)
    clock.advance(5)
    clock.advance(1)

    assert ticks == [0, 5, 6]


@pytest.mark.parametrize(
    ("interval", "length", "begins"),
    [(1, 2.5, [0, 3, 6, 9]), (1, 2, [0, 3, 6, 9]), (1, 0.5, list(range(10))), (2, 1, [0, 2, 4, 6, 8])],
)
def test_the_loop_waits_for_the_deferred_and_goes_on_at_the_next_point_of_its_grid(clock, interval, length, begins):
    begun = []
    loop = looping(clock, lambda: begun.append(clock.seconds()) or deferLater(clock, length))
    loop.start(interval)
    clock.pump([0.5] * 19)

    assert begun == begins


def test_an_interval_of_0_s_means_at_once_and_a_negative_one_is_refused(clock):
    ticks, loop, _ = ticking(clock, 0)
    loop.f = loop.stop
    assert dues(clock) == [0]
    clock.advance(0)
    assert (ticks, loop.running) == ([0], False)
    with pytest.raises(ValueError, match="interval"):
        loop.start(-0.001)
    assert (loop.running, dues(clock)) == (False, [])


def test_a_loop_that_runs_cannot_be_started_and_one_that_does_not_cannot_be_stopped_or_reset(clock):
    _, loop, done = ticking(clock, 1)
    with pytest.raises(AssertionError):
        loop.start(1)
    loop.stop()
    assert ended(done) == [loop]
    for change in (loop.stop, loop.reset):
        with pytest.raises(AssertionError):
            change()
    assert dues(clock) == []


def test_the_deferred_of_start_fires_at_stop_with_the_loop_itself_and_the_next_call_is_taken_back(clock):
    _, loop, done = ticking(clock, 1)
    loop.stop()

    assert (ended(done), loop.running, dues(clock)) == ([loop], False, [])


def test_a_job_that_calls_stop_goes_on_to_its_last_line_and_the_deferred_of_start_fires_after_that(clock):
    seen = []

    def job():
        if clock.seconds():
            loop.stop()
            seen.extend([loop.running, list(got), "last line"])

    loop = looping(clock, job)
    got = ended(loop.start(1))
    clock.advance(1)

    assert (seen, got, dues(clock)) == ([False, [], "last line"], [loop], [])


def test_stop_does_not_cancel_the_job_and_the_deferred_of_start_waits_for_it(clock):
    job = Deferred()
    loop = looping(clock, lambda: job)
    got = ended(loop.start(1))
    loop.stop()
    assert (got, loop.running) == ([], False)
    job.callback(None)

    assert (got, dues(clock)) == ([loop], [])


def test_reset_takes_back_the_next_call_and_begins_a_new_grid_now(clock):
    ticks, loop, _ = ticking(clock, 2)
    clock.advance(1)
    loop.reset()
    assert (ticks, dues(clock)) == ([0], [3])
    clock.pump([1] * 4)

    assert ticks == [0, 3, 5]


def test_while_the_job_waits_reset_does_nothing(clock):
    begun = []
    loop = looping(clock, lambda: begun.append(clock.seconds()) or deferLater(clock, 0.5))
    loop.start(2)
    clock.advance(0.25)
    loop.reset()
    clock.pump([0.25] * 8)

    assert begun == [0, 2]


@pytest.mark.parametrize("now", [True, False])
def test_a_job_that_fails_ends_its_loop_and_only_the_deferred_of_start_knows_it(clock, twisted_errors, now):
    def job():
        raise ZeroDivisionError

    loop = looping(clock, job)
    got = ended(loop.start(1, now=now))
    clock.advance(1)

    assert (got, loop.running, dues(clock), twisted_errors) == ([ZeroDivisionError], False, [], [])


def test_a_deferred_that_fails_ends_the_loop_too(clock):
    job = Deferred()
    loop = looping(clock, lambda: job)
    got = ended(loop.start(1))
    job.errback(ZeroDivisionError())

    assert (got, loop.running, dues(clock)) == ([ZeroDivisionError], False, [])


def test_a_loop_calls_its_function_with_what_it_was_given(clock):
    calls = []
    looping(clock, lambda *args, **kw: calls.append((args, kw)), 1, 2, three=3).start(1)

    assert calls == [((1, 2), {"three": 3})]


def test_a_cancelled_start_gives_a_cancelled_error_and_the_loop_goes_on(clock):
    ticks, loop, done = ticking(clock, 1)
    got = ended(done)
    done.cancel()
    clock.advance(1)

    assert (got, ticks, loop.running) == ([CancelledError], [0, 1], True)


def test_each_start_returns_a_deferred_of_its_own(clock):
    _, loop, first = ticking(clock, 1)
    loop.stop()
    second = loop.start(1)

    assert (first.called, second.called) == (True, False)
    assert first is not second


@pytest.mark.parametrize(
    ("now", "leaps", "counts"),
    [
        (True, [1, 1], [1, 1, 1]),
        (True, [5, 1], [1, 5, 1]),
        (False, [3.5, 1], [3, 1]),
        (True, [2.5, 1, 1], [1, 2, 1, 1]),
    ],
)
def test_with_count_counts_the_points_of_the_grid_since_the_last_call(clock, now, leaps, counts):
    clock.advance(0.25)
    got = []
    loop = LoopingCall.withCount(got.append)
    loop.clock = clock
    loop.start(1, now=now)
    clock.pump(leaps)

    assert got == counts


def test_with_count_counts_ten_points_of_a_tenth_of_a_second_in_a_second(clock):
    """`1.0 // 0.1` is 9."""
    got = []
    loop = LoopingCall.withCount(got.append)
    loop.clock = clock
    loop.start(0.1)
    clock.advance(1)

    assert got == [1, 10]


def test_with_count_never_counts_0(clock):
    """When no point has passed since the last call, the function is not called."""
    got = []
    loop = LoopingCall.withCount(got.append)
    loop.clock = clock
    loop.start(1)
    loop.f()
    clock.advance(0.5)
    loop.f()

    assert got == [1]


def test_with_count_gives_back_what_the_function_returns(clock):
    """So that the loop waits for its Deferred."""
    job, got = Deferred(), []
    loop = LoopingCall.withCount(lambda count: got.append(count) or job)
    loop.clock = clock
    loop.start(1)
    clock.advance(2)
    assert (got, dues(clock)) == ([1], [])
    job.callback(None)
    assert dues(clock) == [3]


@pytest.mark.parametrize("interval", [0, 1])
def test_with_count_remembers_the_last_call_when_the_interval_becomes_another(clock, interval):
    got = []
    loop = LoopingCall.withCount(got.append)
    loop.clock = clock
    loop.start(interval)
    clock.rightNow = 3.5
    loop.interval = 1
    loop.f()

    assert got == [1, 3]


# A task of a Cooperator


def stepwise(clock, **kw):
    return Cooperator(lambda: lambda: True, lambda turn: clock.callLater(1, turn), **kw)


def steps(made, name="step", many=100):
    for number in range(many):
        made.append((name, number))
        yield


def test_one_step_each_in_a_circle(clock):
    made, cooperator = [], stepwise(clock)
    for name in "abc":
        cooperator.cooperate(steps(made, name, 2))
    clock.pump([1] * 10)

    assert "".join(name for name, _ in made) == "abcabc"


def test_all_tasks_of_a_cooperator_ask_for_one_slice_together(clock):
    cooperator = stepwise(clock)
    for _ in range(3):
        cooperator.cooperate(steps([]))
    assert len(dues(clock)) == 1
    clock.advance(1)

    assert dues(clock) == [2]


def test_when_done_fires_with_the_iterator_that_was_handed_in_also_for_whom_asks_late(clock):
    def job():
        yield
        return "a value"

    iterator = job()
    cooperative = stepwise(clock).cooperate(iterator)
    early = ended(cooperative.whenDone())
    clock.pump([1, 1])

    assert early == ended(cooperative.whenDone()) == [iterator]
    assert dues(clock) == []


def test_pauses_are_counted_and_a_pause_takes_back_the_slice(clock):
    made = []
    cooperative = stepwise(clock).cooperate(steps(made))
    cooperative.pause()
    cooperative.pause()
    assert dues(clock) == []
    cooperative.resume()
    assert dues(clock) == []
    cooperative.resume()
    assert dues(clock) == [1]
    with pytest.raises(NotPaused):
        cooperative.resume()
    clock.advance(1)

    assert made == [("step", 0)]


def test_a_paused_task_makes_no_step_while_another_does(clock):
    made, cooperator = [], stepwise(clock)
    paused, _ = cooperator.cooperate(steps(made, "paused")), cooperator.cooperate(steps(made, "other"))
    paused.pause()
    clock.pump([1] * 3)

    assert made == [("other", 0), ("other", 1), ("other", 2)]


def test_a_pause_of_ones_own_outlasts_the_deferred_that_the_task_awaits(clock):
    answer, made = Deferred(), []

    def job():
        got = yield answer
        made.append(got)

    cooperative = stepwise(clock).cooperate(job())
    clock.advance(1)
    cooperative.pause()
    answer.callback(42)
    assert dues(clock) == []
    cooperative.resume()
    clock.advance(1)

    assert made == [None]


def raising():
    yield
    raise ZeroDivisionError


def test_each_end_has_an_exception_of_its_own_at_pause_and_stop_and_not_paused_at_resume(clock):
    cooperator = stepwise(clock)
    done, failed, stopped = (cooperator.cooperate(i) for i in (steps([], many=1), raising(), steps([])))
    told = [ended(cooperative.whenDone()) for cooperative in (done, failed, stopped)]
    stopped.stop()
    clock.pump([1] * 5)

    assert told == [[done._iterator], [ZeroDivisionError], [TaskStopped]]
    for cooperative, end in ((done, TaskDone), (failed, TaskFailed), (stopped, TaskStopped)):
        for change in (cooperative.pause, cooperative.stop):
            with pytest.raises(end):
                change()
        with pytest.raises(NotPaused):
            cooperative.resume()
    assert dues(clock) == []


def test_a_task_stopped_while_paused_is_not_revived_by_resume(clock):
    made = []
    cooperative = stepwise(clock).cooperate(steps(made))
    cooperative.whenDone().addErrback(lambda _: None)
    cooperative.pause()
    cooperative.stop()
    cooperative.resume()
    clock.pump([1, 1])

    assert (made, dues(clock)) == ([], [])


def test_what_happens_between_two_steps_the_generator_never_learns(clock):
    """When somebody stops the task, the generator is simply not asked again: its finally has not run."""
    ran = []

    def job():
        try:
            yield
        finally:
            ran.append("finally")

    generator = job()
    cooperative = stepwise(clock).cooperate(generator)
    cooperative.whenDone().addErrback(lambda _: None)
    clock.advance(1)
    cooperative.stop()

    assert (ran, generator.gi_frame is None) == ([], False)


def test_a_failure_is_never_thrown_in(clock):
    ran, answer = [], Deferred()

    def job():
        try:
            yield answer
            ran.append("went on")
        except ZeroDivisionError:
            ran.append("except")

    generator = job()
    told = ended(stepwise(clock).cooperate(generator).whenDone())
    clock.advance(1)
    answer.errback(ZeroDivisionError())
    clock.pump([1, 1])

    assert (told, ran, dues(clock)) == ([ZeroDivisionError], [], [])


def test_a_yielded_deferred_is_waited_for_and_costs_no_steps(clock):
    answer, made = Deferred(), []

    def job():
        yield answer
        made.append(clock.seconds())
        yield

    stepwise(clock).cooperate(job())
    clock.pump([1] * 5)
    assert (made, dues(clock)) == ([], [])
    answer.callback(None)
    clock.advance(1)

    assert made == [6]


def test_a_late_failure_becomes_an_already_called_error_on_the_deferred_that_was_yielded(clock):
    answer = Deferred()
    cooperative = stepwise(clock).cooperate(iter([answer]))
    cooperative.whenDone().addErrback(lambda _: None)
    clock.advance(1)
    cooperative.stop()
    got = ended(answer)
    answer.errback(OSError())

    assert got == [AlreadyCalledError]


@pytest.mark.parametrize("no_iterator", [[1, 2], steps], ids=["a list", "a function"])
def test_what_is_no_iterator_is_accepted_and_fails_later_through_when_done(clock, no_iterator):
    told = ended(stepwise(clock).cooperate(no_iterator).whenDone())
    assert told == []
    clock.advance(1)

    assert told == [TypeError]


def test_coiterate_returns_only_a_deferred_which_fires_with_the_iterator(clock):
    iterator, own = iter(()), Deferred()
    deferred = stepwise(clock).coiterate(iterator)
    assert type(deferred) is Deferred
    assert stepwise(clock).coiterate(iter(()), own) is own
    clock.advance(1)

    assert ended(deferred) == [iterator]
    assert own.called


# A Cooperator


def test_a_stopped_cooperator_fails_what_it_is_given_until_it_is_started_again(clock):
    cooperator, made = stepwise(clock), []
    told = ended(cooperator.cooperate(steps([])).whenDone())
    assert cooperator.running
    cooperator.stop()
    assert (told, dues(clock), cooperator.running) == ([SchedulerStopped], [], False)
    assert ended(cooperator.cooperate(steps([])).whenDone()) == [SchedulerStopped]
    cooperator.start()
    cooperator.cooperate(steps(made))
    clock.advance(1)

    assert (made, cooperator.running) == ([("step", 0)], True)


def test_a_stopped_cooperator_leaves_nothing_on_the_clock(clock):
    """Also when it has forgotten to tell one of its tasks, and so has some left."""
    cooperator = stepwise(clock)
    for _ in range(2):
        cooperator.cooperate(steps([])).whenDone().addErrback(lambda _: None)
    cooperator.stop()

    assert dues(clock) == []


def test_a_cooperator_that_is_not_started_collects_tasks_and_asks_for_nothing(clock):
    cooperator = stepwise(clock, started=False)
    cooperator.cooperate(steps([]))
    assert (dues(clock), cooperator.running) == ([], False)
    cooperator.start()

    assert (dues(clock), cooperator.running) == ([1], True)


def test_a_cooperator_without_tasks_asks_for_nothing(clock):
    stepwise(clock, started=False).start()
    cooperator = stepwise(clock)
    cooperator.cooperate(iter(()))
    clock.advance(1)

    assert dues(clock) == []


def sliced(clock, monkeypatch, length):
    """Run 8 steps of so many seconds with plain slices, on a clock of the test; list how many each slice makes."""
    slices = []

    def job():
        for _ in range(8):
            slices[-1] += 1
            clock.rightNow += length
            yield

    def scheduler(turn):
        return clock.callLater(0, lambda: (slices.append(0), turn()))

    monkeypatch.setattr(task.time, "time", clock.seconds)
    Cooperator(scheduler=scheduler).cooperate(job())
    clock.advance(0)
    return [made for made in slices if made]


@pytest.mark.parametrize(("length", "made"), [(0.004, [3, 3, 2]), (0.0098, [2, 2, 2, 2]), (0.0102, [1] * 8)])
def test_plain_cooperate_has_slices_of_10_ms_and_the_step_that_crosses_the_end_is_finished(
    clock, monkeypatch, length, made
):
    clock.rightNow = 1000.0

    assert sliced(clock, monkeypatch, length) == made


def test_a_slice_goes_on_where_the_one_before_left_off(clock):
    made, left = [], []

    def two_steps():
        left[:] = [True, False]
        return lambda: not left.pop(0)

    cooperator = Cooperator(two_steps, lambda turn: clock.callLater(1, turn))
    for name in "abc":
        cooperator.cooperate(steps(made, name))
    clock.pump([1] * 3)

    assert "".join(name for name, _ in made) == "abcabc"


@pytest.mark.parametrize("function", [cooperate, coiterate])
def test_plain_cooperate_asks_the_reactor_for_a_call_in_the_next_turn(clock, monkeypatch, function):
    monkeypatch.setattr("twisted.internet.reactor", clock)
    monkeypatch.setattr(task, "_theCooperator", Cooperator())
    function(steps([], many=1))
    (due,) = dues(clock)

    assert 0 <= due < 1e-6


# A Clock


def test_a_clock_runs_what_is_due_at_one_time_in_the_order_in_which_it_was_asked(clock):
    ran = []
    for name in "abc":
        clock.callLater(1, ran.append, name)
    clock.callLater(0.5, clock.callLater, 0.5, ran.append, "d")
    clock.pump([0.5, 0.5])

    assert ran == ["a", "b", "c", "d"]


def test_advance_is_one_leap_and_what_was_due_on_the_way_runs_at_its_end(clock):
    ran = []
    for due in (1, 2, 3):
        clock.callLater(due, lambda: ran.append(clock.seconds()))
    clock.callLater(3.5, ran.append, "later")
    clock.advance(3)

    assert ran == [3, 3, 3]


def test_advance_runs_what_is_due_exactly_now_and_also_what_that_asks_for_in_0_seconds(clock):
    ran = []
    clock.callLater(1, lambda: clock.callLater(0, lambda: clock.callLater(0, ran.append, "the last")))
    clock.advance(1)

    assert ran == ["the last"]


def test_pump_takes_its_steps_from_a_list_one_by_one(clock):
    ran = []
    clock.callLater(1, lambda: ran.append(clock.seconds()))
    clock.pump([0.5, 0.5, 1])
    assert (ran, clock.seconds()) == ([1], 2)
    with pytest.raises(TypeError):
        clock.pump(3)


def test_a_call_is_made_with_all_that_call_later_was_given(clock):
    calls = []
    clock.callLater(1, lambda *args, **kw: calls.append((args, kw)), 1, 2, three=3)
    clock.advance(1)

    assert calls == [((1, 2), {"three": 3})]


def test_a_call_that_is_over_can_neither_be_cancelled_nor_moved(clock):
    ran, cancelled = clock.callLater(1, int), clock.callLater(2, int)
    assert (ran.active(), ran.getTime()) == (True, 1)
    cancelled.cancel()
    clock.advance(1)

    for call, error in ((ran, AlreadyCalled), (cancelled, AlreadyCancelled)):
        assert not call.active()
        for change in (call.cancel, lambda call=call: call.reset(1), lambda call=call: call.delay(1)):
            with pytest.raises(error):
                change()
    assert dues(clock) == []


def test_reset_counts_from_now_and_delay_from_the_due_time_and_the_calls_are_sorted_anew(clock):
    ran = []
    first, second = clock.callLater(1, ran.append, "first"), clock.callLater(2, ran.append, "second")
    clock.advance(0.5)
    first.delay(2)
    second.reset(1)
    assert (first.getTime(), second.getTime()) == (3, 1.5)
    clock.advance(3)

    assert ran == ["second", "first"]


def test_what_a_callback_puts_off_is_not_in_the_way_of_what_is_due(clock):
    ran = []
    clock.callLater(1, lambda: later.delay(9))
    later = clock.callLater(2, ran.append, "put off")
    clock.callLater(3, ran.append, "due")
    clock.advance(4)

    assert ran == ["due"]


# deferLater


def test_defer_later_returns_a_deferred_that_fires_with_the_result(clock):
    got = ended(deferLater(clock, 2, lambda *args, **kw: (args, kw), 1, two=2))
    clock.advance(1)
    assert got == []
    clock.advance(1)

    assert got == [((1,), {"two": 2})]
    nothing = ended(deferLater(clock, 1))
    clock.advance(1)
    assert nothing == [None]


def test_a_cancelled_defer_later_fails_with_a_cancelled_error_and_calls_nothing(clock):
    called = []
    deferred = deferLater(clock, 1, called.append, "called")
    got = ended(deferred)
    deferred.cancel()
    assert (got, dues(clock)) == ([CancelledError], [])
    clock.advance(1)

    assert called == []


# react


class Reactor(Clock):
    """Enough of a reactor for react: it runs until it is stopped, at most ten seconds."""

    running = stops = 0

    def __init__(self):
        super().__init__()
        self.triggers, self.waiting = [], []

    def addSystemEventTrigger(self, phase, event, f):
        self.triggers.append((phase, event, f))

    def callWhenRunning(self, f, *args):
        if self.running:
            f(*args)
        else:
            self.waiting.append((f, args))

    def run(self):
        self.running = 1
        for f, args in self.waiting:
            f(*args)
        for _ in range(10):
            if self.running:
                self.advance(1)

    def stop(self):
        self.stops += 1
        if not self.running:
            raise ReactorNotRunning
        self.running = 0
        for _, _, f in self.triggers:
            f()


def code_of(main, *argv, reactor=None):
    """Return the exit code of a program that reacts, and how long its reactor ran."""
    reactor = reactor or Reactor()
    with pytest.raises(SystemExit) as ended:
        react(main, argv, _reactor=reactor)
    assert (reactor.running, [trigger[:2] for trigger in reactor.triggers]) == (0, [("before", "shutdown")])
    return ended.value.code, reactor.seconds()


def test_react_runs_the_reactor_until_the_deferred_of_main_fires_and_ends_the_program_with_0():
    assert code_of(lambda reactor: deferLater(reactor, 3)) == (0, 3)


def test_react_gives_main_the_reactor_and_its_arguments_and_takes_a_coroutine():
    given = []

    async def main(reactor, *argv):
        given.extend([reactor, argv])
        await deferLater(reactor, 2)

    reactor = Reactor()
    assert code_of(main, "a", "b", reactor=reactor) == (0, 2)
    assert given == [reactor, ("a", "b")]


def test_react_takes_the_installed_reactor_if_it_is_given_none(monkeypatch):
    given, reactor = [], Reactor()
    monkeypatch.setattr("twisted.internet.reactor", reactor)
    with pytest.raises(SystemExit):
        react(lambda reactor: deferLater(reactor, 1, given.append, reactor))

    assert given == [reactor]


@pytest.mark.parametrize("delay", [0, 2])
def test_react_ends_with_1_after_a_failure_and_prints_the_error(twisted_errors, delay):
    def fail():
        raise ZeroDivisionError

    main = (lambda reactor: deferLater(reactor, delay, fail)) if delay else failed_at_once

    assert code_of(main) == (1, delay)
    assert len(twisted_errors) == 1


async def failed_at_once(reactor):
    raise ZeroDivisionError


def test_react_ends_with_the_code_of_a_system_exit(twisted_errors):
    async def main(reactor):
        raise SystemExit(5)

    assert code_of(main) == (5, 0)
    assert twisted_errors == []


def test_react_ends_well_when_somebody_else_has_stopped_the_reactor():
    def main(reactor):
        done = Deferred()
        reactor.callLater(2, reactor.stop)
        reactor.callLater(2, done.callback, None)
        return done

    reactor = Reactor()
    assert code_of(main, reactor=reactor) == (0, 2)
    assert reactor.stops == 1
