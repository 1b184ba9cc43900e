"""What takes real time in virtual time is noticed, by a fake timer: no test depends on the machine."""

from functools import partial

import pytest

from course_lib import VirtualClock, run
from course_lib.running import stopwatch
from course_lib.running.stopwatch import COMPUTING, GLANCE, WAITING, Stopwatch


class Times:
    """The real time and the processor's, both set by hand."""

    def __init__(self):
        self.real = self.processor = 100.0

    def compute(self, seconds):
        """Take so many seconds of both."""
        self.real += seconds
        self.processor += seconds

    def wait(self, seconds):
        """Take so many seconds of real time."""
        self.real += seconds


@pytest.fixture
def times(monkeypatch):
    times = Times()
    monkeypatch.setattr(stopwatch, "perf_counter", lambda: times.real)
    monkeypatch.setattr(stopwatch, "thread_time", lambda: times.processor)
    return times


def test_a_long_computation_is_noticed(times):
    watch = Stopwatch()
    times.compute(COMPUTING + 2 * GLANCE)

    assert watch.lap()
    assert not watch.lap()


def test_a_long_wait_is_noticed(times):
    watch = Stopwatch()
    times.wait(WAITING)

    assert watch.lap()
    assert not watch.lap()


def test_a_thread_that_the_machine_keeps_waiting_is_not_blamed(times):
    watch = Stopwatch()
    times.wait(0.9 * WAITING)

    assert not watch.lap()


def test_a_computation_that_is_not_long_is_not_noticed(times):
    watch = Stopwatch()
    times.compute(0.9 * COMPUTING)

    assert not watch.lap()


def test_many_short_laps_are_no_long_one(times):
    watch = Stopwatch()
    laps = []
    for _ in range(10_000):
        times.compute(GLANCE / 9)
        laps.append(watch.lap())

    assert not any(laps)


def test_a_lap_is_judged_by_itself_but_for_a_glance(times):
    watch = Stopwatch()
    times.compute(0.9 * GLANCE)
    assert not watch.lap()
    times.compute(COMPUTING - GLANCE)
    assert not watch.lap()


NOTE = (
    "{} took real time, of which virtual time knows nothing: on the reactor all else would have waited."
    " Let timeline.block(seconds) stand for it, or run it with clock=reactor."
)


@pytest.mark.parametrize("take", ["compute", "wait"])
def test_who_takes_real_time_in_virtual_time_is_named(times, take):
    long = partial(getattr(times, take), 2)

    def busy():
        long()

    def experiment(clock, timeline):
        clock.callLater(0.5, timeline.traced(lambda: None, name="before"))
        clock.callLater(1, timeline.traced(busy))
        clock.callLater(1.5, timeline.traced(busy, name="untraced by name"))
        clock.callLater(2, timeline.traced(lambda: None, name="after"))

    assert run(experiment, clock=VirtualClock(), until=3).notes == (
        NOTE.format("busy"),
        NOTE.format("untraced by name"),
    )


def test_an_experiment_that_takes_real_time_itself_is_named(times):
    def experiment(clock, timeline):
        times.compute(1)

    assert run(experiment, clock=VirtualClock(), until=3).notes == (NOTE.format("experiment"),)


def test_of_one_turn_all_are_named(times):
    def experiment(clock, timeline):
        for name in "ab":
            clock.callLater(1, timeline.traced(partial(times.compute, 0.2), name=name))

    assert run(experiment, clock=VirtualClock(), until=3).notes == (NOTE.format("a or b"),)


def test_the_same_is_said_once_and_no_more_than_three_are_named(times):
    def experiment(clock, timeline):
        for k in range(5):
            clock.callLater(k, timeline.traced(partial(times.wait, 2), name=f"job {k}"))
            clock.callLater(k + 0.5, timeline.traced(partial(times.wait, 2), name=f"job {k}, again"))

    notes = run(experiment, clock=VirtualClock(), until=9).notes

    assert notes == tuple(NOTE.format(who) for who in ("job 0", "job 0, again", "job 1"))


def test_it_goes_along_with_what_the_experiment_raises(times):
    def experiment(clock, timeline):
        times.compute(1)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no") as caught:
        run(experiment, clock=VirtualClock(), until=3)

    assert caught.value.__notes__ == [NOTE.format("experiment")]
