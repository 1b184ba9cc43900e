"""Wrong answers to the exercises of chapter 04."""

from math import ceil

from twisted.internet.defer import CancelledError
from twisted.internet.task import LoopingCall, deferLater

from tests.exercises.wrong_answers import Wrong


def every(interval, begin, end):
    return [begin + k * interval for k in range(ceil((end - begin) / interval))]


def keeps_its_grid(interval, stop, start, now, until):
    return {"loop": [time for time in every(interval, 0, until) if not stop < time < start]}


def keeps_the_rest(interval, stop, start, now, until):
    before = every(interval, 0, stop)
    rest = before[-1] + interval - stop
    return {"loop": before + every(interval, start if now else start + rest, until)}


def always_at_once(interval, stop, start, now, until):
    return {"loop": every(interval, 0, stop) + every(interval, start, until)}


def never_at_once(interval, stop, start, now, until):
    return {"loop": every(interval, 0, stop) + every(interval, start + interval, until)}


def one_more_after_stop(interval, stop, start, now, until):
    begin = start if now else start + interval
    return {"loop": every(interval, 0, stop + interval) + every(interval, begin, until)}


def only_these_ticks(interval, stop, start, now, until):
    return {"loop": [0, 1, 4.25, 5.25, 6.25]}


def stepped(held, until, back=lambda end: end + 1):
    """The steps of a task; `held` says until when it is held at a due time, `back` when it is back after that."""
    steps, due = [], 1
    while due < until:
        end = held(due)
        if end is not None and due < back(end):
            due = back(end)
        else:
            steps.append(due)
            due += 1
    return {"step": steps}


def spans(pauses, wait):
    return [*pauses, wait] if wait else list(pauses)


def latest(pauses, due):
    return max((end for begin, end in pauses if begin < due < end + 1), default=None)


def first_resume_wins(pauses, wait, until):
    begin, end = min(begin for begin, _ in pauses), min(end for _, end in pauses)
    return stepped(lambda due: end if begin < due else None, until)


def one_pause_after_the_other(pauses, wait, until):
    steps, due, left = [], 1, list(pauses)
    while due < until:
        if left and left[0][0] < due < left[0][1] + 1:
            due = left.pop(0)[1] + 1
        steps.append(due)
        due += 1
    return {"step": steps}


def steps_on_a_grid(pauses, wait, until):
    free = [t for t in range(1, ceil(until)) if not any(begin < t < end for begin, end in spans(pauses, wait))]
    return {"step": free}


def steps_when_resumed(pauses, wait, until):
    return stepped(
        lambda due: max((end for begin, end in spans(pauses, wait) if begin < due < end), default=None),
        until,
        back=lambda end: end,
    )


def resume_ends_the_wait(pauses, wait, until):
    return stepped(lambda due: latest(pauses, due), until)


def answer_ends_the_pause(pauses, wait, until):
    return stepped(lambda due: latest([wait] if wait else pauses, due), until)


def keeps_the_rest_of_the_second(pauses, wait, until):
    steps, due, held = [], 1, spans(pauses, wait)
    while due < until:
        if began := [(begin, end) for begin, end in held if begin < due]:
            held = [span for span in held if span not in began]
            begin, end = min(begin for begin, _ in began), max(end for _, end in began)
            overlapping = [span for span in held if span[0] < end]
            held = [span for span in held if span not in overlapping]
            due += max([end, *(end for _, end in overlapping)]) - begin
        steps.append(due)
        due += 1
    return {"step": steps}


def grid_and_until(pauses, wait, until):
    held = spans(pauses, wait)
    return {"step": [t for t in range(1, int(until) + 1) if not any(begin < t < end for begin, end in held)]}


def first_resume_at_once(pauses, wait, until):
    return {"step": [1, 2, *every(1, pauses[0][1], until)]}


def answer_makes_a_step(pauses, wait, until):
    steps, due = [], 1
    while due < until:
        while end := latest(pauses, due):
            due = end + 1
        steps.append(due)
        due = wait[1] if wait and due == wait[0] else due + 1
    return {"step": steps}


def wait_takes_its_own_step(pauses, wait, until):
    return stepped(
        lambda due: max((end for begin, end in spans(pauses, wait) if begin <= due < end + 1), default=None), until
    )


def pauses_add_up(pauses, wait, until):
    return {"step": [1, 2, *every(1, 3 + sum(end - begin for begin, end in pauses), until)]}


def begins_anew(clock, seconds, f):
    call = clock.callLater(seconds, f)

    def resume():
        nonlocal call
        call = clock.callLater(seconds, f)

    return lambda: call.cancel(), resume


def is_a_gate(clock, seconds, f):
    paused = missed = False

    def ring():
        nonlocal missed
        missed = paused
        if not paused:
            f()

    def pause():
        nonlocal paused
        paused = True

    def resume():
        nonlocal paused
        paused = False
        if missed:
            ring()

    clock.callLater(seconds, ring)
    return pause, resume


def cancels_blindly(clock, seconds, f):
    call, left = clock.callLater(seconds, f), None

    def pause():
        nonlocal left
        left = call.getTime() - clock.seconds()
        call.cancel()

    def resume():
        nonlocal call
        call = clock.callLater(left, f)

    return pause, resume


def forgets_that_it_has_rung(clock, seconds, f):
    call, left = clock.callLater(seconds, f), None

    def pause():
        nonlocal left
        if left is None:
            left = call.getTime() - clock.seconds()
            call.cancel()

    def resume():
        nonlocal call, left
        if left is not None:
            call, left = clock.callLater(left, f), None

    return pause, resume


def counts_the_pause(clock, seconds, f):
    begin, call = clock.seconds(), clock.callLater(seconds, f)

    def resume():
        nonlocal call
        call = clock.callLater(left, f)

    def pause():
        nonlocal left
        left = seconds - (clock.seconds() - begin)
        call.cancel()

    left = seconds
    return pause, resume


def resumes_twice(clock, seconds, f):
    call, left = clock.callLater(seconds, f), 0

    def pause():
        nonlocal left
        if call.active():
            left = call.getTime() - clock.seconds()
            call.cancel()

    def resume():
        nonlocal call
        call = clock.callLater(left, f)

    return pause, resume


def measures_twice(clock, seconds, f):
    call, left = clock.callLater(seconds, f), None

    def pause():
        nonlocal left
        left = call.getTime() - clock.seconds()
        if call.active():
            call.cancel()

    def resume():
        nonlocal call, left
        if left is not None:
            call, left = clock.callLater(left, f), None

    return pause, resume


def rings_once_more(clock, seconds, f):
    call, left = clock.callLater(seconds, f), seconds

    def pause():
        nonlocal left
        if call.active():
            left = call.getTime() - clock.seconds()
            call.cancel()

    def resume():
        nonlocal call
        if not call.active():
            call = clock.callLater(left, f)

    return pause, resume


def delays_when_resumed(clock, seconds, f):
    call, paused_at = clock.callLater(seconds, f), None

    def pause():
        nonlocal paused_at
        paused_at = clock.seconds()

    def resume():
        if call.active():
            call.delay(clock.seconds() - paused_at)

    return pause, resume


def counts_on_when_it_has_rung(clock, seconds, f):
    began, left, running = clock.seconds(), seconds, True
    d = deferLater(clock, seconds, f).addErrback(is_cancelled)

    def pause():
        nonlocal left, running
        if running:
            left -= clock.seconds() - began
            d.cancel()
            running = False

    def resume():
        nonlocal began, d, running
        if not running:
            began = clock.seconds()
            d = deferLater(clock, left, f).addErrback(is_cancelled)
            running = True

    return pause, resume


def never_resumes(clock, seconds, f):
    call = clock.callLater(seconds, f)
    return lambda: call.cancel(), lambda: None


def start_returns_first(returned):
    return ["next line", "first line", "last line", "answer", "heard"]


def stop_ends_the_job(returned):
    return ["first line", "next line", "heard", "last line", "answer"]


def answer_at_once(returned):
    return ["first line", "answer", "last line", "next line", "heard"]


def stop_ends_the_wait(returned):
    return ["first line", "last line", "next line", "heard", "answer"]


def always_waits(returned):
    return ["first line", "last line", "next line", "answer", "heard"]


def heard_before_it_is_added(returned):
    return always_waits(True) if returned else ["first line", "last line", "heard", "next line", "answer"]


def last_line_first(returned):
    return ["last line", "first line", "next line", "answer", "heard"]


def half_an_interval(interval, job):
    return interval / 2, job / 2


def an_interval_after_the_end(interval, job):
    return job + interval / 2, job / 2


def a_little_after_the_end(interval, job):
    return job + 0.1, job / 2


def nothing_to_end(interval, job):
    idle = (job + interval) / 2
    return idle, idle + interval


def two_downloads_on(interval, job):
    return 2 * interval + job / 2, job / 2


def looping(clock, interval, job):
    loop = LoopingCall(job)
    loop.clock = clock
    return loop, loop.start(interval)


def only_stops(clock, fetch, interval):
    loop, over = looping(clock, interval, fetch)
    return over, lambda: loop.stop() if loop.running else None


def cancels_the_messenger(clock, fetch, interval):
    _, over = looping(clock, interval, fetch)
    return over, over.cancel


def fetching_with(clock, fetch, interval, caught, ends):
    running = []

    def job():
        d = fetch()
        running[:] = [d]
        return d.addErrback(caught)

    loop, over = looping(clock, interval, job)
    return over, lambda: ends(loop, running[0])


def is_cancelled(failure):
    failure.trap(CancelledError)


def lets_the_failure_out(clock, fetch, interval):
    return fetching_with(clock, fetch, interval, lambda failure: failure, lambda loop, d: d.cancel())


def stops_twice(clock, fetch, interval):
    def ends(loop, d):
        loop.stop()
        d.cancel()

    return fetching_with(clock, fetch, interval, is_cancelled, ends)


def swallows_all(clock, fetch, interval):
    def ends(loop, d):
        if loop.running:
            loop.stop()
        d.cancel()

    return fetching_with(clock, fetch, interval, lambda _: None, ends)


def stops_and_cancels_the_messenger(clock, fetch, interval):
    loop, over = looping(clock, interval, fetch)

    def end():
        if loop.running:
            loop.stop()
        over.cancel()

    return over, end


def takes_it_out_at_the_end(clock, fetch, interval):
    running = []

    async def job():
        running[:] = [fetch()]
        await running[0]

    _, over = looping(clock, interval, job)
    return over.addErrback(is_cancelled), lambda: running[0].cancel()


def returns_nothing(clock, fetch, interval):
    running = []

    def job():
        running[:] = [fetch()]
        running[0].addErrback(is_cancelled)

    loop, over = looping(clock, interval, job)

    def end():
        if loop.running:
            loop.stop()
        running[0].cancel()

    return over, end


def sets_a_flag(clock, fetch, interval):
    ended = False

    def job():
        if ended:
            return loop.stop()
        return fetch()

    def end():
        nonlocal ended
        ended = True

    loop = LoopingCall(job)
    loop.clock = clock
    return loop.start(interval), end


def goes_on_fetching(clock, fetch, interval):
    return fetching_with(clock, fetch, interval, is_cancelled, lambda loop, d: d.cancel())


WRONG = {
    "04-1": [
        Wrong("M59", keeps_its_grid, "You let the loop come back to the grid of its first start."),
        Wrong("M59", keeps_the_rest, "You let the wait that was stopped at 1.5 s go on with what was left of it."),
        Wrong("M1", always_at_once, "You let the second `start` make a call at once, although now=False."),
        Wrong("M1", never_at_once, "You let the second `start` wait for an interval, although now=True."),
        Wrong("constant", only_these_ticks, "Your answer holds for the numbers of the task only."),
        Wrong("", one_more_after_stop, "Tick 3 should be at 4.25 s; yours is at 2 s."),
    ],
    "04-2": [
        Wrong("M34", first_resume_wins, "You let one resume undo two pauses."),
        Wrong("M34", one_pause_after_the_other, "You forgot the second pause when its resume had still to come"),
        Wrong("M59", steps_on_a_grid, "You let the task come back to a grid of whole seconds."),
        Wrong("M34", steps_when_resumed, "You let the task make a step at the moment when it is free again."),
        Wrong("M34", answer_makes_a_step, "You let the task make a step at the moment when it is free again."),
        Wrong("M56", resume_ends_the_wait, "You let the task go on without its answer"),
        Wrong("M34", answer_ends_the_pause, "although somebody had paused it"),
        Wrong("M34", first_resume_at_once, "You let one resume undo two pauses."),
        Wrong("M59", grid_and_until, "You let the task come back to a grid of whole seconds."),
        Wrong("M59", keeps_the_rest_of_the_second, "You let the task wait only for what was left of its second"),
        Wrong("M34", pauses_add_up, "You added the lengths of the pauses, although they overlap."),
        Wrong("", wait_takes_its_own_step, "step 2 should be at 2 s; yours is at 6.25 s."),
    ],
    "04-3": [
        Wrong("M59", begins_anew, "Your `resume` began the whole countdown anew."),
        Wrong("M59", is_a_gate, "kept back only the ring: that is a gate."),
        Wrong("M26", cancels_blindly, "You cancelled a call that you had cancelled before."),
        Wrong("M26", forgets_that_it_has_rung, "You cancelled a call that had run already."),
        Wrong("M59", counts_the_pause, "At the second pause you counted the time of the first as used up."),
        Wrong("M34", resumes_twice, "Your countdown rang twice"),
        Wrong("M34", measures_twice, "Your second `pause` measured again"),
        Wrong("M26", rings_once_more, "Your `resume` began a countdown again that had rung already."),
        Wrong("M59", delays_when_resumed, "Your `pause` left the call on the clock"),
        Wrong("M26", counts_on_when_it_has_rung, "You asked the clock for a negative number of seconds."),
        Wrong("", never_resumes, "The ring should be at 3.75 s; yours never came."),
    ],
    "04-4": [
        Wrong("M1", start_returns_first, "You let `start` return before it had made its first call."),
        Wrong("M10", stop_ends_the_job, "You let the loop be over while its job had still a line to run."),
        Wrong("M47", answer_at_once, "You let the answer come before the program had returned."),
        Wrong("M11", stop_ends_the_wait, "before the answer had come that its job waits for"),
        Wrong("M4", always_waits, "You let the loop wait for an answer that its job had kept to itself."),
        Wrong("M47", heard_before_it_is_added, "before anybody had handed it to `over`"),
        Wrong("", last_line_first, "should come"),
    ],
    "04-5": [
        Wrong("M11", half_an_interval, "At your harmless moment the first download was still running"),
        Wrong("M3", an_interval_after_the_end, "At your harmless moment the next download had begun already."),
        Wrong("M3", a_little_after_the_end, "At your harmless moment the next download had begun already."),
        Wrong("M14", nothing_to_end, "At your harmful moment no download was running"),
        Wrong("", two_downloads_on, "A download beside another in A, at 2.3 s, is one too many."),
    ],
    "04-6": [
        Wrong("M12", cancels_the_messenger, "You cancelled the Deferred of `start`: that is the messenger"),
        Wrong("M11", only_stops, "You stopped the loop and left its job running."),
        Wrong("M6", lets_the_failure_out, "its `CancelledError` ended the loop as a failure"),
        Wrong("M9", stops_twice, "You stopped a loop that was not running any more."),
        Wrong("M7", swallows_all, "nobody heard that there was no network"),
        Wrong("M12", stops_and_cancels_the_messenger, "neither of the two reaches the fetch"),
        Wrong("M12", goes_on_fetching, "You ended the fetch and not the loop"),
        Wrong("M12", takes_it_out_at_the_end, "You ended the fetch and not the loop"),
        Wrong("M4", returns_nothing, "Your job kept the Deferred of its fetch to itself"),
        Wrong("", sets_a_flag, "The end of fetch 1 should be at 0.35 s; yours came at 0.85 s."),
    ],
}
