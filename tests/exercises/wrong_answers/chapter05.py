"""Wrong answers to the exercises of chapter 05."""

from twisted.internet.defer import Deferred, DeferredSemaphore, gatherResults, maybeDeferred, succeed
from twisted.internet.task import Cooperator, LoopingCall, deferLater

from tests.exercises.wrong_answers import Wrong


def adds_the_interval(interval, lengths):
    starts = [0]
    for length in lengths[:-1]:
        starts.append(starts[-1] + length + interval)
    return {"job": starts}


def makes_up(interval, lengths):
    starts, end = [], 0
    for k, length in enumerate(lengths):
        starts.append(max(k * interval, end))
        end = starts[-1] + length
    return {"job": starts}


def late_by_itself(interval, lengths):
    starts, start = [], 0
    for length in lengths:
        starts.append(start)
        start = max((start // interval + 1) * interval, start + length)
    return {"job": starts}


def new_grid_after_a_long_run(interval, lengths):
    starts, start = [], 0
    for length in lengths:
        starts.append(start)
        start += max(interval, length)
    return {"job": starts}


def overlaps(interval, lengths):
    return {"job": [k * interval for k in range(len(lengths))]}


def takes_the_point(interval, lengths):
    starts, start = [], 0
    for length in lengths:
        starts.append(start)
        start = max(-(-(start + length) // interval), start // interval + 1) * interval
    return {"job": starts}


def forgets_the_last(interval, lengths):
    return {"job": [0, 1, 4, 5]}


def right_counts(interval, begin, end, until):
    points = [k * interval for k in range(100) if k * interval < until]
    held = [point for point in points if begin < point <= end]
    return sorted([(point, 1) for point in points if point not in held] + [(end, len(held))] * bool(held))


def counts_calls(interval, begin, end, until):
    return [(at, k) for k, (at, _) in enumerate(right_counts(interval, begin, end, until), 1)]


def counts_calls_from_0(interval, begin, end, until):
    return [(at, k - 1) for at, k in counts_calls(interval, begin, end, until)]


def counts_one(interval, begin, end, until):
    return [(at, 1) for at, _ in right_counts(interval, begin, end, until)]


def counts_the_missed(interval, begin, end, until):
    return [(at, max(count - 1, 1)) for at, count in right_counts(interval, begin, end, until)]


def two_calls_at_the_end(interval, begin, end, until):
    points = [k * interval for k in range(100) if k * interval < until]
    held = [point for point in points if begin < point < end]
    return sorted([(point, 1) for point in points if point not in held] + [(end, len(held))] * bool(held))


def calls_for_each(interval, begin, end, until):
    return [(at, 1) for at, count in right_counts(interval, begin, end, until) for _ in range(count)]


def late_for_ever(interval, begin, end, until):
    calls = [call for call in right_counts(interval, begin, end, until) if call[0] <= end]
    while calls[-1][0] + interval < until:
        calls.append((calls[-1][0] + interval, 1))
    return calls


def always_a_late_call(interval, begin, end, until):
    points = [k * interval for k in range(100) if k * interval < until]
    held = [point for point in points if begin < point <= end]
    return sorted([(point, 1) for point in points if point not in held] + [(end, len(held))])


def skips_the_late_call(interval, begin, end, until):
    return [call for call in right_counts(interval, begin, end, until) if call[0] != end]


def looping(clock, interval, job):
    loop = LoopingCall(job)
    loop.clock = clock
    return loop, loop.start(interval)


def poll_with(after):
    """Make a poll that does `after(answer, asked, times, loop, done)` when a question is over."""

    def poll(clock, ask, interval, times):
        done, asked = Deferred(), []

        async def question():
            asked.append(None)
            answer = await maybeDeferred(ask)
            after(answer, len(asked), times, loop, done)

        loop = LoopingCall(question)
        loop.clock = clock
        loop.start(interval).addErrback(lambda failure: None if done.called else done.errback(failure))
        return done

    return poll


def never_stops(answer, asked, times, loop, done):
    if answer and not done.called:
        done.callback(answer)


def one_too_many(answer, asked, times, loop, done):
    if answer or asked > times:
        loop.stop()
        done.callback(answer) if answer else done.errback(TimeoutError())


def stops_twice(answer, asked, times, loop, done):
    if answer:
        loop.stop()
    if asked == times:
        loop.stop()
    if answer:
        done.callback(answer)
    elif asked == times:
        done.errback(TimeoutError())


async def takes_a_deferred_for_an_answer(clock, ask, interval, times):
    answer, left = None, times

    def question():
        nonlocal answer, left
        answer, left = ask(), left - 1
        if answer or not left:
            loop.stop()

    loop = LoopingCall(question)
    loop.clock = clock
    await loop.start(interval)
    if not answer:
        raise TimeoutError
    return answer


def does_not_return_the_question(clock, ask, interval, times):
    done, asked = Deferred(), []

    def question():
        asked.append(None)
        maybeDeferred(ask).addCallback(answered, len(asked)).addErrback(failed)

    def answered(answer, number):
        if (answer or number == times) and loop.running:
            loop.stop()
            done.callback(answer) if answer else done.errback(TimeoutError())

    def failed(failure):
        loop.stop()
        done.errback(failure)

    loop = LoopingCall(question)
    loop.clock = clock
    loop.start(interval)
    return done


async def pauses_between(clock, ask, interval, times):
    for _ in range(times):
        answer = await maybeDeferred(ask)
        if answer:
            return answer
        await deferLater(clock, interval)
    raise TimeoutError


async def asks_at_once_when_late(clock, ask, interval, times):
    start = clock.seconds()
    for k in range(times):
        await deferLater(clock, max(0, start + k * interval - clock.seconds()))
        answer = await maybeDeferred(ask)
        if answer:
            return answer
    raise TimeoutError


def tells_the_end_too_soon(clock, ask, interval, times):
    done, left = Deferred(), times

    async def question():
        nonlocal left
        left -= 1
        last = not left
        asked = maybeDeferred(ask)
        if last:
            loop.stop()
            if not asked.called:
                done.errback(TimeoutError())
        answer = await asked
        if answer and not done.called:
            done.callback(answer)
            if loop.running:
                loop.stop()

    loop = LoopingCall(question)
    loop.clock = clock
    loop.start(interval).addErrback(done.errback)
    return done


def drops_the_failure(clock, ask, interval, times):
    done, asked = Deferred(), []

    async def question():
        asked.append(None)
        answer = await maybeDeferred(ask)
        if answer or len(asked) == times:
            loop.stop()
            done.callback(answer) if answer else done.errback(TimeoutError())

    loop = LoopingCall(question)
    loop.clock = clock
    loop.start(interval)
    return done


async def swallows_the_failure(clock, ask, interval, times):
    answer, left = None, times

    async def question():
        nonlocal answer, left
        left -= 1
        try:
            answer = await maybeDeferred(ask)
        except Exception:
            answer = None
        if answer or not left:
            loop.stop()

    loop = LoopingCall(question)
    loop.clock = clock
    await loop.start(interval)
    if not answer:
        raise TimeoutError
    return answer


def returns_the_loop(clock, ask, interval, times):
    left = times

    async def question():
        nonlocal left
        left -= 1
        if await maybeDeferred(ask) or not left:
            loop.stop()

    loop = LoopingCall(question)
    loop.clock = clock
    return loop.start(interval)


def hopes_for_an_exception(clock, job, interval, rest, report):
    try:
        looping(clock, interval, job)
    except Exception as error:
        report(error)
        clock.callLater(rest, hopes_for_an_exception, clock, job, interval, rest, report)


def only_reports(clock, job, interval, rest, report):
    looping(clock, interval, job)[1].addErrback(report)


def listens_once(clock, job, interval, rest, report):
    def failed(failure):
        report(failure.value)
        clock.callLater(rest, loop.start, interval)

    loop, done = looping(clock, interval, job)
    done.addErrback(failed)


def keeps_failures_from_the_loop(clock, job, interval, rest, report):
    async def careful():
        try:
            await maybeDeferred(job)
        except Exception as error:
            report(error)

    looping(clock, interval, careful)


def starts_at_once(clock, job, interval, rest, report):
    def begin():
        looping(clock, interval, job)[1].addErrback(failed)

    def failed(failure):
        report(failure.value)
        begin()

    begin()


def rests_and_waits(clock, job, interval, rest, report):
    def begin(now):
        loop = LoopingCall(job)
        loop.clock = clock
        loop.start(interval, now=now).addErrback(failed)

    def failed(failure):
        report(failure.value)
        clock.callLater(rest, begin, False)

    begin(True)


def catches_exceptions_only(clock, job, interval, rest, report):
    def careful():
        try:
            return job()
        except Exception as error:
            report(error)
            loop.stop()
            clock.callLater(rest, catches_exceptions_only, clock, job, interval, rest, report)

    loop = LoopingCall(careful)
    loop.clock = clock
    loop.start(interval)


def rests_in_the_job(clock, job, interval, rest, report):
    async def careful():
        try:
            await maybeDeferred(job)
        except ConnectionError as error:
            report(error)
            await deferLater(clock, rest)

    looping(clock, interval, careful)


async def pauses_without_a_loop(clock, job, interval, rest, report):
    while True:
        try:
            await maybeDeferred(job)
            await deferLater(clock, interval)
        except ConnectionError as error:
            report(error)
            await deferLater(clock, rest)


def rests_twice_as_long(clock, job, interval, rest, report):
    def begin():
        looping(clock, interval, job)[1].addErrback(failed)

    def failed(failure):
        report(failure.value)
        clock.callLater(2 * rest, begin)

    begin()


def rounds_with(one_round, stopped=lambda loop, done: done):
    """Make rounds of `one_round(clock, jobs, at_once, report)`."""

    def rounds(clock, jobs, interval, at_once, report):
        loop, done = looping(clock, interval, lambda: one_round(clock, jobs, at_once, report))
        done.addErrback(report)

        def stop():
            if loop.running:
                loop.stop()
            return stopped(loop, done)

        return stop

    return rounds


def begun(jobs, at_once, report):
    permits = DeferredSemaphore(at_once)
    return gatherResults([permits.run(job).addErrback(report) for job in jobs])


def right_round(clock, jobs, at_once, report):
    return begun(jobs, at_once, report)


def all_at_once(clock, jobs, at_once, report):
    return gatherResults([job().addErrback(report) for job in jobs])


def round_not_returned(clock, jobs, at_once, report):
    begun(jobs, at_once, report)


def workers(clock, iterators):
    cooperator = Cooperator(scheduler=lambda step: clock.callLater(0, step))
    return gatherResults([cooperator.cooperate(iterator).whenDone() for iterator in iterators])


def iterators_of_their_own(clock, jobs, at_once, report):
    return workers(clock, [(job().addErrback(report) for job in jobs) for _ in range(at_once)])


async def errors_kill_workers(clock, jobs, at_once, report):
    work = iter(jobs)

    async def worker():
        for job in work:
            await job()

    await gatherResults([Deferred.fromCoroutine(worker()).addErrback(report) for _ in range(at_once)])


async def errors_kill_the_round(clock, jobs, at_once, report):
    permits = DeferredSemaphore(at_once)
    await gatherResults([permits.run(job) for job in jobs], consumeErrors=True)


def never_stopped(clock, jobs, interval, at_once, report):
    looping(clock, interval, lambda: begun(jobs, at_once, report))[1].addErrback(report)
    under_way = deferLater(clock, 0.75)
    return lambda: under_way


def one_semaphore_and_no_return(clock, jobs, interval, at_once, report):
    permits = DeferredSemaphore(at_once)

    def one_round():
        for job in jobs:
            permits.run(job).addErrback(report)

    loop, done = looping(clock, interval, one_round)

    def stop():
        loop.stop()
        return done

    return stop


def errback_on_the_round(clock, jobs, at_once, report):
    permits = DeferredSemaphore(at_once)
    return gatherResults([permits.run(job) for job in jobs], consumeErrors=True).addErrback(report)


def no_errback(clock, jobs, interval, at_once, report):
    permits = DeferredSemaphore(at_once)
    loop, done = looping(clock, interval, lambda: gatherResults([permits.run(job) for job in jobs], consumeErrors=True))
    done.addErrback(report)

    def stop():
        loop.stop()
        return done

    return stop


def as_in_the_chapter(clock, jobs, interval, at_once, report):
    def one_round():
        permits = DeferredSemaphore(at_once)
        careful = [lambda job=job: job() if loop.running else None for job in jobs]
        return gatherResults([permits.run(job).addErrback(report) for job in careful])

    loop = LoopingCall(one_round)
    loop.clock = clock
    done = loop.start(interval)

    def stop():
        loop.stop()
        return done

    return stop


def cancels(clock, jobs, interval, at_once, report):
    done = looping(clock, interval, lambda: begun(jobs, at_once, report))[1]

    def stop():
        done.cancel()
        return done

    return stop


async def in_batches(clock, jobs, at_once, report):
    for k in range(0, len(jobs), at_once):
        await gatherResults([job().addErrback(report) for job in jobs[k : k + at_once]])


def one_by_one(clock, jobs, at_once, report):
    return begun(jobs, 1, report)


WRONG = {
    "05-1": [
        Wrong("M3", adds_the_interval, "You added the interval to the end of each run."),
        Wrong("M2", makes_up, "You made up for the points of the grid that had passed."),
        Wrong("M2", late_by_itself, "in the instant in which a long run ended"),
        Wrong("M3", new_grid_after_a_long_run, "You let the grid begin anew in the instant in which a long run ended."),
        Wrong("M4", overlaps, "You let a run begin before the one in front of it had ended."),
        Wrong("M60", takes_the_point, "You gave a run the point of the grid at which the one before it ended."),
        Wrong("", forgets_the_last, "Run 5 should be at 7 s; yours is not there."),
    ],
    "05-2": [
        Wrong("M5", counts_calls, "You counted the calls so far."),
        Wrong("M5", counts_calls_from_0, "You counted the calls so far."),
        Wrong("M5", counts_one, "You gave each call a count of 1."),
        Wrong("M5", counts_the_missed, "You counted the points that were missed, and left out one"),
        Wrong("M5", two_calls_at_the_end, "You have two calls at 3 s"),
        Wrong("M2", calls_for_each, "You let every point that was missed have a call of its own"),
        Wrong("M3", late_for_ever, "You let the grid begin anew when the block was over."),
        Wrong("M2", always_a_late_call, "You let a block be followed by a call that stands for nothing."),
        Wrong("", skips_the_late_call, "Call 1 with count 3 should be at 4.25 s; yours is not there."),
    ],
    "05-3": [
        Wrong("M46", poll_with(never_stops), "You have told of the answer, but the loop goes on asking."),
        Wrong("M4", takes_a_deferred_for_an_answer, "You took a Deferred for an answer"),
        Wrong("M4", does_not_return_the_question, "Your questions overlap"),
        Wrong("M3", pauses_between, "You waited for an interval after each answer"),
        Wrong("M2", asks_at_once_when_late, "to make up for the point that had passed"),
        Wrong("M1", poll_with(one_too_many), "You asked once too often."),
        Wrong("M10", tells_the_end_too_soon, "You told the end of the last question when it had only begun."),
        Wrong("M9", poll_with(stops_twice), "The last question was answered, and your loop was stopped twice."),
        Wrong("M7", drops_the_failure, "whoever called `poll` waits for ever"),
        Wrong("M6", swallows_the_failure, "your loop went on as if nothing had happened"),
        Wrong("", returns_the_loop, "should be at 0.6 s"),
    ],
    "05-4": [
        Wrong("M7", hopes_for_an_exception, "You heard nothing of the failure at 2 s"),
        Wrong("M6", only_reports, "the loop is dead and nobody started it again"),
        Wrong("M7", listens_once, "You heard of the first failure and not of the second"),
        Wrong("M6", keeps_failures_from_the_loop, "it lives; but it does not rest either"),
        Wrong("M6", starts_at_once, "in the very instant in which it had failed"),
        Wrong("M1", rests_and_waits, "You rested, and then waited for an interval on top."),
        Wrong("M3", rests_in_the_job, "You rested inside the job"),
        Wrong("M3", pauses_without_a_loop, "You waited for an interval after the end of each run"),
        Wrong("M7", catches_exceptions_only, "The failure came with a Deferred, past your `except`."),
        Wrong("", rests_twice_as_long, "Run 4 of the job should be at 3.5 s; yours came at 5 s."),
    ],
    "05-5": [
        Wrong("M60", lambda interval: 3 * interval, "Your job ends just on a point of the grid"),
        Wrong("M3", lambda interval: 2 * interval, "but the chain has four as well"),
        Wrong("M3", lambda interval: 2.2 * interval, "but the chain has four as well"),
        Wrong("M3", lambda interval: 1.5 * interval, "the loop has more than four runs"),
        Wrong("constant", lambda interval: 2.5, "Your answer holds for the numbers of the task only."),
        Wrong("", lambda interval: 3.25 * interval, "Run 2 of the loop should be at 3 s; yours came at 4 s."),
    ],
    "05-6": [
        Wrong("M40", rounds_with(all_at_once), "More jobs were under way at once than are allowed."),
        Wrong("M40", rounds_with(iterators_of_their_own), "Your workers have an iterator each"),
        Wrong("M4", rounds_with(round_not_returned), "A round began while the one before it was under way."),
        Wrong("M11", rounds_with(right_round, lambda loop, done: succeed(None)), "You said that all was quiet"),
        Wrong("M53", rounds_with(errors_kill_workers), "A job that failed took its worker with it"),
        Wrong("M6", rounds_with(errors_kill_the_round), "and with the round the loop"),
        Wrong("M46", never_stopped, "When `stop` had been called there was another round."),
        Wrong("M4", one_semaphore_and_no_return, "A round joined the queue while the one before it was under way"),
        Wrong("M53", rounds_with(errback_on_the_round), "that ended the waiting for its round"),
        Wrong("M6", no_errback, "Your loop was dead before `stop` was called"),
        Wrong("M10", as_in_the_chapter, "The round that was under way at `stop` was broken off"),
        Wrong("M12", cancels, "You cancelled a Deferred, and only who waits for it has heard of that."),
        Wrong("", rounds_with(in_batches), "run 1 of C should be at 0.25 s; yours came at 0.5 s."),
        Wrong("", rounds_with(one_by_one), "should be at 0 s"),
    ],
}
