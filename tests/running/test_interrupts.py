"""Kernel → Interrupt, within one process; test_kernel.py presses it in a real kernel."""

import os
import signal
from threading import Event, Thread, Timer

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall

from course_lib import VirtualClock, run
from course_lib.running import interrupts
from course_lib.running.interrupts import interrupts_held
from course_lib.running.surroundings import Surroundings


def press(times=1):
    for _ in range(times):
        signal.raise_signal(signal.SIGINT)


def held_while_pressed(did, times):
    with interrupts_held(lambda: did.append("pressed")):
        press(times)
        did.append("went on")


def test_presses_are_noted_and_one_is_raised_at_the_end():
    did = []

    with pytest.raises(KeyboardInterrupt):
        held_while_pressed(did, times=3)

    assert did == ["pressed", "pressed", "pressed", "went on"]


def test_the_former_handler_is_restored_whether_pressed_or_not():
    before = signal.getsignal(signal.SIGINT)

    with interrupts_held(list):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before

    with pytest.raises(KeyboardInterrupt):
        held_while_pressed([], times=1)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_press_of_the_same_hand_is_held_too_when_all_is_done_already():
    second = Timer(interrupts.ONE_HAND / 4, os.kill, (os.getpid(), signal.SIGINT))

    def pressed_last_of_all():
        with interrupts_held(second_pressed.set):
            press()
            second_pressed.clear()
            second.start()

    second_pressed = Event()
    with pytest.raises(KeyboardInterrupt):
        pressed_last_of_all()

    assert second_pressed.is_set()


def test_another_error_is_not_replaced():
    def presses_and_fails():
        with interrupts_held(list):
            press()
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        presses_and_fails()


def test_in_another_thread_nothing_is_held():
    handlers = []

    def elsewhere():
        with interrupts_held(list):
            handlers.append(signal.getsignal(signal.SIGINT))

    thread = Thread(target=elsewhere)
    thread.start()
    thread.join()

    assert handlers == [signal.getsignal(signal.SIGINT)]


def interrupted(experiment):
    """Run an experiment that is interrupted, and return the clock it was given."""
    clock = VirtualClock()
    before = signal.getsignal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run(experiment, clock=clock, until=60)

    assert signal.getsignal(signal.SIGINT) is before
    return clock


def test_a_virtual_run_is_interrupted_at_once():
    def experiment(clock, timeline):
        def endless():
            while True:
                press()

        clock.callLater(1, endless)
        clock.callLater(30, endless)

    clock = interrupted(experiment)

    assert round(clock.seconds(), 3) == 1
    assert clock.calls == []


def test_a_virtual_run_is_interrupted_though_a_deferred_caught_the_interrupt():
    ticks = []

    def experiment(clock, timeline):
        def tick():
            ticks.append(clock.seconds())
            press()

        for start in (0, 0.5):
            loop = LoopingCall(timeline.traced(tick, name=f"from {start}"))
            loop.clock = clock
            clock.callLater(start, loop.start, 1)

    clock = interrupted(experiment)

    assert len(ticks) == 1
    assert clock.calls == []


def test_a_virtual_run_is_interrupted_in_the_experiments_body():
    def experiment(clock, timeline):
        clock.callLater(30, press)
        press(2)

    assert interrupted(experiment).calls == []


def test_a_second_press_does_not_disturb_the_cleaning():
    def experiment(clock, timeline):
        clock.callLater(1, press)
        clock.callLater(30, press)
        return Deferred(lambda deferred: press())

    assert interrupted(experiment).calls == []


def test_a_press_before_the_experiment_begins_keeps_it_from_being_called(monkeypatch):
    def presses_first(reactor):
        press()
        return Surroundings(reactor)

    monkeypatch.setattr("course_lib.running.guard.Surroundings", presses_first)
    called = []

    assert interrupted(lambda clock, timeline: called.append(1)).calls == []
    assert called == []
