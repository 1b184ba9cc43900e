"""What goes past the clock is found, stopped and named."""

import socket
from functools import partial
from threading import Event, Thread, Timer

import pytest
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.internet.process import reapAllProcesses
from twisted.internet.protocol import ClientFactory, Factory, ProcessProtocol, Protocol
from twisted.internet.task import LoopingCall, coiterate, cooperate, deferLater
from twisted.internet.testing import MemoryReactorClock
from twisted.internet.threads import deferToThread

from course_lib import VirtualClock, run
from course_lib.running.real import in_reactor, start_reactor
from course_lib.running.surroundings import Surroundings
from tests.helpers import a_moment_passes, in_fresh_python, left_on

LOOPING = "tick ran past the clock: its LoopingCall was started without it. It was stopped. Write loop.clock = clock before loop.start()."
COOPERATING = (
    "a cooperative task ran past the clock: task.cooperate() knows only the reactor's. It was stopped."
    " Give a Cooperator a scheduler that calls clock.callLater."
)
SCHEDULED = "again was scheduled past the clock, with reactor.callLater. It was cancelled. Write clock.callLater."


@pytest.fixture
def ticks():
    return []


@pytest.fixture
def tick(ticks):
    """A job that counts its runs, and makes the escapes below known by its name."""

    def tick():
        ticks.append(1)

    return tick


def steps():
    while True:
        yield


def loop_without_clock(tick):
    LoopingCall(tick).start(0.05)


def two_cooperative_tasks(tick):
    for _ in range(2):
        cooperate(tick() for _ in steps())


def call_later(tick):
    def again():
        tick()
        reactor.callLater(0.05, again)

    again()


ESCAPES = {
    "LoopingCall": (loop_without_clock, LOOPING),
    "cooperate": (two_cooperative_tasks, COOPERATING),
    "callLater": (call_later, SCHEDULED),
}


@pytest.mark.reactor
@pytest.mark.parametrize(("escape", "sentence"), ESCAPES.values(), ids=ESCAPES)
def test_work_past_the_clock_is_stopped_and_named(escape, sentence, either_clock, tick, ticks, twisted_errors):
    start_reactor()

    timeline = run(lambda clock, timeline: escape(tick), clock=either_clock, until=0.03)
    so_far = len(ticks)
    a_moment_passes()

    assert timeline.notes == (sentence,)
    assert len(ticks) == so_far
    assert left_on(reactor) == []
    assert twisted_errors == []


def test_work_past_the_clock_is_found_on_a_reactor_that_does_not_run():
    result = in_fresh_python("""
        from course_lib import VirtualClock, run
        from tests.running.test_surroundings import ESCAPES

        def tick():
            pass

        def experiment(clock, timeline):
            from twisted.internet import reactor
            for escape, sentence in ESCAPES.values():
                escape(tick)

        print(*run(experiment, clock=VirtualClock(), until=1).notes, sep="\\n")
        from twisted.internet import reactor
        print(reactor.getDelayedCalls(), reactor.running)
    """)

    assert result.stderr == ""
    assert sorted(result.stdout.splitlines()) == sorted([LOOPING, COOPERATING, SCHEDULED, "[] False"])


@pytest.mark.reactor
def test_the_reactors_own_cooperator_goes_on_working_afterwards(either_clock, tick):
    start_reactor()

    for _ in range(2):
        run(lambda clock, timeline: two_cooperative_tasks(tick), clock=either_clock, until=0.03)

    items = []
    run(lambda clock, timeline: coiterate(items.append(i) for i in range(3)), clock=reactor, until=30)
    assert items == [0, 1, 2]


@pytest.mark.reactor
def test_what_a_cell_put_on_the_reactor_is_named_and_left_alone(either_clock, tick, ticks):
    start_reactor()
    loop = LoopingCall(tick)
    task = in_reactor(lambda: (loop.start(0.01), cooperate(steps()))[1])
    try:
        timeline = run(lambda clock, timeline: call_later(tick), clock=either_clock, until=0.03)
        ticks.clear()
        a_moment_passes(0.1)
        went_on = len(ticks)
    finally:
        in_reactor(lambda: (loop.stop(), task.whenDone().addErrback(lambda _: None), task.stop()))

    here = "was on the reactor before this run and still is: a cell put it there. Only run() should."
    assert sorted(timeline.notes) == sorted([f"tick {here}", f"a cooperative task {here}", SCHEDULED])
    assert went_on > 0


@pytest.mark.reactor
def test_a_cooperative_task_of_an_experiment_is_told_from_that_of_a_cell():
    start_reactor()
    others = []
    task = in_reactor(lambda: cooperate(others.append(1) for _ in steps()))
    try:
        run(lambda clock, timeline: cooperate(steps()) and None, clock=reactor, until=0.03)
        others.clear()
        a_moment_passes(0.1)
    finally:
        in_reactor(lambda: (task.whenDone().addErrback(lambda _: None), task.stop()))

    assert others


@pytest.mark.reactor
def test_crochets_own_reaping_of_processes_is_left_alone(either_clock):
    start_reactor()

    timeline = run(lambda clock, timeline: None, clock=either_clock, until=0.03)

    reaping = [call for call in reactor.getDelayedCalls() if getattr(call.func, "f", None) is reapAllProcesses]
    assert len(reaping) == 1
    assert timeline.notes == ()


@pytest.mark.reactor
def test_a_loop_that_was_scheduled_without_being_started_is_cancelled(tick):
    timeline = run(lambda clock, timeline: reactor.callLater(30, LoopingCall(tick)) and None, clock=reactor, until=0.03)

    assert timeline.notes == (SCHEDULED.replace("again", "tick"),)
    assert left_on(reactor) == []


@pytest.mark.reactor
def test_work_past_the_clock_is_named_in_the_experiments_own_error(either_clock, tick):
    def experiment(clock, timeline):
        call_later(tick)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no") as caught:
        run(experiment, clock=either_clock, until=1)

    assert caught.value.__notes__ == [SCHEDULED]
    assert left_on(reactor) == []


# The network, threads and processes are the real reactor's alone.


def descriptors():
    return in_reactor(
        lambda: [d for d in (*reactor.getReaders(), *reactor.getWriters()) if hasattr(d, "connectionLost")]
    )


def keeping(factory, kept):
    """A factory of protocols that are kept when they are connected."""

    class Keeps(Protocol):
        def connectionMade(self):
            kept.append(self)

    return factory.forProtocol(Keeps)


server, client = partial(keeping, Factory), partial(keeping, ClientFactory)


def test_a_scheduled_reactor_stop_is_a_failed_bar_in_a_lane_of_that_name():
    timeline = run(lambda clock, timeline: clock.callLater(0.5, reactor.stop) and None, clock=VirtualClock(), until=1)

    assert [(bar.lane, bar.failed.partition(":")[0]) for bar in timeline.bars] == [("stop", "ExperimentError")]


@pytest.mark.reactor
def test_a_port_left_listening_is_closed_and_named(twisted_errors):
    start_reactor()
    before = descriptors()

    timeline = run(
        lambda clock, timeline: clock.listenTCP(0, server([]), interface="127.0.0.1") and None,
        clock=reactor,
        until=0.05,
    )
    a_moment_passes(0.05)

    assert timeline.notes == ("a port was still listening. It was closed. Stop listening before the run ends.",)
    assert descriptors() == before
    assert twisted_errors == []


@pytest.mark.reactor
def test_connections_left_open_are_closed_and_named(twisted_errors):
    start_reactor()
    before = descriptors()
    kept = []

    async def experiment(clock, timeline):
        port = await TCP4ServerEndpoint(clock, 0, interface="127.0.0.1").listen(server(kept))
        clock.connectTCP("127.0.0.1", port.getHost().port, client(kept))
        while len(kept) < 2:
            await deferLater(clock, 0.01)
        await port.stopListening()

    timeline = run(experiment, clock=reactor, until=30)
    a_moment_passes(0.05)

    assert timeline.notes == ("a connection was still open. It was closed. Close it before the run ends.",)
    assert descriptors() == before
    assert left_on(reactor) == []
    assert twisted_errors == []


@pytest.mark.reactor
def test_a_connection_that_is_not_answered_is_closed_with_all_that_belongs_to_it():
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, socket.create_connection(full.getsockname()):
        timeline = run(
            lambda clock, timeline: clock.connectTCP(*full.getsockname(), client([])) and None,
            clock=reactor,
            until=0.05,
        )
        a_moment_passes(0.05)

    assert timeline.notes == ("a connection was still open. It was closed. Close it before the run ends.",)
    assert left_on(reactor) == []


@pytest.mark.reactor
def test_a_thread_left_at_work_is_named():
    enough = Event()
    try:
        timeline = run(lambda clock, timeline: clock.callInThread(enough.wait, 30), clock=reactor, until=0.05)
    finally:
        enough.set()

    assert timeline.notes == (
        "1 of the reactor's threads is still at work; a thread cannot be stopped, only waited for.",
    )


@pytest.mark.reactor
def test_a_timer_of_threading_is_cancelled_and_named(either_clock):
    timers = []

    def experiment(clock, timeline):
        timers.append(Timer(60, print))
        timers[0].start()

    timeline = run(experiment, clock=either_clock, until=0.05)
    timers[0].join(30)

    assert timeline.notes == (
        "a threading.Timer was still running: it goes by real time. It was cancelled. Write clock.callLater.",
    )
    assert not timers[0].is_alive()


@pytest.mark.reactor
def test_threads_that_the_experiment_began_are_named_when_they_are_still_at_work(either_clock):
    enough = Event()

    def experiment(clock, timeline):
        for work in (enough.wait, enough.wait, int):
            Thread(target=work).start()

    try:
        timeline = run(experiment, clock=either_clock, until=0.05)
    finally:
        enough.set()

    assert timeline.notes == (
        "2 of the threads that the experiment began are still at work; a thread cannot be stopped, only waited for.",
    )


@pytest.mark.reactor
def test_a_thread_that_somebody_else_began_is_not_named(either_clock):
    enough, began = Event(), Event()

    def elsewhere():
        Thread(target=enough.wait).start()
        began.set()

    def experiment(clock, timeline):
        assert helper_may.set() is None
        assert began.wait(30)

    helper_may = Event()
    helper = Thread(target=lambda: (helper_may.wait(30), elsewhere()))
    helper.start()
    try:
        timeline = run(experiment, clock=either_clock, until=0.05)
    finally:
        enough.set()
        helper.join()

    assert timeline.notes == ()


class Stuck:
    """A reader that cannot be closed."""

    def __init__(self):
        self.socket, self.other = socket.socketpair()

    def fileno(self):
        return self.socket.fileno()

    def logPrefix(self):
        return "stuck"

    def stopListening(self):
        raise RuntimeError("no")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.other.close()


STUCK = "a port or a connection was left, and could not be ended: RuntimeError: no."


@pytest.mark.reactor
def test_what_cannot_be_closed_is_named_and_taken_off_the_reactor_and_the_rest_is_closed():
    start_reactor()
    before = descriptors()

    def experiment(clock, timeline):
        clock.addReader(stuck)
        clock.listenTCP(0, server([]), interface="127.0.0.1")
        reactor.callLater(30, print)

    with Stuck() as stuck:
        timeline = run(experiment, clock=reactor, until=0.05)
        a_moment_passes(0.05)
        assert stuck not in in_reactor(reactor.getReaders)

    assert sorted(timeline.notes) == sorted(
        [
            STUCK,
            "a port was still listening. It was closed. Stop listening before the run ends.",
            SCHEDULED.replace("again", "print"),
        ]
    )
    assert descriptors() == before
    assert left_on(reactor) == []


def test_a_thread_that_is_about_to_end_is_given_a_moment():
    busy = [0, 1, 1, 0]

    class Pool:
        @property
        def working(self):
            return [None] * busy.pop(0)

    reactor = MemoryReactorClock()
    reactor.threadpool = Pool()

    assert Surroundings(reactor).clean(reactor) == []


@pytest.mark.reactor
def test_a_thread_that_has_just_delivered_its_result_is_not_named():
    notes = [run(lambda clock, timeline: deferToThread(int), clock=reactor, until=30).notes for _ in range(30)]

    assert notes == [()] * 30


@pytest.mark.reactor
def test_a_child_process_left_running_is_killed_and_named():
    ended = Deferred()

    class Child(ProcessProtocol):
        def processEnded(self, reason):
            ended.callback(reason.value.signal)

    timeline = run(
        lambda clock, timeline: clock.spawnProcess(Child(), "sleep", ["sleep", "30"]) and None,
        clock=reactor,
        until=0.05,
    )
    signals = []
    run(lambda clock, timeline: ended.addCallback(signals.append), clock=reactor, until=30)

    assert timeline.notes == ("a child process was still running. It was killed. Wait for it before the run ends.",)
    assert signals == [9]


def test_a_virtual_run_without_any_reactor_has_nothing_to_look_at():
    result = in_fresh_python("""
        import sys
        from course_lib import VirtualClock, run

        print(run(lambda clock, timeline: None, clock=VirtualClock(), until=1).notes)
        print("twisted.internet.reactor" in sys.modules)
    """)

    assert (result.stdout, result.stderr) == ("()\nFalse\n", "")
