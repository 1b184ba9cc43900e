"""run(), in both worlds: how it ends, what it leaves behind, what it says to a wrong use."""

import asyncio
import traceback
from functools import partial
from math import inf, nan
from threading import Thread

import pytest
from twisted.internet import reactor
from twisted.internet.defer import Deferred, fail, inlineCallbacks, succeed
from twisted.internet.task import Clock, LoopingCall, deferLater
from twisted.internet.testing import MemoryReactorClock

from course_lib import Timeline, VirtualClock, run
from course_lib.errors import ExperimentError, Runaway
from course_lib.running.real import in_reactor
from tests.helpers import a_moment_passes, left_on


def job():
    """Do nothing, in a lane of its own."""


def does_nothing(clock, timeline):
    pass


# How a run ends.


def test_until_is_exclusive(either_clock):
    def experiment(clock, timeline):
        for delay in (0, 0.1, 0.2):
            clock.callLater(delay, timeline.traced(job, name=f"due at {delay}"))

    timeline = run(experiment, clock=either_clock, until=0.2)

    assert [bar.lane for bar in timeline.bars] == ["due at 0", "due at 0.1"]
    assert [call.lane for call in timeline.pending] == ["due at 0.2"]
    assert timeline.end == timeline.until == 0.2


def test_a_run_ends_when_the_deferred_fires(either_clock):
    def experiment(clock, timeline):
        clock.callLater(30, job)
        return deferLater(clock, 0.1, job)

    timeline = run(experiment, clock=either_clock, until=60)

    assert 0.1 <= timeline.end < 20
    assert len(timeline.pending) == 1
    assert left_on(either_clock) == []


def test_a_run_ends_at_once_when_the_deferred_has_fired_already(either_clock):
    timeline = run(lambda clock, timeline: succeed("at once"), clock=either_clock, until=60)

    assert timeline.end < 20
    assert left_on(either_clock) == []


def test_a_deferred_that_never_fires_is_noted(either_clock):
    timeline = run(lambda clock, timeline: Deferred(), clock=either_clock, until=0.1)

    assert timeline.end == 0.1
    assert timeline.notes == ("nothing was scheduled any more, and yet the experiment's Deferred had not fired",)


def test_a_deferred_that_may_yet_fire_is_not_noted(either_clock):
    timeline = run(lambda clock, timeline: deferLater(clock, 30, job), clock=either_clock, until=0.1)

    assert timeline.notes == ()
    assert left_on(either_clock) == []


def test_a_run_does_not_end_after_until_however_long_a_job_holds_the_reactor(either_clock):
    def experiment(clock, timeline):
        timeline.block(0.3)
        return succeed(None)

    assert run(experiment, clock=either_clock, until=0.1).end == 0.1


def test_a_virtual_clock_is_used_for_one_run_after_the_other():
    clock = VirtualClock()
    experiment = partial(lambda clock, timeline: clock.callLater(1, timeline.traced(job)) and None)

    first, second = (run(experiment, clock=clock, until=3) for _ in range(2))

    assert first.times("job") == second.times("job") == [1]


# What a run leaves behind.


def test_at_the_end_the_deferred_is_cancelled_and_that_is_no_failure(either_clock):
    ends = []

    async def experiment(clock, timeline):
        try:
            await deferLater(clock, 30, job)
        finally:
            ends.append("cleaned up")

    timeline = run(experiment, clock=either_clock, until=0.1)

    assert isinstance(timeline, Timeline)
    assert ends == ["cleaned up"]


def test_a_canceller_that_raises_does_no_harm(either_clock, twisted_errors):
    def stubborn(deferred):
        raise ValueError("no")

    def experiment(clock, timeline):
        clock.callLater(30, job)
        return Deferred(stubborn)

    timeline = run(experiment, clock=either_clock, until=0.1)

    assert timeline.notes == ("the experiment's Deferred could not be cancelled: ValueError: no",)
    assert left_on(either_clock) == []
    assert twisted_errors == []


def test_a_loop_and_its_calls_can_be_stopped_after_the_run(either_clock):
    kept = []

    def experiment(clock, timeline):
        loop = LoopingCall(job)
        loop.clock = clock
        loop.start(30)
        kept.append(loop)
        return deferLater(clock, 30, job).addBoth(lambda _: loop.running)

    run(experiment, clock=either_clock, until=0.1)

    kept[0].stop()
    assert left_on(either_clock) == []


def test_a_call_cleaned_up_can_be_cancelled_and_moved_without_an_error(either_clock):
    calls = []
    experiment = partial(lambda clock, timeline: calls.append(clock.callLater(30, job)))

    run(experiment, clock=either_clock, until=0.1)
    calls[0].reset(1)
    calls[0].delay(1)
    calls[0].cancel()

    assert not calls[0].active()
    assert left_on(either_clock) == []


def test_a_clock_whose_run_is_over_says_so(either_clock):
    clocks = []
    experiment = partial(lambda clock, timeline: clocks.append(clock))
    run(experiment, clock=either_clock, until=0.1)
    in_its_thread = in_reactor if either_clock is reactor else lambda f: f()

    with pytest.raises(ExperimentError) as caught:
        in_its_thread(lambda: clocks[0].callLater(1, job))

    assert str(caught.value) == "callLater(1, job): this clock's run is over; start a new one with run()."


def body_raises(clock, timeline):
    clock.callLater(30, job)
    raise ValueError("no")  # the learner's own line


async def coroutine_raises(clock, timeline):
    clock.callLater(30, job)
    await deferLater(clock, 0.1, job)
    raise ValueError("no")  # the learner's own line


@inlineCallbacks
def generator_raises(clock, timeline):
    clock.callLater(30, job)
    yield deferLater(clock, 0.1, job)
    raise ValueError("no")  # the learner's own line


def deferred_fails(clock, timeline):
    def later():
        raise ValueError("no")  # the learner's own line

    clock.callLater(30, job)
    return deferLater(clock, 0.1, later)


def loop_fails(clock, timeline):
    def tick():
        raise ValueError("no")  # the learner's own line

    clock.callLater(30, job)
    loop = LoopingCall(timeline.traced(tick))
    loop.clock = clock
    return loop.start(0.1, now=False)


@pytest.mark.parametrize("experiment", [body_raises, coroutine_raises, generator_raises, deferred_fails, loop_fails])
def test_a_failure_is_raised_in_the_cell_with_the_learners_own_line(experiment, either_clock, twisted_errors):
    with pytest.raises(ValueError, match="no") as caught:
        run(experiment, clock=either_clock, until=60)

    assert 'raise ValueError("no")  # the learner\'s own line' in "".join(traceback.format_exception(caught.value))
    assert left_on(either_clock) == []
    assert twisted_errors == []


def test_a_deferred_that_has_failed_already_is_raised_in_the_cell(either_clock, twisted_errors):
    with pytest.raises(ValueError, match="no"):
        run(lambda clock, timeline: fail(ValueError("no")), clock=either_clock, until=60)

    assert left_on(either_clock) == []
    assert twisted_errors == []


def test_a_timed_callback_that_raises_is_a_failed_bar_and_the_others_go_on(either_clock, twisted_errors, capfd):
    def fails():
        raise ValueError("no")

    def experiment(clock, timeline):
        clock.callLater(0, timeline.traced(fails))
        clock.callLater(0, fails)
        clock.callLater(0.1, timeline.traced(job))

    timeline = run(experiment, clock=either_clock, until=0.2)

    assert [(bar.lane, bar.failed) for bar in timeline.bars] == [
        ("fails", "ValueError: no"),
        ("fails", "ValueError: no"),
        ("job", ""),
    ]
    assert timeline.notes == ()
    assert twisted_errors == []
    assert capfd.readouterr() == ("", "")


def test_a_runaway_leaves_the_virtual_clock_clean():
    def experiment(clock, timeline):
        def again():
            clock.callLater(0, again)

        clock.callLater(30, job)
        again()

    clock = VirtualClock()
    with pytest.raises(Runaway, match=r"^again asks to be called again at once, over and over"):
        run(experiment, clock=clock, until=60)

    assert clock.calls == []


def test_an_experiment_that_schedules_without_end_is_stopped(monkeypatch):
    def experiment(clock, timeline):
        def twice():
            clock.callLater(1, twice)
            clock.callLater(1, twice)

        twice()

    monkeypatch.setattr("course_lib.running.run.MOST_CALLS", 1000)
    clock = VirtualClock()
    with pytest.raises(Runaway, match="the experiment has scheduled more than 1,000 calls: give it an end"):
        run(experiment, clock=clock, until=60)

    assert clock.calls == []


def test_a_keyboard_interrupt_in_the_body_leaves_the_clock_clean(either_clock):
    def experiment(clock, timeline):
        clock.callLater(30, job)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(experiment, clock=either_clock, until=60)

    assert left_on(either_clock) == []


# Wrong uses: each gets one sentence.


def one_argument(clock):
    pass


def no_argument():
    pass


def generator(clock, timeline):
    yield


def returns_a_number(clock, timeline):
    return 3


async def a_coroutine():
    pass


class AnotherReactor(MemoryReactorClock):
    """A reactor that is not the one installed."""

    callFromThread = None

    def __repr__(self):
        return "<another reactor>"


HEARTBEAT = "it takes the experiment itself, run(heartbeat, …), not heartbeat(…)."
CLOCKS = "it takes clock=VirtualClock(), or clock=reactor, Twisted's own."
RETURNS = "an experiment returns a Deferred, a coroutine or None."
UNTIL = "it takes a number of seconds, more than 0."
WRONG = {
    "a list": ({"experiment": [1]}, f"run() was given [1]: {HEARTBEAT}"),
    "called": ({"experiment": None}, f"run() was given None: {HEARTBEAT}"),
    "called, returning a Deferred": ({"experiment": Deferred()}, f"run() was given <Deferred>: {HEARTBEAT}"),
    "one argument": (
        {"experiment": one_argument},
        "one_argument(clock) cannot be called with (clock, timeline): too many positional arguments."
        " Write def one_argument(clock, timeline).",
    ),
    "no argument": (
        {"experiment": no_argument},
        "no_argument() cannot be called with (clock, timeline): too many positional arguments."
        " Write def no_argument(clock, timeline).",
    ),
    "a generator": (
        {"experiment": generator},
        f"generator returned <generator object generator>: {RETURNS} Decorate it with inlineCallbacks, or write async def.",
    ),
    "a number": (
        {"experiment": returns_a_number},
        f"returns_a_number returned 3: {RETURNS} Leave the return out.",
    ),
    "until 0": ({"until": 0}, f"run() was given until=0: {UNTIL}"),
    "until before now": ({"until": -1}, f"run() was given until=-1: {UNTIL}"),
    "until NaN": ({"until": nan}, f"run() was given until=nan: {UNTIL}"),
    "until for ever": ({"until": inf}, f"run() was given until=inf: {UNTIL}"),
    "until a text": ({"until": "3"}, f"run() was given until='3': {UNTIL}"),
    "until None": ({"until": None}, f"run() was given until=None: {UNTIL}"),
    "Twisted's Clock": (
        {"clock": Clock()},
        f"run() was given clock=<twisted.internet.task.Clock object>: {CLOCKS}",
    ),
    "no clock": ({"clock": None}, f"run() was given clock=None: {CLOCKS}"),
    "the class": (
        {"clock": VirtualClock},
        f"run() was given clock=<class 'course_lib.clock.VirtualClock'>: {CLOCKS}",
    ),
    "another reactor": (
        {"clock": AnotherReactor()},
        f"run() was given clock=<another reactor>: {CLOCKS}",
    ),
}


@pytest.mark.parametrize(("wrong", "sentence"), WRONG.values(), ids=WRONG)
def test_a_wrong_use_gets_one_sentence(wrong, sentence):
    arguments = {"experiment": does_nothing, "clock": VirtualClock(), "until": 3} | wrong

    with pytest.raises(ExperimentError) as caught:
        run(arguments.pop("experiment"), **arguments)

    assert str(caught.value) == sentence


def test_a_coroutine_instead_of_its_function_is_refused_without_a_warning():
    with pytest.raises(ExperimentError, match=r"<coroutine object a_coroutine>: it takes the experiment itself"):
        run(a_coroutine(), clock=VirtualClock(), until=3)


@pytest.mark.parametrize("missing", ["clock", "until"])
def test_clock_and_until_have_no_default(missing):
    arguments = {"clock": VirtualClock(), "until": 3}
    del arguments[missing]

    with pytest.raises(TypeError, match=f"run.. missing 1 required keyword-only argument: '{missing}'"):
        run(does_nothing, **arguments)


def test_a_builtin_without_a_signature_is_tried():
    with pytest.raises(TypeError):
        run(dict, clock=VirtualClock(), until=3)


@pytest.mark.parametrize("name", ["run", "stop", "crash", "iterate"])
@pytest.mark.parametrize("on", ["its clock", "the reactor"])
def test_the_reactor_cannot_be_stopped_or_run_by_an_experiment(either_clock, name, on):
    def experiment(clock, timeline):
        getattr(clock if on == "its clock" else reactor, name)()

    with pytest.raises(ExperimentError, match=rf"^an experiment may not call {name}\(\) on the reactor: "):
        run(experiment, clock=either_clock, until=60)

    assert name not in vars(reactor)
    a_moment_passes(0.05)


def test_stopping_the_reactor_in_a_callback_fails_that_callback(either_clock):
    def experiment(clock, timeline):
        clock.callLater(0, reactor.stop)  # looked up during the run
        clock.callLater(0, lambda: reactor.stop())

    timeline = run(experiment, clock=either_clock, until=0.1)

    assert [bar.failed[:52] for bar in timeline.bars] == ["ExperimentError: an experiment may not call stop() o"] * 2
    a_moment_passes(0.05)


async def awaits_asyncio(clock, timeline):
    await asyncio.sleep(0.05)


ASYNCIO = "an experiment cannot await what is asyncio's: its time is the clock's. Write await deferLater(clock, 1)."


def test_awaiting_asyncio_gets_one_sentence(either_clock):
    with pytest.raises(ExperimentError) as caught:
        run(awaits_asyncio, clock=either_clock, until=60)

    assert str(caught.value) == ASYNCIO
    assert "await asyncio.sleep(0.05)" in "".join(traceback.format_exception(caught.value))


def test_awaiting_asyncio_gets_one_sentence_in_a_cell_which_asyncio_runs(either_clock):
    async def cell():
        run(awaits_asyncio, clock=either_clock, until=60)

    with pytest.raises(ExperimentError) as caught:
        asyncio.run(cell())

    assert str(caught.value) == ASYNCIO


def test_run_on_the_experiments_own_clock_is_refused(either_clock):
    def experiment(clock, timeline):
        run(does_nothing, clock=clock, until=1)

    with pytest.raises(ExperimentError, match=r"run\(\) was called inside an experiment, with that experiment's clock"):
        run(experiment, clock=either_clock, until=60)


@pytest.mark.reactor
def test_run_on_the_reactor_is_refused_in_the_reactors_own_thread():
    def experiment(clock, timeline):
        run(does_nothing, clock=reactor, until=1)

    with pytest.raises(ExperimentError, match=r"run\(\) was called inside an experiment, in the reactor's own thread"):
        run(experiment, clock=reactor, until=60)


def test_a_virtual_run_fits_into_an_experiment(either_clock):
    inner = []

    def experiment(clock, timeline):
        inner.append(run(lambda clock, timeline: deferLater(clock, 1), clock=VirtualClock(), until=60))
        return succeed(None)

    run(experiment, clock=either_clock, until=60)

    assert round(inner[0].end, 3) == 1
    assert "stop" not in vars(reactor)


def test_call_later_from_another_thread_gets_one_sentence(either_clock):
    errors = []

    def experiment(clock, timeline):
        def elsewhere():
            try:
                clock.callLater(1, job)
            except ExperimentError as error:
                errors.append(str(error))

        thread = Thread(target=elsewhere, name="elsewhere")
        thread.start()
        thread.join()
        return succeed(None)

    run(experiment, clock=either_clock, until=60)

    assert errors == [
        "callLater was called in elsewhere, but a reactor's methods belong to the reactor's own thread."
        " From another thread use clock.callFromThread(f): it asks the reactor to call f."
    ]


@pytest.mark.parametrize("name", ["callFromThread", "listenTCP"])
def test_a_virtual_clock_says_what_it_has_not_got(name):
    def experiment(clock, timeline):
        getattr(clock, name)

    with pytest.raises(AttributeError) as caught:
        run(experiment, clock=VirtualClock(), until=3)

    assert str(caught.value) == (
        f"a VirtualClock has no {name}: in virtual time there is time, but no network, no threads and no processes."
        " Run this experiment with clock=reactor."
    )
