"""A traced callable does what it did, and draws a bar each time it runs."""

import inspect
from functools import partial

import pytest
from twisted.internet.defer import CancelledError, Deferred, inlineCallbacks, succeed
from twisted.internet.task import Cooperator, deferLater

from course_lib import VirtualClock, run
from course_lib.errors import ExperimentError


def recorded(experiment, until=5):
    return run(experiment, clock=VirtualClock(), until=until)


def bars(timeline):
    return [(bar.lane, round(bar.start, 6), round(bar.end, 6), bar.failed) for bar in timeline.bars]


def waits(timeline):
    return [(wait.lane, round(wait.start, 6), round(wait.end, 6), wait.ended) for wait in timeline.waits]


def traced_by(use):
    """Return what use(traced) returns when it is called in an experiment with timeline.traced."""
    got = []
    recorded(lambda clock, timeline: got.append(use(timeline.traced)))
    return got[0]


# The same as before


def test_a_traced_function_returns_what_it_returned():
    assert traced_by(lambda traced: traced(divmod)(7, 2)) == (3, 1)


def test_a_traced_function_raises_what_it_raised():
    error = ValueError("no")

    def fails():
        raise error

    def experiment(clock, timeline):
        timeline.block(1)
        with pytest.raises(ValueError, match="no") as caught:
            timeline.traced(fails)()
        assert caught.value is error

    assert bars(recorded(experiment)) == [("fails", 1, 1, "ValueError: no")]


def test_a_traced_function_keeps_its_name_and_documentation():
    def report():
        """Say what happened."""

    traced = traced_by(lambda traced: traced(report, name="lane"))

    assert (traced.__name__, traced.__doc__, traced.__wrapped__) == ("report", "Say what happened.", report)


def test_each_kind_of_function_stays_what_it_was():
    def function():
        pass

    async def coroutine_function():
        pass

    def generator_function():
        yield

    kinds = [inspect.iscoroutinefunction, inspect.isgeneratorfunction]

    for f in (function, coroutine_function, generator_function):
        traced = traced_by(lambda traced, f=f: traced(f))
        assert [is_kind(traced) for is_kind in kinds] == [is_kind(f) for is_kind in kinds]


def test_a_traced_function_can_be_used_after_the_run():
    kept = []
    timeline = recorded(lambda clock, timeline: kept.append(timeline.traced(divmod)))

    assert kept[0](7, 2) == (3, 1)
    assert timeline.bars == ()


# Lanes


def test_each_run_of_a_traced_function_is_a_bar():
    def experiment(clock, timeline):
        def report():
            timeline.block(0.5)

        traced = timeline.traced(report)
        traced()
        clock.callLater(2, traced)

    assert bars(recorded(experiment)) == [("report", 0, 0.5, ""), ("report", 2.5, 3, "")]


def test_two_lanes_from_one_function_need_names():
    def beat():
        pass

    def experiment(clock, timeline):
        timeline.traced(beat)
        timeline.traced(beat)

    with pytest.raises(ExperimentError) as caught:
        recorded(experiment)

    assert str(caught.value) == "there is a lane 'beat' already: tell them apart with traced(beat, name=…)."


def test_named_lanes_can_be_two_or_one():
    def beat():
        pass

    def experiment(clock, timeline):
        timeline.traced(beat, name="a")()
        timeline.traced(beat, name="b")()
        timeline.traced(beat, name="a")()

    timeline = recorded(experiment)

    assert timeline.lanes == ("a", "b")
    assert [bar.lane for bar in timeline.bars] == ["a", "b", "a"]


def test_a_lane_that_cannot_be_drawn_is_refused_before_it_is():
    def reactor():
        pass

    for arguments in [(int, 5), (int, "two\nlines"), (int, ""), (int, "reactor"), (reactor,)]:
        with pytest.raises((TypeError, ValueError), match=r"^a lane"):
            recorded(lambda clock, timeline, arguments=arguments: timeline.traced(*arguments))


def test_a_callable_that_raises_when_it_is_asked_anything_can_be_traced():
    class Hostile:
        def __call__(self):
            return 42

        def __getattr__(self, name):
            raise RuntimeError(f"no {name}")

    def experiment(clock, timeline):
        assert timeline.traced(Hostile())() == 42

    assert recorded(experiment).lanes == ("Hostile",)


def test_lanes_are_in_the_order_in_which_they_were_traced():
    def experiment(clock, timeline):
        a, b = (timeline.traced(int, name=name) for name in "ab")
        b()
        a()

    assert recorded(experiment).lanes == ("a", "b")


def numbers():
    yield 1


def answer():
    return 42


async def coroutine():
    pass


@pytest.mark.parametrize(("called", "got"), [(answer, "42"), (lambda: None, "None"), (dict, "{}")])
def test_traced_wants_the_function_itself(called, got):
    with pytest.raises(TypeError) as caught:
        recorded(lambda clock, timeline: timeline.traced(called()))

    assert str(caught.value) == (
        f"traced() wants the function itself, or an iterator, and got {got}: write traced(f), not traced(f())."
    )


def test_traced_names_no_address():
    pending = coroutine()
    with pytest.raises(TypeError, match=r"and got <coroutine object coroutine>: write traced"):
        recorded(lambda clock, timeline: timeline.traced(pending))
    pending.close()


# Generators


def echo(log):
    """Yield what it is sent, and note all that is done to it."""
    value = None
    try:
        while True:
            try:
                value = yield value
                log.append(("sent", value))
            except KeyError as error:
                log.append(("thrown", error.args))
                value = "caught"
            if value == "return":
                return "returned"
    finally:
        log.append("finally")


def all_that_is_done(make):
    """Send, throw and return; note what comes out of a generator and what arrives in it."""
    log = []
    generator = make(log)
    log += ["out", next(generator), generator.send("a"), generator.throw(KeyError("k")), generator.send(None)]
    try:
        generator.send("return")
    except StopIteration as end:
        log.append(end.value)
    return log


def test_what_is_sent_thrown_and_returned_passes_through_a_traced_generator():
    assert traced_by(lambda traced: all_that_is_done(traced(echo))) == all_that_is_done(echo)


def test_closing_a_traced_generator_runs_its_finally():
    def closed(make):
        log = []
        generator = make(log)
        next(generator)
        generator.close()
        return log

    assert traced_by(lambda traced: closed(traced(echo))) == closed(echo) == ["finally"]


def test_a_traced_generator_that_ignores_being_closed_is_an_error_as_before():
    def stubborn():
        try:
            yield
        except GeneratorExit:
            yield

    def experiment(clock, timeline):
        generator = timeline.traced(stubborn)()
        next(generator)
        with pytest.raises(RuntimeError, match="generator ignored GeneratorExit"):
            generator.close()

    recorded(experiment)


def test_an_exception_a_traced_generator_does_not_catch_comes_out_of_it():
    log = []

    def experiment(clock, timeline):
        generator = timeline.traced(echo)(log)
        next(generator)
        with pytest.raises(ValueError, match="no"):
            generator.throw(ValueError("no"))

    assert bars(recorded(experiment)) == [("echo", 0, 0, ""), ("echo", 0, 0, "ValueError: no")]
    assert log == ["finally"]


def test_each_step_of_a_traced_generator_is_a_bar():
    def experiment(clock, timeline):
        def steps():
            timeline.block(0.5)
            yield
            timeline.block(1)

        for _ in timeline.traced(steps)():
            timeline.block(0.25)

    assert bars(recorded(experiment)) == [("steps", 0, 0.5, ""), ("steps", 0.75, 1.75, "")]


def test_inlinecallbacks_works_over_a_traced_generator_function():
    got = []

    def experiment(clock, timeline):
        def chain(first):
            second = yield deferLater(clock, 1, lambda: first + 1)
            try:
                yield deferLater(clock, 1, lambda: 1 / 0)
            except ZeroDivisionError:
                got.append("caught")
            return second * 2

        return inlineCallbacks(timeline.traced(chain))(20).addCallback(got.append)

    timeline = recorded(experiment)

    assert got == ["caught", 42]
    assert [bar for bar in bars(timeline) if bar[0] == "chain"] == [("chain", t, t, "") for t in (0, 1, 2)]
    assert waits(timeline) == [("chain", 0, 1, "fired"), ("chain", 1, 2, "failed")]


def test_a_coroutine_is_a_bar_from_await_to_await():
    got = []

    def experiment(clock, timeline):
        async def worker(name):
            timeline.block(0.5)
            got.append(await deferLater(clock, 1, lambda: name))
            timeline.block(0.25)
            return name

        async def main():
            got.append(await timeline.traced(worker)("a"))

        return main()

    timeline = recorded(experiment)

    assert got == ["a", "a"]
    assert [bar for bar in bars(timeline) if bar[0] == "worker"] == [("worker", 0, 0.5, ""), ("worker", 1.5, 1.75, "")]
    assert waits(timeline) == [("worker", 0.5, 1.5, "fired")]


def test_a_coroutine_that_is_cancelled_sees_it():
    log = []

    def experiment(clock, timeline):
        async def worker():
            try:
                await deferLater(clock, 9)
            except CancelledError:
                log.append("cancelled")
                raise

        deferred = Deferred.fromCoroutine(timeline.traced(worker)())
        deferred.addErrback(lambda failure: log.append(failure.type))
        clock.callLater(1, deferred.cancel)

    timeline = recorded(experiment)

    assert log == ["cancelled", CancelledError]
    assert waits(timeline) == [("worker", 0, 1, "cancelled")]
    assert bars(timeline)[-1] == ("worker", 1, 1, "CancelledError")


# Iterators


def one_step_a_turn(clock):
    return Cooperator(scheduler=partial(clock.callLater, 1), terminationPredicateFactory=lambda: lambda: True)


def test_of_an_iterator_each_next_is_a_bar_and_whendone_gives_the_wrapper():
    got = []

    def experiment(clock, timeline):
        def work():
            timeline.block(0.5)
            yield

        traced = timeline.traced(work(), name="work")
        done = one_step_a_turn(clock).cooperate(traced).whenDone()
        return done.addCallback(lambda iterator: got.append(iterator is traced))

    timeline = recorded(experiment)

    assert got == [True]
    assert bars(timeline) == [("work", 1, 1.5, ""), ("work", 2.5, 2.5, "")]


def test_a_deferred_that_an_iterator_yields_is_waited_for():
    def experiment(clock, timeline):
        def work():
            yield deferLater(clock, 1.5)
            yield

        one_step_a_turn(clock).cooperate(timeline.traced(work(), name="work"))

    timeline = recorded(experiment)

    assert waits(timeline) == [("work", 1, 2.5, "fired")]
    assert timeline.times("work") == [1, 3.5, 4.5]


def test_an_iterator_is_named_after_its_kind_or_its_function():
    assert traced_by(lambda traced: traced(numbers())).__lane__ == "numbers"
    assert traced_by(lambda traced: traced(iter([1]))).__lane__ == "list_iterator"


def test_a_traced_iterator_gives_what_it_gave():
    assert traced_by(lambda traced: list(traced(iter("abc")))) == ["a", "b", "c"]


# Deferreds


def test_how_a_wait_ended_is_noted():
    def experiment(clock, timeline):
        def fires():
            return deferLater(clock, 1)

        def fails():
            return deferLater(clock, 2, lambda: 1 / 0)

        def is_cancelled():
            deferred = Deferred()
            clock.callLater(3, deferred.cancel)
            return deferred

        def stays():
            return Deferred()

        def was_there():
            return succeed(None)

        for job in (fires, fails, is_cancelled, stays, was_there):
            timeline.traced(job)().addErrback(lambda failure: None)

    assert waits(recorded(experiment)) == [
        ("fires", 0, 1, "fired"),
        ("fails", 0, 2, "failed"),
        ("is_cancelled", 0, 3, "cancelled"),
        ("stays", 0, 5, "pending"),
    ]


def test_the_result_of_a_deferred_passes_through_its_wait():
    got = []

    def experiment(clock, timeline):
        def ask():
            return deferLater(clock, 1, lambda: 42)

        return timeline.traced(ask)().addCallback(got.append)

    recorded(experiment)
    assert got == [42]


def test_a_deferred_that_is_chained_to_another_is_waited_for():
    def experiment(clock, timeline):
        def ask():
            return succeed(None).addCallback(lambda _: deferLater(clock, 1))

        timeline.traced(ask)()

    assert waits(recorded(experiment)) == [("ask", 0, 1, "fired")]


# Marks and blocks


def test_a_mark_knows_the_lane_it_was_made_in():
    def experiment(clock, timeline):
        def job():
            timeline.block(0.5)
            timeline.mark(42)

        timeline.mark("start")
        clock.callLater(1, job)

    marks = [(round(mark.at, 6), mark.label, mark.lane) for mark in recorded(experiment).marks]

    assert marks == [(0, "start", ""), (1.5, "42", "job")]


def test_a_label_is_one_line_whatever_is_marked():
    class Silent:
        def __str__(self):
            raise RuntimeError("no words")

    def experiment(clock, timeline):
        for label in ("two\nlines", Silent()):
            timeline.mark(label)

    assert [mark.label for mark in recorded(experiment).marks] == ["two lines", "<Silent whose str() fails>"]


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_a_block_of_no_length_in_time_is_refused(seconds):
    with pytest.raises(
        ValueError, match=r"^block\((-1|nan|inf)\): the reactor is held for a number of seconds, 0 or more"
    ):
        recorded(lambda clock, timeline: timeline.block(seconds))
