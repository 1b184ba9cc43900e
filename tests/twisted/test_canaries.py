"""What the lessons show of Twisted and would no longer be so once Twisted mends it: red here means, change the lesson."""

from itertools import count

import pytest
from twisted.internet.base import DelayedCall
from twisted.internet.defer import AlreadyCalledError, CancelledError, Deferred
from twisted.internet.task import (
    Clock,
    CooperativeTask,
    Cooperator,
    LoopingCall,
    NotPaused,
    TaskStopped,
    deferLater,
)

CHAPTER = "change chapter 04_pause_and_stop, then this canary"


def cooperator_on(clock):
    """Make one step a second."""
    return Cooperator(lambda: lambda: True, lambda turn: clock.callLater(1, turn))


def loop_of(clock, f):
    loop = LoopingCall(f)
    loop.clock = clock
    return loop


@pytest.mark.parametrize(("many", "heard"), [(2, [0]), (3, [0, 2]), (4, [0, 2]), (5, [0, 2, 4])])
def test_a_stopped_cooperator_tells_only_every_second_task(many, heard):
    told = []
    cooperator = Cooperator(started=False)
    for number in range(many):
        done = cooperator.cooperate(count()).whenDone()
        done.addErrback(lambda _, number=number: told.append(number))

    cooperator.stop()

    assert told == heard, (
        f"Twisted has mended it: of {many} tasks, Cooperator.stop() told {told}, and not only every second: {CHAPTER}"
    )


def test_a_task_that_was_not_told_cannot_be_stopped_either():
    cooperator = Cooperator(started=False)
    tasks = [cooperator.cooperate(count()) for _ in range(2)]
    for task in tasks:
        task.whenDone().addErrback(lambda _: None)
    cooperator.stop()

    with pytest.raises(ValueError, match="not in list"):
        tasks[1].stop()


@pytest.mark.parametrize("many", [2, 3, 4, 5])
def test_tasks_stopped_one_by_one_are_all_told(many):
    told = []
    clock = Clock()
    cooperator = cooperator_on(clock)
    tasks = [cooperator.cooperate(count()) for _ in range(many)]
    for task in tasks:
        task.whenDone().addErrback(lambda failure: told.append(failure.type))

    for task in tasks:
        task.stop()

    assert told == [TaskStopped] * many
    assert clock.getDelayedCalls() == []


def test_only_a_cooperative_task_has_pause_and_resume():
    kinds = [DelayedCall, LoopingCall, CooperativeTask]

    found = [kind for kind in kinds if hasattr(kind, "pause") or hasattr(kind, "resume")]

    assert found == [CooperativeTask], f"Twisted has given pause or resume to others: {found}: {CHAPTER}"


def test_cancelling_the_deferred_of_start_does_not_stop_the_loop():
    """Issue #6656 of Twisted."""
    clock, failures = Clock(), []
    loop = loop_of(clock, lambda: None)
    over = loop.start(1)
    over.addErrback(lambda failure: failures.append(failure.type))

    over.cancel()

    assert failures == [CancelledError]
    assert loop.running, f"Twisted has mended #6656: cancelling the Deferred of start() stops the loop: {CHAPTER}"


def test_stop_does_not_cancel_the_deferred_of_the_job():
    """Issue #11814 of Twisted."""
    clock, job = Clock(), Deferred()
    loop = loop_of(clock, lambda: job)
    over = loop.start(1)

    loop.stop()

    assert not job.called, f"Twisted has mended #11814: stop() cancels the Deferred that f returned: {CHAPTER}"
    assert not over.called
    job.callback(None)
    assert over.called


def test_a_loop_restarted_inside_its_job_forgets_its_first_start_and_runs_twice():
    """Issue #2804 of Twisted."""
    clock, ticks, restarted = Clock(), [], []

    def job():
        ticks.append(clock.seconds())
        if not restarted:
            restarted.append(True)
            loop.stop()
            loop.start(1, now=False)

    loop = loop_of(clock, job)
    first = loop.start(1, now=False)
    clock.pump([1, 1, 1])

    assert ticks == [1, 2, 2, 3, 3], f"Twisted has mended #2804: the loop ticked at {ticks}: {CHAPTER}"
    assert not first.called, f"Twisted has mended #2804: the first Deferred of start() fired: {CHAPTER}"


def test_a_loop_restarted_while_its_job_waits_forgets_its_first_start_and_runs_twice():
    """Issue #2804 of Twisted, from outside the job."""
    clock, begun = Clock(), []

    def job():
        begun.append(clock.seconds())
        return deferLater(clock, 0.5)

    loop = loop_of(clock, job)
    first = loop.start(1)
    clock.advance(0.25)
    loop.stop()
    loop.start(1)
    clock.pump([0.25] * 8)

    assert begun == [0, 0.25, 1.25, 1.25, 2.25, 2.25], f"Twisted has mended it: the jobs began at {begun}: {CHAPTER}"
    assert not first.called, f"Twisted has mended it: the first Deferred of start() fired: {CHAPTER}"


def test_two_starts_with_both_jobs_waiting_lose_one_deferred():
    """Issue #2998 of Twisted."""
    jobs, failures = [Deferred(), Deferred()], []
    waiting = iter(jobs)
    loop = loop_of(Clock(), lambda: next(waiting))
    starts = []
    for _ in jobs:
        starts.append(loop.start(5))
        loop.stop()

    for job in jobs:
        job.addErrback(lambda failure: failures.append(failure.type))
        job.callback(None)

    told = [start.called for start in starts]
    assert told == [False, True], f"Twisted has mended #2998: the Deferreds of start() fired: {told}: {CHAPTER}"
    assert failures == [AssertionError]


def test_resume_takes_away_the_pause_of_an_awaited_deferred():
    clock, answer, failures = Clock(), Deferred(), []
    steps = []

    def worker():
        yield answer
        steps.append(answer.called)
        yield

    task = cooperator_on(clock).cooperate(worker())
    task.whenDone().addErrback(lambda _: None)
    clock.advance(1)
    task.resume()
    clock.advance(1)
    answer.addErrback(lambda failure: failures.append(failure.type))
    answer.callback(42)

    assert steps == [False], f"Twisted has mended it: resume() is refused while a task awaits its Deferred: {CHAPTER}"
    assert failures == [NotPaused]


def test_a_failure_that_comes_after_stop_is_lost():
    clock, disk, failures = Clock(), Deferred(), []
    task = cooperator_on(clock).cooperate(iter([disk]))
    task.whenDone().addErrback(lambda _: None)
    clock.advance(1)
    task.stop()
    disk.addErrback(lambda failure: failures.append(failure.type))

    disk.errback(OSError("disk full"))

    assert failures == [AlreadyCalledError], f"Twisted has mended it: a late failure gave {failures}: {CHAPTER}"


def test_a_changed_interval_counts_from_the_start():
    clock, ticks = Clock(), []
    loop = loop_of(clock, lambda: ticks.append(clock.seconds()))
    loop.start(2)
    clock.pump([1, 1, 1])
    loop.interval = 0.75

    clock.pump([0.25] * 12)

    assert ticks == [0, 2, 4, 4.5, 5.25, 6], f"a changed interval is taken up otherwise: {ticks}: {CHAPTER}"


def test_reset_inside_the_job_does_nothing():
    clock, ticks = Clock(), []

    def job():
        ticks.append(clock.seconds())
        loop.reset()

    loop = loop_of(clock, job)
    loop.start(2)

    clock.pump([1] * 6)

    assert ticks == [0, 2, 4, 6]
    assert loop.starttime == 0, f"reset() inside the job has moved the grid: {CHAPTER}"


def test_a_time_out_on_start_stops_nothing():
    clock, ticks, failures = Clock(), [], []
    loop = loop_of(clock, lambda: ticks.append(clock.seconds()))
    over = loop.start(1).addTimeout(2.5, clock)
    over.addErrback(lambda failure: failures.append(failure.type.__name__))

    clock.pump([0.5] * 10)

    assert failures == ["TimeoutError"]
    assert ticks == [0, 1, 2, 3, 4, 5], f"Twisted has mended it: a time-out on start() ends the loop: {CHAPTER}"
