"""One guard around every run: whatever happens in it, all is as it was before."""

import asyncio
import gc
import signal
import sys
import time
from contextlib import suppress
from threading import Thread

import pytest
from twisted.internet import defer, reactor
from twisted.internet.defer import DeferredList

from course_lib import VirtualClock, run
from course_lib.errors import ExperimentError
from course_lib.running.guard import NoAnswer, guard, one_run
from course_lib.running.lifecycle import Lifecycle
from course_lib.running.unhandled import Unhandled


def places():
    """What a run changes for its length."""
    names = [
        (type(reactor), "stop"),
        (type(reactor), "getThreadPool"),
        (Thread, "start"),
        (DeferredList, "_cbDeferred"),
    ]
    return (
        [getattr(owner, name) for owner, name in names],
        ["stop" in vars(type(reactor)), time.sleep, sys.stdout, sys.stderr],
        [asyncio._get_running_loop(), signal.getsignal(signal.SIGINT), gc.isenabled()],
    )


def nothing(clock, timeline):
    pass


def fails(clock, timeline):
    raise ValueError("no")


def exits(clock, timeline):
    raise SystemExit


def interrupts(clock, timeline):
    raise KeyboardInterrupt


@pytest.mark.parametrize("experiment", [nothing, fails, exits, interrupts])
def test_all_is_as_before_whatever_the_experiment_does(experiment, either_clock):
    before, seen = places(), []

    def looks_around(clock, timeline):
        seen.append(places())
        experiment(clock, timeline)

    with suppress(ValueError, SystemExit, KeyboardInterrupt):
        run(looks_around, clock=either_clock, until=0.02)

    assert seen[0] != before
    assert places() == before
    assert isinstance(defer.log.observer, Unhandled)


def a_life(experiment=nothing):
    clock = VirtualClock()
    return Lifecycle(experiment, clock=clock, until=1, live=False, sleep=clock.advance, finished=lambda: None)


def test_a_reactor_that_does_not_answer_is_not_asked_to_clean_up():
    asked, before = [], places()

    def ask(f):
        asked.append(f)
        return f(None)

    with pytest.raises(NoAnswer), guard(a_life(), ask):
        raise NoAnswer("held")

    assert len(asked) == 1
    assert places() == before


def test_after_any_other_error_it_is_cleaned_up():
    asked = []

    def ask(f):
        asked.append(f)
        return f(None)

    with pytest.raises(ValueError, match="no"), guard(a_life(), ask):
        raise ValueError("no")

    assert len(asked) == 2


def test_the_experiments_own_error_is_raised_when_all_is_clean_with_the_notes():
    life = a_life(fails)
    guarded = guard(life, lambda f: f(None))
    guarded.__enter__().append("a note")
    life.begin()
    with pytest.raises(ValueError, match="no") as caught:
        guarded.__exit__(None, None, None)

    assert caught.value.__notes__ == ["a note"]


def test_there_is_one_run_at_a_time_and_in_its_own_thread_another_one_inside():
    said = []

    def elsewhere():
        try:
            with one_run():
                said.append("on")
        except ExperimentError as error:
            said.append(str(error)[:19])

    def in_a_thread():
        thread = Thread(target=elsewhere)
        thread.start()
        thread.join()

    with one_run(), one_run():
        in_a_thread()
    in_a_thread()

    assert said == ["a run is on already", "on"]
