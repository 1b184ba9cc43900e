"""Whatever an answer does, it comes back with a sentence, and the next cell finds kernel and reactor as they were."""

import ast
import ctypes
import itertools
import signal
import sys
import time
from contextlib import suppress
from threading import Event, Thread

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall, deferLater

from course_lib import VirtualClock, run
from course_lib.course.parts import heartbeat
from course_lib.exercises import exercise, judge, limits
from course_lib.exercises.feedback import Outcome
from course_lib.tools.refresh import execute

# The time may be up in the middle of a garbage collection, where nothing can be raised; then it is up a little later.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

# Exercise 01-5 takes serve(clock, timeline, clients, reply), and runs it; 01-1 takes three numbers, and only calls.


def loops_for_ever(clock, timeline, clients, reply):
    while True:
        pass


def loops_in_a_delayed_call(clock, timeline, clients, reply):
    clock.callLater(0.1, loops_for_ever, clock, timeline, clients, reply)


def loops_in_a_callback(clock, timeline, clients, reply):
    d = deferLater(clock, 0.1)
    d.addCallback(lambda _: loops_for_ever(clock, timeline, clients, reply))
    return d


def swallows_everything(clock, timeline, clients, reply):
    while True:
        with suppress(BaseException):
            time.sleep(0.01)
        try:
            clients = dict(clients)
        except BaseException:
            clients = {}


def schedules_itself_at_once(clock, timeline, clients, reply):
    clock.callLater(0, schedules_itself_at_once, clock, timeline, clients, reply)


def loops_at_interval_0(clock, timeline, clients, reply):
    loop = LoopingCall(lambda: None)
    loop.clock = clock
    loop.start(0).addErrback(lambda _: None)


def waits(clock, timeline, clients, reply):
    Event().wait(1000)


def recurses(clock, timeline, clients, reply):
    recurses(clock, timeline, clients, reply)


def exits(clock, timeline, clients, reply):
    sys.exit(1)


def exits_later(clock, timeline, clients, reply):
    clock.callLater(0.1, sys.exit)


def stops_the_reactor(clock, timeline, clients, reply):
    from twisted.internet import reactor

    reactor.stop()


def runs_the_reactor(clock, timeline, clients, reply):
    from twisted.internet import reactor

    reactor.run()


def generates_for_ever(clock, timeline, clients, reply):
    list(itertools.repeat(0))


def never_fires(clock, timeline, clients, reply):
    return Deferred()


def schedules_ten_million(clock, timeline, clients, reply):
    for _ in range(10_000_000):
        clock.callLater(1, reply, "client 1")


def loops_past_the_clock(clock, timeline, clients, reply):
    LoopingCall(lambda: None).start(0.01)


def floods(clock, timeline, clients, reply):
    for k in range(20_000):
        print("line", k)


def patches_the_clock(clock, timeline, clients, reply):
    VirtualClock.step = lambda self: False


def patches_twisted(clock, timeline, clients, reply):
    LoopingCall.start = None


def loses_stdout(clock, timeline, clients, reply):
    sys.stdout = None


@pytest.fixture(autouse=True)
def _short_limit(monkeypatch):
    monkeypatch.setattr(judge, "LIMIT", 0.5)


@pytest.fixture(autouse=True)
def _all_is_as_it_was(monkeypatch):
    before = sys.stdout, signal.getsignal(signal.SIGALRM), VirtualClock.step, LoopingCall.start
    yield
    assert (sys.stdout, signal.getsignal(signal.SIGALRM), VirtualClock.step, LoopingCall.start) == before
    monkeypatch.setattr(judge, "LIMIT", 9.0)
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert exercise("01-1").check(lambda a, b, c: {"A": [0, a], "B": [0, b], "C": [0, c]}).right
    assert len(run(heartbeat, clock=reactor, until=0.05).bars_of("heartbeat")) == 1


def comes_back(answer):
    began = time.monotonic()

    feedback = exercise("01-5").check(answer)

    assert time.monotonic() - began < 10
    assert not feedback.right
    return feedback.in_words()


@pytest.mark.reactor
@pytest.mark.parametrize(
    "answer", [loops_for_ever, loops_in_a_delayed_call, loops_in_a_callback, swallows_everything, waits]
)
def test_what_never_ends_is_stopped(answer):
    assert "Your code had not come to an end after 0.5 s and was stopped." in comes_back(answer)


@pytest.mark.reactor
def test_a_clock_that_was_made_to_stand_still_is_put_back():
    assert "Your code changed VirtualClock.step: that has been put back." in comes_back(patches_the_clock)


@pytest.mark.reactor
@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (schedules_itself_at_once, "schedules_itself_at_once asks to be called again at once, over and over"),
        (loops_at_interval_0, "asks to be called again at once, over and over"),
        (recurses, "Your code raised RecursionError: maximum recursion depth exceeded"),
        (exits, "Your code called sys.exit(), which would have ended this notebook's Python: leave it out."),
        (exits_later, "Your code called sys.exit(), which would have ended this notebook's Python: leave it out."),
        (stops_the_reactor, "an experiment may not call stop() on the reactor"),
        (runs_the_reactor, "an experiment may not call run() on the reactor: it is running already"),
        (never_fires, "The reply to client 1 should be at 0.3 s; yours never came."),
        (schedules_ten_million, "more than 50,000 calls were scheduled, the last one of reply: where is their end?"),
        (loops_past_the_clock, "The reply to client 1 should be at 0.3 s; yours never came."),
        (floods, "(all in all 20,000 lines)"),
        (patches_twisted, "Your code changed LoopingCall.start: that has been put back."),
        (loses_stdout, "The reply to client 1 should be at 0.3 s; yours never came."),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_ends_is_told_what_it_did(answer, sentence, monkeypatch):
    monkeypatch.setattr(judge, "LIMIT", 9.0)

    assert sentence in comes_back(answer)


@pytest.mark.reactor
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the time limit is all there is")
def test_a_list_without_end_takes_no_more_memory_than_there_is(monkeypatch):
    monkeypatch.setattr(judge, "LIMIT", 9)
    monkeypatch.setattr(limits, "MEMORY", 2**28)

    feedback = exercise("01-5").check(generates_for_ever)

    assert feedback.verdict == "Your code raised MemoryError."
    assert feedback.lines[-1].endswith("in generates_for_ever: list(itertools.repeat(0))")


@pytest.mark.reactor
@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda a, b, c: itertools.count(), "a prediction is a dict"),
        (lambda a, b, c: (yield), "<lambda> returned a generator"),
        (lambda a, b, c: {"A": itertools.count()}, "the times of 'A' should be a list of seconds"),
        (lambda a, b, c: {"A": [0] * 10**6}, "the list of 'A' has 1,000,000 times in it"),
        (lambda a, b, c: {"A": [float("nan"), "x"]}, "the times of 'A' should be numbers of seconds"),
        (lambda a, b, c: {"A": [0, "1"]}, "One of yours is '1' (a str)."),
        (lambda a, b, c: {"D": [0]}, "there is no lane 'D'"),
        (lambda a, b, c: None, "<lambda> returned None. Is there a return on every way through it?"),
        (lambda a, b: {}, "<lambda>(a, b) cannot be called with (a, b, c)"),
        ({"A": [0, 1]}, "It wants the function itself"),
        (None, "check() was given None"),
        (Outcome, "check() was given the class Outcome. It wants a function that takes (a, b, c)."),
    ],
    ids=itertools.count(),
)
def test_what_is_of_the_wrong_kind_is_told_so(answer, sentence, monkeypatch):
    monkeypatch.setattr(judge, "LIMIT", 9.0)

    feedback = exercise("01-1").check(answer)

    assert feedback.outcome is Outcome.WRONG
    assert sentence in feedback.in_words()


@pytest.mark.reactor
def test_a_coroutine_function_that_should_say_something_is_told_so():
    async def three_waits(a, b, c):
        return {}

    assert "three_waits returned a coroutine. Write def" in exercise("01-1").check(three_waits).in_words()


def in_a_thread(f):
    found = []
    thread = Thread(target=lambda: found.append(f()))
    thread.start()
    thread.join()
    return found[0]


@pytest.mark.reactor
@pytest.mark.parametrize(
    "answer", [loops_for_ever, loops_in_a_delayed_call, loops_in_a_callback, swallows_everything, generates_for_ever]
)
def test_outside_of_the_main_thread_another_thread_watches(answer, monkeypatch):
    monkeypatch.setattr(limits, "MEMORY", 2**28)

    feedback = in_a_thread(lambda: exercise("01-5").check(answer))

    assert not feedback.right
    assert "had not come to an end after 0.5 s" in feedback.verdict or feedback.verdict.endswith("raised MemoryError.")


@pytest.mark.reactor
def test_outside_of_the_main_thread_the_same_is_said(monkeypatch):
    monkeypatch.setattr(judge, "LIMIT", 9.0)

    def still_blocks(clock, timeline, clients, reply):
        print("here")
        timeline.block(2)

    check = exercise("01-5").check
    assert repr(in_a_thread(lambda: check(still_blocks))) == repr(check(still_blocks))


def test_a_thread_that_was_watched_is_left_alone_afterwards(monkeypatch):
    """A TimeUp that is on its way when the work is done comes in limited(), or not at all."""
    interrupt, done, left = ctypes.pythonapi.PyThreadState_SetAsyncExc, Event(), Event()

    def interrupt_late(*given):
        done.wait()
        left.wait(0.2)
        interrupt(*given)

    monkeypatch.setattr(ctypes.pythonapi, "PyThreadState_SetAsyncExc", interrupt_late)

    def work_until_the_time_is_up():
        time.sleep(0.1)
        done.set()

    def ends_just_then():
        with pytest.raises(limits.TimeUp):
            limits.limited(work_until_the_time_is_up, 0.05)
        left.set()
        end = time.monotonic() + 0.4
        while time.monotonic() < end:
            pass
        return "in peace"

    assert in_a_thread(ends_just_then) == "in peace"


def test_a_thread_that_was_watched_keeps_its_tracer():
    def traced(tracer):
        sys.settrace(tracer)
        with suppress(limits.TimeUp):
            limits.limited(lambda: swallows_everything(None, None, {}, None), 0.1)
        return sys.gettrace()

    def tracer(*_):
        return None

    assert in_a_thread(lambda: traced(tracer)) is tracer


@pytest.mark.reactor
def test_the_line_that_never_ended_is_named(monkeypatch):
    monkeypatch.setattr(judge, "LIMIT", 3.0)

    lines = exercise("01-5").check(loops_for_ever).lines

    assert len(lines) == 1
    assert "in loops_for_ever: " in lines[0]


@pytest.mark.reactor
def test_kernel_interrupt_is_the_learners_own(monkeypatch):
    monkeypatch.setattr(judge, "LIMIT", 9.0)

    def interrupted(clock, timeline, clients, reply):
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        exercise("01-5").check(interrupted)


@pytest.mark.kernel
def test_a_kernel_lives_on(tmp_path):
    """In a real kernel: a loop without end, the reactor stopped, sys.exit, a flood; then a run on the reactor."""
    cells = [
        "import sys\nfrom twisted.internet import reactor\nfrom course_lib import run\n"
        "from course_lib.exercises import exercise, judge\nfrom course_lib.course.parts import heartbeat\njudge.LIMIT = 1",
        "def loops(*given):\n    while True:\n        pass\nprint(exercise('01-5').check(loops).verdict)",
        "print(exercise('01-5').check(lambda *given: reactor.stop()).verdict)",
        "print(exercise('01-5').check(lambda *given: sys.exit()).verdict)",
        "exercise('01-5').check(lambda *given: [print('flood') for _ in range(100_000)])",
        "print(run(heartbeat, clock=reactor, until=0.6).times('heartbeat'))",
    ]
    notebook = new_notebook(cells=[new_code_cell(source) for source in cells])
    for cell in notebook.cells:
        cell.source = cell.source.replace("(*given)", "(clock, timeline, clients, reply)").replace(
            "lambda *given", "lambda clock, timeline, clients, reply"
        )

    execute(notebook, tmp_path)

    said = ["".join(o.get("text", "") or o.data["text/plain"] for o in cell.outputs) for cell in notebook.cells]
    assert "not come to an end" in said[1]
    assert "may not call stop()" in said[2]
    assert "sys.exit()" in said[3]
    assert len(said[4]) < 3000
    assert said[4].count("flood") > 50
    assert len(ast.literal_eval(said[5])) == 3
