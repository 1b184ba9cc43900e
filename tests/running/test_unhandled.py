"""Errors in Deferreds that nobody handles end up in the notes of their own run."""

import gc
from threading import Event

import pytest
from twisted.internet import reactor
from twisted.internet.defer import Deferred, DeferredList, fail, gatherResults, succeed
from twisted.internet.task import Cooperator, LoopingCall, deferLater
from twisted.internet.threads import deferToThread

from course_lib import VirtualClock, run
from course_lib.errors import ExperimentError
from course_lib.running.unhandled import unhandled_errors
from tests.helpers import in_fresh_python

NOTE = "nobody handled an error: ValueError: no. Return its Deferred, or add an errback."


def fails(*ignored):
    raise ValueError("no")


def looping(clock, timeline):
    loop = LoopingCall(timeline.traced(fails))
    loop.clock = clock
    loop.start(1)


def looping_in_a_circle(clock, timeline):
    """The Deferred is part of a circle, and goes only when the garbage is collected."""
    loop = LoopingCall(timeline.traced(fails))
    loop.clock = clock
    loop.ended = loop.start(1)
    loop.itself = loop


def untraced(clock, timeline):
    clock.callLater(0, lambda: fail(ValueError("no")))


@pytest.mark.parametrize("experiment", [looping, looping_in_a_circle, untraced])
def test_an_error_that_nobody_handles_is_a_note(experiment, either_clock, twisted_errors):
    timeline = run(experiment, clock=either_clock, until=0.1)
    gc.collect()

    assert timeline.notes == (NOTE,)
    assert twisted_errors == []


def test_the_same_error_is_told_once(either_clock):
    def experiment(clock, timeline):
        for _ in range(3):
            untraced(clock, timeline)

    assert run(experiment, clock=either_clock, until=0.1).notes == (NOTE,)


def test_an_error_with_an_errback_is_not_told(either_clock):
    def experiment(clock, timeline):
        clock.callLater(0, lambda: fail(ValueError("no")).addErrback(lambda _: None))

    assert run(experiment, clock=either_clock, until=0.1).notes == ()


KEPT = (
    "an error that gatherResults or a DeferredList passed on stayed in its own Deferred too: ValueError: no."
    " Write consumeErrors=True."
)
FAILING = {
    "coiterate": lambda cooperator: cooperator.coiterate(map(fails, "a")),
    "cooperate": lambda cooperator: cooperator.cooperate(map(fails, "a")).whenDone(),
}
GATHERED = {
    "gatherResults": (gatherResults, (KEPT,)),
    "DeferredList": (DeferredList, (KEPT,)),
    "consumeErrors": (lambda several: gatherResults(several, consumeErrors=True), ()),
    "none": (lambda several: several[0], ()),
}


@pytest.mark.parametrize("failing", FAILING.values(), ids=FAILING)
@pytest.mark.parametrize(("gathered", "notes"), GATHERED.values(), ids=GATHERED)
def test_of_an_error_that_was_gathered_and_handled_it_is_said_what_is_missing(failing, gathered, notes, either_clock):
    """The errback that is there is not asked for."""

    def experiment(clock, timeline):
        cooperator = Cooperator(scheduler=lambda turn: clock.callLater(0.01, turn))
        gathered([failing(cooperator), succeed(None)]).addErrback(lambda _: None)

    assert run(experiment, clock=either_clock, until=0.1).notes == notes


def test_an_error_that_was_gathered_and_handled_by_nobody_is_told_twice():
    def experiment(clock, timeline):
        gatherResults([deferLater(clock, 1, fails)])

    assert sorted(run(experiment, clock=VirtualClock(), until=3).notes) == sorted([KEPT, NOTE])


def test_a_sentence_of_ours_is_said_as_it_is():
    def experiment(clock, timeline):
        fail(ExperimentError("It cannot work. Write something else."))

    assert run(experiment, clock=VirtualClock(), until=3).notes == ("It cannot work. Write something else.",)


def test_a_second_error_goes_along_with_the_one_that_is_raised(either_clock, twisted_errors):
    """It would be told when the traceback of the first goes, which is when a later cell fails."""

    async def experiment(clock, timeline):
        first, second = deferLater(clock, 0.02, fails), deferLater(clock, 0.01, fails)
        await first
        await second

    with pytest.raises(ValueError, match="no") as caught:
        run(experiment, clock=either_clock, until=30)

    assert caught.value.__notes__ == [NOTE]
    del caught
    gc.collect()
    assert twisted_errors == []


def test_what_ending_a_run_cancels_is_no_error(either_clock, twisted_errors):
    kept = []

    def experiment(clock, timeline):
        never = Deferred()
        kept.append(gatherResults([never]))
        return never.addCallback(lambda _: None).addErrback(lambda failure: failure.raiseException())

    timeline = run(experiment, clock=either_clock, until=0.05)
    kept.clear()
    gc.collect()

    assert len(timeline.notes) == 1
    assert timeline.notes[0].startswith("nothing was scheduled any more")
    assert twisted_errors == []


@pytest.mark.reactor
def test_a_loop_whose_thread_ends_after_the_run_stops_without_a_word(twisted_errors):
    enough = Event()
    loops = []

    def experiment(clock, timeline):
        loop = LoopingCall(lambda: deferToThread(enough.wait, 30))
        loop.clock = clock
        loop.start(0.01)
        loops.append(loop)

    run(experiment, clock=reactor, until=0.05)
    assert loops[0].running
    enough.set()
    next_run = run(lambda clock, timeline: None, clock=reactor, until=0.3)
    ended = not loops[0].running
    del loops[:]
    gc.collect()

    assert ended
    assert next_run.notes == ()
    assert twisted_errors == []


def test_between_runs_an_unhandled_error_is_logged_as_ever(twisted_errors):
    run(lambda clock, timeline: None, clock=VirtualClock(), until=1)

    fail(ValueError("no"))
    gc.collect()

    assert twisted_errors[0] == "Unhandled error in Deferred:"
    assert "ValueError" in twisted_errors[1]


def test_nothing_reaches_stderr_before_the_reactor_runs():
    result = in_fresh_python("""
        from course_lib import VirtualClock, run
        from tests.running.test_unhandled import looping, looping_in_a_circle

        for experiment in (looping, looping_in_a_circle):
            print(*run(experiment, clock=VirtualClock(), until=1).notes)
    """)

    assert (result.stdout, result.stderr) == (f"{NOTE}\n{NOTE}\n", "")


def test_a_block_that_ends_before_a_later_one_leaves_that_one_listening():
    """As a live run does, which is ended within the block of the next run."""
    first, second = unhandled_errors(), unhandled_errors()
    first.__enter__()
    told = second.__enter__()
    first.__exit__(None, None, None)
    fail(ValueError("no"))
    second.__exit__(None, None, None)

    assert told == ["nobody handled an error: ValueError: no. Return its Deferred, or add an errback."]
