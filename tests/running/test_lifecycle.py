"""One run, step by step, where run() itself cannot show it."""

import pytest
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from course_lib import VirtualClock
from course_lib.errors import ExperimentError
from course_lib.running.lifecycle import Lifecycle, as_deferred, explained


def job():
    """Do nothing, in a lane of its own."""


@pytest.fixture
def clock():
    return VirtualClock()


@pytest.fixture
def ends():
    return []


@pytest.fixture
def life_of(clock, ends):
    """Makes the Lifecycle of an experiment of 3 seconds; `ends` notes each time it says that it is finished."""

    def life_of(experiment):
        return Lifecycle(
            experiment,
            clock=clock,
            until=3,
            live=False,
            sleep=clock.advance,
            finished=lambda: ends.append(clock.seconds()),
        )

    return life_of


def test_finish_before_begin_keeps_the_experiment_from_being_called(life_of, clock, ends):
    called = []
    life = life_of(lambda clock, timeline: called.append(1))

    life.finish()
    life.begin()

    assert (called, clock.calls, ends) == ([], [], [0])


def test_finish_finishes_once(life_of, clock, ends):
    life = life_of(lambda clock, timeline: None)
    life.begin()

    life.finish()
    life.finish()

    assert (clock.calls, ends) == ([], [0])


def test_a_deferred_that_fires_when_it_is_cancelled_does_no_harm(life_of, clock, ends):
    life = life_of(lambda clock, timeline: Deferred(lambda deferred: deferred.callback("after all")))
    life.begin()

    life.finish()

    assert life.error is None
    assert (clock.calls, ends) == ([], [0])


def test_whoever_waits_for_the_run_is_told_even_when_cleaning_fails(life_of, ends):
    life = life_of(lambda clock, timeline: None)
    life.begin()
    life._timer.cancel()
    life._timer = None

    with pytest.raises(AttributeError):
        life.finish()

    assert ends == [0]


def test_the_experiment_is_called_after_the_end_is_scheduled_and_before_all_else(life_of, clock):
    def experiment(clock, timeline):
        clock.callLater(3, job)

    life_of(experiment).begin()

    assert [call.func.__name__ for call in clock.calls[:1]] == ["finish"]


def test_a_failure_without_its_traceback_is_raised_all_the_same(life_of, ends):
    def experiment(clock, timeline):
        failure = Failure(ValueError("no"))
        try:
            failure.raiseException()
        except ValueError:
            failure = Failure()
        failure.cleanFailure()  # as for a failure that came through a pipe
        deferred = Deferred()
        clock.callLater(1, deferred.errback, failure)
        return deferred

    life = life_of(experiment)
    life.begin()
    life._clock.step()

    assert len(ends) == 1
    with pytest.raises(ValueError, match="no"):
        life.raise_error()


def test_notes_go_along_with_an_error(life_of):
    def experiment(clock, timeline):
        raise ValueError("no")

    life = life_of(experiment)
    life.begin()
    life.notes.append("a port was still listening")

    with pytest.raises(ValueError, match="no") as caught:
        life.raise_error()

    assert caught.value.__notes__ == ["a port was still listening"]


def test_a_deferred_passes_and_none_does():
    deferred = Deferred()

    assert as_deferred(deferred, "experiment") is deferred
    assert as_deferred(None, "experiment") is None


def test_a_coroutine_is_run_as_a_deferred():
    async def experiment():
        return "done"

    results = []
    as_deferred(experiment(), "experiment").addCallback(results.append)

    assert results == ["done"]


def test_anything_else_is_refused():
    with pytest.raises(ExperimentError, match=r"^experiment returned 3: an experiment returns a Deferred"):
        as_deferred(3, "experiment")


def test_only_the_complaints_of_asyncio_are_explained():
    error, complaint = RuntimeError("no"), RuntimeError("no running event loop")

    assert explained(error) is error
    assert isinstance(explained(complaint), ExperimentError)
    assert explained(complaint).__cause__ is complaint
