"""The clock that an experiment is handed notes all it is asked to do, and is in all else a clock like any other."""

import ast
from copy import copy
from functools import partial
from pathlib import Path
from unittest.mock import Mock
from weakref import ref

import pytest
from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.internet.error import AlreadyCalled, AlreadyCancelled
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.task import Clock, Cooperator, LoopingCall, deferLater
from zope.interface.verify import verifyObject

import course_lib
import course_lib.timeline.timeline as records
from course_lib import VirtualClock, run
from course_lib.errors import ExperimentError
from course_lib.timeline.records import Bar


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


def once(make):
    """Schedule what make(clock, timeline) returns."""

    def experiment(clock, timeline):
        clock.callLater(1, make(clock, timeline))

    return experiment


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


class Mute(Exception):
    """Raises when it is asked for its message."""

    def __str__(self):
        raise RuntimeError("no words")


@pytest.mark.parametrize("schedule", [lambda clock, f: clock.callLater(1, f), lambda clock, f: deferLater(clock, 1, f)])
@pytest.mark.parametrize(
    ("error", "said"),
    [(Mute, "Mute: <exception str() failed>"), (StopIteration, "StopIteration"), (GeneratorExit, "GeneratorExit")],
)
@pytest.mark.parametrize("is_traced", [True, False])
def test_whatever_a_callback_raises_its_bar_is_failed(schedule, error, said, is_traced):
    def fails():
        raise error

    def experiment(clock, timeline):
        schedule(clock, timeline.traced(fails) if is_traced else fails)

    assert [(bar.lane, bar.failed) for bar in recorded(experiment).bars] == [("fails", said)]


def test_what_an_untraced_job_of_deferlater_raises_is_still_for_its_errbacks():
    got = []

    def experiment(clock, timeline):
        return deferLater(clock, 1, lambda: 1 / 0).addErrback(lambda failure: got.append(failure.type))

    timeline = recorded(experiment)

    assert got == [ZeroDivisionError]
    assert [(bar.lane, bar.failed) for bar in timeline.bars] == [("lambda", "ZeroDivisionError: division by zero")]
    assert timeline.notes == ()


def steps():
    yield


async def work():
    pass


GENERATOR = "steps returned a generator: its body never ran. Decorate it with inlineCallbacks, or give it to coiterate."
COROUTINE = "work returned a coroutine: its body never ran. Schedule what calls Deferred.fromCoroutine with it."


@pytest.mark.parametrize(
    ("experiment", "lane", "note"),
    [
        (once(lambda clock, timeline: steps), "steps", GENERATOR),
        (once(lambda clock, timeline: timeline.traced(steps)), "steps", GENERATOR),
        (once(lambda clock, timeline: partial(steps)), "steps", GENERATOR),
        (lambda clock, timeline: looping(clock, LoopingCall(steps)), "steps", GENERATOR),
        (lambda clock, timeline: looping(clock, LoopingCall(timeline.traced(steps))), "steps", GENERATOR),
        (once(lambda clock, timeline: work), "work", COROUTINE),
        (once(lambda clock, timeline: timeline.traced(work)), "work", COROUTINE),
    ],
)
def test_a_call_that_only_makes_a_generator_or_a_coroutine_is_no_bar_and_a_note_says_so(experiment, lane, note):
    timeline = recorded(experiment)

    assert (timeline.lanes, timeline.bars, timeline.notes) == ((lane,), (), (note,))


def test_a_generator_function_that_is_not_called_is_not_spoken_of():
    assert recorded(once(lambda clock, timeline: steps), until=0.5).notes == ()


def test_a_generator_or_coroutine_function_that_somebody_runs_is_not_spoken_of():
    def experiment(clock, timeline):
        looping(clock, LoopingCall(timeline.traced(work)))
        clock.callLater(1, inlineCallbacks(timeline.traced(steps)))

    timeline = recorded(experiment, until=1.5)

    assert (sorted(bar.lane for bar in timeline.bars), timeline.notes) == (["steps", "steps", "work"], ())
    assert {call.failed for call in timeline.calls} == {""}


# Loops that change


def exchanged(at, is_traced=True):
    """Make an experiment of a loop of 1 s whose function is another from `at` seconds on."""

    def slow():
        pass

    def fast():
        pass

    def experiment(clock, timeline):
        first, then = (timeline.traced(f) if is_traced else f for f in (slow, fast))
        loop = LoopingCall(first)
        looping(clock, loop)
        clock.callLater(at, setattr, loop, "f", then)

    return experiment


@pytest.mark.parametrize("is_traced", [True, False])
def test_what_a_loop_calls_from_now_on_has_the_bars_the_due_times_and_what_is_pending(is_traced):
    timeline = recorded(exchanged(at=2.5, is_traced=is_traced))

    ticks = [(call.lane, round(call.due, 6), call.outcome) for call in timeline.calls if call.grid]
    assert ticks == [
        ("slow", 1, "fired"),
        ("slow", 2, "fired"),
        ("fast", 3, "fired"),
        ("fast", 4, "fired"),
        ("fast", 5, "pending"),
    ]
    assert [timeline.times("slow"), timeline.times("fast")] == [[1, 2], [3, 4]]
    assert timeline.missed == ()


def test_a_loop_that_has_not_ticked_since_is_pending_with_what_it_will_call():
    timeline = recorded(exchanged(at=2.5), until=2.9)

    assert [call.lane for call in timeline.pending] == ["fast"]


def missed(timeline):
    return [(gap.lane, round(at, 6)) for gap in timeline.missed for at in gap.points()]


def test_a_function_that_takes_a_loop_over_has_missed_only_what_came_after():
    def experiment(clock, timeline):
        exchanged(at=2.5)(clock, timeline)
        clock.callLater(3.5, timeline.block, 2)

    assert missed(recorded(experiment, until=7.5)) == [("fast", 5)]


def test_a_loop_of_a_class_of_its_own_has_a_grid_too():
    class Loud(LoopingCall):
        pass

    timeline = recorded(lambda clock, timeline: looping(clock, Loud(lambda: timeline.block(2.5))), until=6)

    assert missed(timeline) == [("lambda", 2), ("lambda", 3), ("lambda", 5)]


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


def test_each_record_made_in_a_hurry_has_a_value_for_every_field():
    """`record` does not look: a field that is new in timeline is to be noted too."""
    modules = [ast.parse(path.read_text(encoding="utf-8")) for path in Path(course_lib.__file__).parent.rglob("*.py")]
    calls = [node for module in modules for node in ast.walk(module) if isinstance(node, ast.Call)]
    hurried = [node.args for node in calls if isinstance(node.func, ast.Name) and node.func.id == "record"]
    made = [arguments for arguments in hurried if isinstance(arguments[1], ast.Tuple)]  # text has another record

    assert {kind.id for kind, _ in made} == {"Bar", "Call", "Hold"}
    assert [
        ast.unparse(values) for kind, values in made if len(values.elts) != len(vars(records)[kind.id]._fields)
    ] == []


# In whose lane a call is


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


class Borrower:
    """Has attributes of the names that partials and LoopingCalls have for what they call."""

    f = func = staticmethod(job)

    def __call__(self):
        """Do nothing."""


def mark():
    """Do nothing, under a name that timeline has too."""


def timeItOut():
    """Do nothing, under a name that Deferred.addTimeout has too."""


def press_by_hand():
    """Do nothing, under a name that in_hand has too."""


def reactor():
    """Do nothing, under a name that is a lane already."""


@pytest.mark.parametrize(
    ("make", "lane"),
    [
        (Mock, "Mock"),
        (lambda: Mock(spec=LoopingCall, f=job), "Mock"),
        (Borrower, "Borrower"),
        (lambda: mark, "mark"),
        (lambda: timeItOut, "timeItOut"),
        (lambda: press_by_hand, "press_by_hand"),
        (lambda: reactor, "reactor()"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_callback_has_a_lane_and_a_bar_of_its_own_whatever_its_names(make, lane):
    timeline = recorded(once(lambda clock, timeline: make()))

    assert timeline.lanes == (lane,)
    assert [about(bar) for bar in timeline.bars] == [Bar(lane, 1, 1)]


def test_a_loop_that_calls_itself_has_a_lane():
    def experiment(clock, timeline):
        loop = LoopingCall(job)
        loop.f = loop
        clock.callLater(1, loop)

    assert recorded(experiment).lanes == ("LoopingCall",)


def test_a_loop_and_a_deferred_that_call_each_other_have_a_lane():
    def experiment(clock, timeline):
        loop = LoopingCall(job)
        loop.f = deferLater(clock, 9, loop).callback
        clock.callLater(1, loop)

    assert recorded(experiment).lanes == ("job", "callback")


def test_a_timeout_is_in_no_lane():
    def experiment(clock, timeline):
        Deferred().addTimeout(1, clock).addErrback(lambda failure: None)

    timeline = recorded(experiment)

    assert ([call.lane for call in timeline.calls], timeline.lanes, timeline.bars) == ([""], (), ())


def test_the_first_callback_is_found_under_the_name_it_had_before_twisted_25_5(monkeypatch):
    def experiment(clock, timeline):
        deferred = Deferred()
        deferred.addCallback(timeline.traced(job))
        vars(deferred)["callbacks"] = vars(deferred).pop("_callbacks")
        clock.callLater(1, deferred.callback).cancel()

    assert [call.lane for call in recorded(experiment).calls] == ["job"]


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


def test_a_callback_that_raises_when_it_is_compared_or_hashed_has_a_lane_too():
    class Hostile:
        def __call__(self):
            pass

        def __eq__(self, other):
            raise RuntimeError("not comparable")

        def __hash__(self):
            raise RuntimeError("no key")

        def __getattr__(self, name):
            raise RuntimeError(f"no {name}")

    timeline = recorded(once(lambda clock, timeline: Hostile()))

    assert timeline.times("Hostile") == [1]


# Times that are hardly any


@pytest.mark.parametrize("method", ["reset", "delay"])
@pytest.mark.parametrize("amount", [float("nan"), -float("inf")])
def test_a_call_is_not_moved_to_nowhere(method, amount):
    def experiment(clock, timeline):
        getattr(clock.callLater(1, job), method)(amount)

    with pytest.raises(AssertionError) as caught:
        recorded(experiment)

    assert str(caught.value) == f"{method} was asked for a delay of {amount} s: a delay is a number of seconds."


@pytest.mark.parametrize("act", ["callLater", "reset", "delay"])
def test_a_call_may_be_due_beyond_all_time(act):
    def experiment(clock, timeline):
        timeline.block(0.5)
        call = clock.callLater(float("inf") if act == "callLater" else 1, job)
        if act != "callLater":
            getattr(call, act)(float("inf"))

    (call,) = recorded(experiment).calls

    assert (round(call.scheduled, 6), call.due, call.outcome) == (0.5, float("inf"), "pending")


@pytest.mark.parametrize("delay", [1e7, 1e300])
def test_of_a_call_in_the_far_future_it_is_known_when_it_was_made(delay):
    def experiment(clock, timeline):
        timeline.block(0.5)
        clock.callLater(delay, job)

    assert round(recorded(experiment).calls[0].scheduled, 6) == 0.5


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


def test_a_copy_of_the_clock_is_the_same_clock():
    def experiment(clock, timeline):
        copy(clock).callLater(1, job)

    assert recorded(experiment).times("job") == [1]


def test_what_a_call_was_given_is_let_go_of_when_it_has_run_or_is_cancelled():
    kept = []

    def experiment(clock, timeline):
        for delay in (1, 2):
            thing = Worker()
            kept.append(ref(thing))
            call = clock.callLater(delay, job, thing)
        call.cancel()
        del thing
        clock.callLater(3, lambda: kept.append([thing() for thing in kept]))

    recorded(experiment)

    assert kept[-1] == [None, None]


def test_a_delayed_call_says_what_it_has():
    def experiment(clock, timeline):
        clock.callLater(1, int).when()

    with pytest.raises(AttributeError, match=r"a delayed call has no 'when'. It has cancel, reset, delay, active and"):
        run(experiment, clock=VirtualClock(), until=2)
