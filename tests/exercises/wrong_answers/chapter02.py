"""Wrong answers to the exercises of chapter 02."""

from twisted.internet.task import Clock, LoopingCall, deferLater
from twisted.python import log

from tests.exercises.wrong_answers import Wrong


def times(first, seconds, until):
    return [first + k * seconds for k in range(100) if first + k * seconds < until]


def start_waits(seconds, until):
    return {
        "start": times(seconds, seconds, until),
        "now=False": times(seconds, seconds, until),
        "callLater": [seconds],
    }


def both_at_once(seconds, until):
    return {"start": times(0, seconds, until), "now=False": times(0, seconds, until), "callLater": [seconds]}


def waits_twice(seconds, until):
    return {"start": times(0, seconds, until), "now=False": times(2 * seconds, seconds, until), "callLater": [seconds]}


def call_later_repeats(seconds, until):
    later = times(seconds, seconds, until)
    return {"start": [0, *later], "now=False": later, "callLater": later}


def loops_call_once(seconds, until):
    return {"start": [0], "now=False": [seconds], "callLater": [seconds]}


def ends_too_early(seconds, until):
    later = times(seconds, seconds, until)[:-1]
    return {"start": [0, *later], "now=False": later, "callLater": [seconds]}


def only_these_times(seconds, until):
    return {"start": [0, 1.5, 3, 4.5], "now=False": [1.5, 3, 4.5], "callLater": [1.5]}


def one_too_many(seconds, until):
    later = times(seconds, seconds, until + 0.5)
    return {"start": [0, *later, later[-1] + 0.25], "now=False": later, "callLater": [seconds]}


def moves(how, active=True):
    """An answer to 02-2 that goes through the changes with its own idea of what they do."""

    def moved(delay, changes):
        due = delay
        for at, what, seconds in changes:
            if at < due or not active:
                due = how[what](at, due, seconds)
        return {"call": [due]}

    return moved


def from_now(at, due, seconds):
    return at + seconds


def later_than_due(at, due, seconds):
    return due + seconds


def on_the_clock(at, due, seconds):
    return seconds


def adds_to_the_first(delay, changes):
    due = delay
    for at, what, seconds in changes:
        if at < due:
            due = at + seconds if what == "reset" else delay + seconds
    return {"call": [due]}


def never_moves(delay, changes):
    return {"call": [delay]}


def call_later_at_once(now):
    return ["first", "later", "tick", "last"] if now else ["first", "later", "last", "tick"]


def start_waits_first(now):
    return ["first", "last", "later", "tick"]


def start_returns_first(now):
    return ["first", "last", "tick", "later"] if now else ["first", "last", "later", "tick"]


def never_waits(now):
    return ["first", "tick", "last", "later"]


def reactor_between_the_lines(now):
    return ["first", "tick", "later", "last"] if now else ["first", "later", "last", "tick"]


def tick_before_later(now):
    return ["first", "tick", "last", "later"] if now else ["first", "last", "tick", "later"]


def backwards(now):
    return ["later", "last", "tick", "first"]


def gardens(beating, watering, ringing):
    """An answer to 02-4, with or without each of the faults."""

    def garden(clock, beat, ring, tap, delay, every):
        ringing(clock, delay, ring).addErrback(log.err)
        for f, interval in ((beating(beat), 0.25), (watering(clock, tap), every)):
            loop = LoopingCall(f)
            loop.clock = clock
            loop.start(interval).addErrback(log.err)

    return garden


def forgets_the_clock(clock, beat, ring, tap, delay, every):
    deferLater(clock, delay, ring).addErrback(log.err)
    LoopingCall(beat).start(0.25).addErrback(log.err)
    LoopingCall(waters(clock, tap)).start(every).addErrback(log.err)


def the_function(beat):
    return beat


def what_it_returns(beat):
    return beat()


def a_lambda_without_brackets(beat):
    return lambda: beat


def waters(clock, tap):
    async def water():
        tap("open")
        await deferLater(clock, 0.1)
        tap("shut")

    return water


def generates(clock, tap):
    def water():
        tap("open")
        yield deferLater(clock, 0.1)
        tap("shut")

    return water


def goes_through_one_generator(clock, tap):
    steps = generates(clock, tap)()
    return lambda: next(steps, None)


def does_not_wait(clock, tap):
    def water():
        tap("open")
        deferLater(clock, 0.1)
        tap("shut")

    return water


def calls_it_itself(clock, tap):
    return generates(clock, tap)()


def shuts_with_two_arguments(clock, tap):
    def water():
        tap("open")
        return deferLater(clock, 0.1).addCallback(tap, "shut")

    return water


def shuts_before_it_asks(clock, tap):
    def water():
        tap("open")
        clock.callLater(0.1, tap("shut"))

    return water


def never_shuts(clock, tap):
    return lambda: tap("open")


def no_clock(clock, delay, ring):
    return deferLater(delay, ring)


def function_for_a_clock(clock, delay, ring):
    return deferLater(ring, delay, clock)


def never_asks(clock, wait, f):
    call = None

    def press():
        nonlocal call
        if call is not None:
            call.cancel()
        call = clock.callLater(wait, f)

    return press


def uses_what_it_cancelled(clock, wait, f):
    call = None

    def press():
        nonlocal call
        if call is not None and not call.called:
            call.cancel()
            call.reset(wait)
        else:
            call = clock.callLater(wait, f)

    return press


def a_call_for_each(clock, wait, f):
    return lambda: clock.callLater(wait, f)


def keeps_the_first(clock, wait, f):
    call = None

    def press():
        nonlocal call
        if call is None or not call.active():
            call = clock.callLater(wait, f)

    return press


def delays_it(clock, wait, f):
    call = None

    def press():
        nonlocal call
        if call is None or not call.active():
            call = clock.callLater(wait, f)
        else:
            call.delay(wait)

    return press


def makes_one_call(clock, wait, f):
    call = None

    def press():
        nonlocal call
        if call is None:
            call = clock.callLater(wait, f)
        elif call.active():
            call.reset(wait)

    return press


def calls_f_itself(clock, wait, f):
    return lambda: clock.callLater(wait, f())


def starts_a_loop(clock, wait, f):
    loop = LoopingCall(f)
    loop.clock = clock

    def press():
        if loop.running:
            loop.stop()
        loop.start(wait).addErrback(log.err)

    return press


def starts_a_loop_later(clock, wait, f):
    loop = LoopingCall(f)
    loop.clock = clock

    def press():
        if loop.running:
            loop.stop()
        loop.start(wait, now=False).addErrback(log.err)

    return press


def clears_too_late(clock, wait, f):
    call = None

    def run():
        nonlocal call
        f()
        call = None

    def press():
        nonlocal call
        if call is not None and call.active():
            call.cancel()
        call = clock.callLater(wait, run)

    return press


def shares_its_handle():
    calls = []

    def debounce(clock, wait, f):
        def press():
            if calls and calls[-1].active():
                calls[-1].cancel()
            calls.append(clock.callLater(wait, f))

        return press

    return debounce


def one_leap(ticks, seconds):
    return [seconds]


def two_leaps(ticks, seconds):
    return [seconds / 2, seconds / 2]


def seconds_one_by_one(ticks, seconds):
    return [1] * seconds


def a_number(ticks, seconds):
    return seconds


def one_long_step_and_a_second(ticks, seconds):
    return [seconds] if ticks == 2 else [seconds - 1, 1]


def tests(interval, steps, expected, stopped, moved):
    """An answer to 02-7: what polls it expects after `steps`, and what it looks at after stop()."""

    def check_poller(Poller):
        clock, polls = Clock(), []
        poller = Poller(clock, interval, lambda: polls.append(clock.seconds()))
        poller.start().addErrback(log.err)
        clock.pump(steps)
        assert polls == expected
        poller.stop()
        clock.pump(moved)
        if stopped == "quiet":
            assert polls == expected
        elif stopped == "nothing left":
            assert clock.getDelayedCalls() == []

    return check_poller


def looks_at_the_first_poll(Poller):
    clock, polls = Clock(), []
    poller = Poller(clock, 2, lambda: polls.append(clock.seconds()))
    poller.start().addErrback(log.err)
    assert polls == [0]
    poller.stop()
    assert clock.getDelayedCalls() == []


def looks_at_the_last_poll(Poller):
    clock, polls = Clock(), []
    poller = Poller(clock, 2, lambda: polls.append(clock.seconds()))
    poller.start().addErrback(log.err)
    clock.pump([1, 1])
    assert polls[-1] == 2
    poller.stop()
    assert clock.getDelayedCalls() == []


def fails_all(Poller):
    raise AssertionError


WRONG = {
    "02-1": [
        Wrong("M1", start_waits, "You let `start` wait before its first call."),
        Wrong("M1", both_at_once, "You let the second loop make its first call at once."),
        Wrong("M1", waits_twice, "You let the second loop wait twice."),
        Wrong("M42", call_later_repeats, "You let `callLater` call more than once."),
        Wrong("M42", loops_call_once, "You let a loop make one call and no more."),
        Wrong("M42", ends_too_early, "You let the first loop end one call too early."),
        Wrong("constant", only_these_times, "Your answer holds for the numbers of the task only."),
        Wrong("", one_too_many, "Call 5 of start, at 4.75 s, is one too many."),
    ],
    "02-2": [
        Wrong("M26", moves({"reset": from_now, "delay": from_now}), "You counted the seconds of `call.delay`"),
        Wrong(
            "M26", moves({"reset": on_the_clock, "delay": later_than_due}), "You took the seconds of `reset` as a time"
        ),
        Wrong("M26", moves({"reset": later_than_due, "delay": later_than_due}), "You added the seconds of `reset`"),
        Wrong("M26", adds_to_the_first, "from the due time that the call had at first"),
        Wrong("M26", moves({"reset": from_now, "delay": later_than_due}, active=False), "that had run already"),
        Wrong("constant", lambda delay, changes: {"call": [8]}, "Your answer holds for the numbers of the task only."),
        Wrong("", never_moves, "The call should be at 8 s; yours is at 5 s."),
    ],
    "02-3": [
        Wrong("M47", call_later_at_once, "You let `callLater` call at once, because its delay is 0."),
        Wrong("M1", start_waits_first, "You let the loop wait before its first call."),
        Wrong("M1", start_returns_first, "You let `start` return before it had made the first call."),
        Wrong("M1", never_waits, "although `now` is false"),
        Wrong("M47", reactor_between_the_lines, "You let the reactor in between two lines of the program."),
        Wrong("M47", tick_before_later, "You let the loop come before `later`"),
        Wrong("", backwards, "First should come first; in yours it comes fourth."),
    ],
    "02-4": [
        Wrong(
            "M27", gardens(what_it_returns, generates, no_clock), "You gave `deferLater` something else for a clock."
        ),
        Wrong("M27", gardens(the_function, waters, function_for_a_clock), "You gave `deferLater` something else"),
        Wrong("M20", forgets_the_clock, "One of your loops was started without the clock"),
        Wrong("M15", gardens(what_it_returns, waters, deferLater), "You gave the loop what `beat` returns"),
        Wrong("M15", gardens(a_lambda_without_brackets, waters, deferLater), "does not call `beat`"),
        Wrong("M16", gardens(the_function, generates, deferLater), "Each tick makes a new generator"),
        Wrong("M16", gardens(the_function, goes_through_one_generator, deferLater), "All ticks share one generator"),
        Wrong(
            "M29", gardens(the_function, does_not_wait, deferLater), "Your code asks for a wait, and goes on at once."
        ),
        Wrong("M15", gardens(the_function, calls_it_itself, deferLater), "No loop opens the tap"),
        Wrong("M15", gardens(the_function, shuts_with_two_arguments, deferLater), "opened once and never again"),
        Wrong("M15", gardens(the_function, shuts_before_it_asks, deferLater), "You handed over something"),
        Wrong("", gardens(the_function, never_shuts, deferLater), "should be at 0.1 s; yours never came."),
    ],
    "02-5": [
        Wrong("M26", never_asks, "you cancelled, or moved, a call that had run already"),
        Wrong("M26", uses_what_it_cancelled, "You went on using a call that you had cancelled."),
        Wrong("M26", a_call_for_each, "Every press made a call of its own"),
        Wrong("M26", keeps_the_first, "You kept the call of the first press where it was."),
        Wrong("M26", delays_it, "You put the call off by another wait"),
        Wrong("M26", makes_one_call, "Once its call has run, your function makes no other."),
        Wrong("M15", calls_f_itself, "You handed over something"),
        Wrong("M1", starts_a_loop, "You let a loop make its first call at the press itself."),
        Wrong("M26", clears_too_late, "A call was forgotten that `f` itself had asked for"),
        Wrong("", starts_a_loop_later, "Run 3 of f, at 5 s, is one too many."),
        Wrong("", shares_its_handle(), "two functions"),
    ],
    "02-6": [
        Wrong("M23", a_number, "You gave `pump` a number of seconds."),
        Wrong("M21", seconds_one_by_one, "every tick came when it was due"),
        Wrong("M2", two_leaps, "but not enough of them"),
        Wrong("M2", one_leap, "You made a single leap"),
        Wrong("", one_long_step_and_a_second, "tick 4 should be at 7 s; yours never came"),
    ],
    "02-7": [
        Wrong("M1", tests(2, [1, 1, 1, 1], [2, 4], "nothing left", []), "Your test fails the poller that is right."),
        Wrong("M1", looks_at_the_last_poll, "Your test passes a poller that waits before its first poll."),
        Wrong("M45", tests(2, [1, 1, 1, 1], [0, 2, 4], "nothing", []), "Your test passes a poller that never stops."),
        Wrong("M20", looks_at_the_first_poll, "sits on another clock"),
        Wrong("M45", tests(2, [1, 1], [0, 2], "quiet", [2]), "yet leaves a call on the clock"),
        Wrong("M1", fails_all, "Your test fails the poller that is right."),
        Wrong(
            "",
            tests(1, [1, 1], [0, 1, 2], "nothing left", []),
            'the failure of "every second" should be at 2 s; yours never came.',
        ),
    ],
}
