"""The clock that an experiment is handed notes all it is asked to do, and is in all else a clock like any other."""

from functools import partial

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.error import AlreadyCalled, AlreadyCancelled
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.task import Clock, Cooperator, LoopingCall, deferLater
from zope.interface.verify import verifyObject

from course_lib import VirtualClock, run
from course_lib.recording import ExperimentError
from course_lib.timeline import Bar


def recorded(experiment, until=5):
    return run(experiment, clock=VirtualClock(), until=until)


def about(record):
    """Round the times of a record to a microsecond: a turn takes a nanosecond or two."""
    return type(record)(*[round(value, 6) + 0.0 if isinstance(value, float) else value for value in record])


def job(*args):
    pass


class Worker:
    """An object with a method, which can itself be called."""

    def method(self):
        """Do nothing."""

    def __call__(self):
        """Do nothing either."""


def looping(clock, loop):
    loop.clock = clock
    loop.start(1, now=False)


# A recorded call is a DelayedCall


def on_a_bare_clock(script):
    """Run a script (clock, log) on Twisted's own test clock, at once and then for 10 s."""
    clock, log = Clock(), []
    script(clock, log)
    clock.pump([0.5] * 20)
    return log


def in_an_experiment(script):
    log = []
    recorded(lambda clock, timeline: script(clock, log), until=10)
    return log


def tried(log, call):
    """Note how each of its methods ends, and what it says of itself."""
    log.append((bool(call.active()), bool(call.called), bool(call.cancelled)))
    for act in (call.cancel, partial(call.reset, 1), partial(call.delay, 1)):
        try:
            act()
        except (AlreadyCalled, AlreadyCancelled) as error:
            log.append((act, type(error)))


def called(clock, log):
    call = clock.callLater(1, job)
    clock.callLater(2, tried, log, call)


def cancelled(clock, log):
    call = clock.callLater(1, job)
    call.cancel()
    tried(log, call)


def inside_its_own_callback(clock, log):
    call = clock.callLater(1, lambda: tried(log, call))


def moved(clock, log):
    call = clock.callLater(5, job)
    for act, amount in [("reset", 2), ("delay", 3), ("delay", -4), ("reset", 4)]:
        getattr(call, act)(amount)
        log.append(round(call.getTime(), 6))
    clock.callLater(3.9, lambda: log.append(call.active()))
    clock.callLater(4.4, lambda: log.append(call.active()))


def moved_while_it_waits(clock, log):
    ran = []
    for act, amount in [("reset", 0.5), ("reset", 3), ("delay", 1), ("delay", -1)]:
        call = clock.callLater(2, ran.append, act)
        clock.callLater(1, getattr(call, act), amount)
    for at in (1.4, 1.6, 1.9, 2.1, 2.9, 3.1, 3.9, 4.1):
        clock.callLater(at, lambda: log.append(list(ran)))


@pytest.mark.parametrize("script", [moved, moved_while_it_waits])
def test_a_recorded_call_moves_as_a_delayed_call_does(script):
    assert in_an_experiment(script) == on_a_bare_clock(script)


@pytest.mark.parametrize(
    ("script", "error", "state"),
    [
        (called, AlreadyCalled, (False, True, False)),
        (cancelled, AlreadyCancelled, (False, False, True)),
        (inside_its_own_callback, AlreadyCalled, (False, True, False)),
    ],
)
def test_a_recorded_call_that_is_done_refuses_as_a_delayed_call_does(script, error, state):
    for log in (in_an_experiment(script), on_a_bare_clock(script)):
        assert log[0] == state
        assert [refusal for _, refusal in log[1:]] == [error] * 3


def test_clock_and_call_provide_twisteds_interfaces():
    def experiment(clock, timeline):
        assert verifyObject(IReactorTime, clock)
        assert verifyObject(IDelayedCall, clock.callLater(1, job))

    recorded(experiment)


def test_arguments_are_passed_on():
    got = []

    def experiment(clock, timeline):
        clock.callLater(1, lambda *args, **kw: got.append((args, kw)), 1, 2, delay=3, callable=4)

    with pytest.raises(TypeError, match="multiple values"):  # as with every IReactorTime, these names are taken
        recorded(experiment)

    def experiment(clock, timeline):
        clock.callLater(1, lambda *args, **kw: got.append((args, kw)), 1, 2, key=3)

    recorded(experiment)
    assert got == [((1, 2), {"key": 3})]


def test_delayed_calls_are_listed_as_the_experiment_sees_them():
    seen = []

    def experiment(clock, timeline):
        calls = [clock.callLater(delay, job) for delay in (3, 1, 2)]
        calls[1].cancel()
        seen.append(clock.getDelayedCalls() == [calls[0], calls[2]])

    recorded(experiment)
    assert seen == [True]


def test_a_call_prints_like_a_sentence():
    said = []

    def experiment(clock, timeline):
        call = clock.callLater(0.5, job)
        said.append(repr(call))
        call.cancel()
        said.append(repr(call))

    recorded(experiment)
    assert said == ["<job due 0.5 s: pending>", "<job due 0.5 s: cancelled at 0 s>"]


# What is noted


def test_each_call_is_noted_with_how_it_ended_and_who_made_it():
    def parent():
        pass

    def experiment(clock, timeline):
        def parent():
            timeline.block(0.5)
            clock.callLater(0.25, job)

        clock.callLater(1, parent)
        clock.callLater(3, job).cancel()
        clock.callLater(9, job)

    timeline = recorded(experiment)

    assert [about(call) for call in timeline.calls] == [
        ("parent", 0, 1, 1, 1.5, None, (), "", None, ""),
        ("job", 0, 3, None, None, 0, (), "", None, ""),
        ("job", 0, 9, None, None, None, (), "", None, ""),
        ("job", 1.5, 1.75, 1.75, 1.75, None, (), "parent", None, ""),
    ]
    assert [call.outcome for call in timeline.calls] == ["fired", "cancelled", "pending", "fired"]


def test_each_move_is_noted_with_when_and_from_where():
    def experiment(clock, timeline):
        call = clock.callLater(2, job)
        clock.callLater(1, call.reset, 3)
        clock.callLater(1.5, call.delay, -1)

    call = recorded(experiment).calls[0]

    assert [(round(at, 6), round(due, 6)) for at, due in call.moves] == [(1, 2), (1.5, 4)]
    assert (round(call.scheduled, 6), round(call.due, 6), round(call.ran, 6)) == (0, 3, 3)


def test_a_tick_is_noted_with_the_grid_of_its_loop():
    def experiment(clock, timeline):
        clock.callLater(0.5, looping, clock, LoopingCall(job))

    calls = recorded(experiment, until=3).calls

    assert [
        (round(call.due, 6), call.grid and round(call.grid[0], 6), call.grid and call.grid[1]) for call in calls
    ] == [
        (0.5, None, None),
        (1.5, 0.5, 1),
        (2.5, 0.5, 1),
        (3.5, 0.5, 1),
    ]


def test_an_exception_in_a_callback_is_noted_and_the_rest_runs():
    def fails():
        raise ValueError("no\nand why")

    def silent():
        raise ValueError

    def experiment(clock, timeline):
        clock.callLater(1, fails)
        clock.callLater(1, silent)
        clock.callLater(1, job)
        clock.callLater(2, timeline.traced(fails, name="traced"))

    timeline = recorded(experiment)

    assert [(bar.lane, round(bar.start, 6), bar.failed) for bar in timeline.bars] == [
        ("fails", 1, "ValueError: no"),
        ("silent", 1, "ValueError"),
        ("job", 1, ""),
        ("traced", 2, "ValueError: no"),
    ]
    assert [call.failed for call in timeline.calls] == ["ValueError: no", "ValueError", "", "ValueError: no"]


def test_a_job_inside_a_job_takes_the_reactor_over_and_gives_it_back():
    def experiment(clock, timeline):
        def inner():
            timeline.block(0.5)

        traced = timeline.traced(inner)

        def outer():
            timeline.block(1)
            traced()
            timeline.block(0.25)

        clock.callLater(1, outer)

    timeline = recorded(experiment)

    assert [about(hold) for hold in timeline.holds if hold.lane] == [
        ("outer", 1, 2),
        ("inner", 2, 2.5),
        ("outer", 2.5, 2.75),
    ]
    assert [about(bar) for bar in timeline.bars] == [Bar("inner", 2, 2.5), Bar("outer", 1, 2.75)]


def test_the_experiments_own_body_holds_the_reactor_at_the_start():
    def experiment(clock, timeline):
        timeline.block(0.5)

    timeline = recorded(experiment)

    assert [about(hold) for hold in timeline.holds] == [("", 0, 0.5)]
    assert (timeline.lanes, timeline.bars) == ((), ())


# In whose lane a call is


def once(make):
    """Schedule what make(clock, timeline) returns."""

    def experiment(clock, timeline):
        clock.callLater(1, make(clock, timeline))

    return experiment


def counting(clock, f):
    looping(clock, LoopingCall.withCount(f))


def fired_by_hand(f):
    deferred = Deferred()
    deferred.addCallback(f)
    return partial(deferred.callback, None)


@pytest.mark.parametrize(
    ("experiment", "lane"),
    [
        (once(lambda clock, timeline: job), "job"),
        (once(lambda clock, timeline: timeline.traced(job)), "job"),
        (once(lambda clock, timeline: timeline.traced(job, name="named")), "named"),
        (once(lambda clock, timeline: partial(job, 1)), "job"),
        (once(lambda clock, timeline: partial(timeline.traced(job), 1)), "job"),
        (once(lambda clock, timeline: timeline.traced(partial(job, 1))), "job"),
        (once(lambda clock, timeline: lambda: None), "lambda"),
        (once(lambda clock, timeline: Worker().method), "method"),
        (once(lambda clock, timeline: timeline.traced(Worker().method)), "method"),
        (once(lambda clock, timeline: Worker()), "Worker"),
        (once(lambda clock, timeline: fired_by_hand(timeline.traced(job))), "job"),
        (lambda clock, timeline: looping(clock, LoopingCall(job)), "job"),
        (lambda clock, timeline: looping(clock, LoopingCall(timeline.traced(job))), "job"),
        (lambda clock, timeline: counting(clock, job), "job"),
        (lambda clock, timeline: counting(clock, timeline.traced(job)), "job"),
        (lambda clock, timeline: deferLater(clock, 1, job), "job"),
        (lambda clock, timeline: deferLater(clock, 1, timeline.traced(job)), "job"),
        (lambda clock, timeline: deferLater(clock, 1, partial(job, 1)), "job"),
    ],
)
def test_a_call_is_one_bar_in_the_lane_of_what_it_calls(experiment, lane):
    timeline = recorded(experiment, until=1.5)

    assert timeline.lanes == (lane,)
    assert [(bar.lane, round(bar.start, 6)) for bar in timeline.bars] == [(lane, 1)]
    assert {call.lane for call in timeline.calls} == {lane}
    assert {call.lane for call in recorded(experiment, until=0.5).calls} == {lane}  # also while it is still to come


def test_a_callback_of_twisteds_is_in_the_lane_of_the_first_job_inside():
    def experiment(clock, timeline):
        traced = timeline.traced(job)
        clock.callLater(1, fired_by_hand(lambda _: traced()))

    timeline = recorded(experiment)

    assert [call.lane for call in timeline.calls] == ["job"]
    assert [about(bar) for bar in timeline.bars] == [Bar("job", 1, 1)]


def test_a_plain_deferlater_is_in_the_lane_of_whoever_waits_for_it():
    def experiment(clock, timeline):
        async def waiter():
            await deferLater(clock, 1)
            await deferLater(clock, 1)

        return timeline.traced(waiter)()

    timeline = recorded(experiment)

    assert [(call.lane, round(call.due, 6)) for call in timeline.calls] == [("waiter", 1), ("waiter", 2)]
    assert timeline.times("waiter") == [0, 1, 2]


def test_a_turn_of_a_cooperator_is_in_no_lane_but_its_steps_are():
    def experiment(clock, timeline):
        cooperator = Cooperator(
            scheduler=partial(clock.callLater, 0.5), terminationPredicateFactory=lambda: lambda: True
        )
        for name in "ab":
            cooperator.cooperate(timeline.traced(iter([None] * 2), name=name))

    timeline = recorded(experiment)

    assert {call.lane for call in timeline.calls} == {""}
    assert timeline.lanes == ("a", "b")
    assert [timeline.times("a"), timeline.times("b")] == [[0.5, 1.5, 2.5], [1, 2, 3]]


def test_a_mark_is_in_no_lane():
    def experiment(clock, timeline):
        clock.callLater(1, timeline.mark, "half time")

    timeline = recorded(experiment)

    assert (timeline.lanes, timeline.bars) == ((), ())
    assert [about(mark) for mark in timeline.marks] == [(1, "half time", "")]


def test_a_function_that_only_mentions_a_traced_one_has_a_lane_of_its_own():
    def experiment(clock, timeline):
        traced = timeline.traced(job)

        def again():
            clock.callLater(0.5, traced)

        clock.callLater(1, again)

    timeline = recorded(experiment)

    assert [(bar.lane, round(bar.start, 6)) for bar in timeline.bars] == [("again", 1), ("job", 1.5)]


def test_only_into_what_twisted_has_made_is_looked():
    """LoopingCall.withCount and deferLater call what is in variables of these names."""

    def experiment(clock, timeline):
        callable, countCallable = timeline.traced(job), timeline.traced(job, name="other")  # noqa: A001

        def mine():
            return callable, countCallable

        deferred = Deferred()
        deferred.addCallback(lambda _: mine())
        clock.callLater(1, mine)
        clock.callLater(2, deferred.callback, None)

    assert [call.lane for call in recorded(experiment).calls] == ["mine", ""]


def test_a_callback_that_cannot_be_a_key_has_a_lane_too():
    class Unhashable(list):
        def __call__(self):
            pass

    timeline = recorded(once(lambda clock, timeline: Unhashable()))

    assert timeline.lanes == ("Unhashable",)


# After the run


def test_a_call_that_was_cleaned_up_can_be_cancelled_and_moved_in_vain():
    """So that loop.stop() in a later cell does not raise."""
    kept = []

    def experiment(clock, timeline):
        kept.append(clock.callLater(9, job))

    timeline = recorded(experiment)
    kept[0].cancel()
    kept[0].reset(1)
    kept[0].delay(1)

    assert not kept[0].active()
    assert [call.outcome for call in timeline.calls] == ["pending"]


def test_the_clock_of_a_run_that_is_over_schedules_nothing_more():
    kept = []

    def experiment(clock, timeline):
        kept.append(clock)

    recorded(experiment)
    with pytest.raises(ExperimentError) as caught:
        kept[0].callLater(0.5, job)

    assert str(caught.value) == "callLater(0.5, job): this clock's run is over; start a new one with run()."


def test_a_delayed_call_says_what_it_has():
    def experiment(clock, timeline):
        clock.callLater(1, int).when()

    with pytest.raises(AttributeError, match=r"a delayed call has no 'when'. It has cancel, reset, delay, active and"):
        run(experiment, clock=VirtualClock(), until=2)
