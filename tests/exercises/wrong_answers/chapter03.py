"""Wrong answers to the exercises of chapter 03."""

from math import floor

from twisted.internet.defer import DeferredList, gatherResults, maybeDeferred
from twisted.python import log

from tests.exercises.wrong_answers import Wrong


def in_slices_of(steps, length, due, starts):
    ends = [*starts[1:], steps * length]
    return {"slice": starts, "ring": [min(end for end in ends if end > due)]}


def free_after_each_step(steps, length, due):
    return in_slices_of(steps, length, due, [k * length for k in range(steps)])


def stops_before_ten(steps, length, due):
    fit = floor(0.010 / length)
    return in_slices_of(steps, length, due, [k * length for k in range(0, steps, fit)])


def cuts_steps_in_two(steps, length, due):
    return in_slices_of(steps, length, due, [k / 100 for k in range(10) if k / 100 < steps * length])


def never_looks_at_the_time(steps, length, due):
    return {"slice": [0], "ring": [steps * length]}


def right_slices(steps, length):
    number, in_a_slice = 0, []
    while number < steps:
        in_a_slice.append(number * length)
        number += next(k for k in range(1, 100) if k * length >= 0.010)
    return in_a_slice


def rings_when_due(steps, length, due):
    return {"slice": right_slices(steps, length), "ring": [due]}


def rings_after_the_step(steps, length, due):
    return {"slice": right_slices(steps, length), "ring": [next(k * length for k in range(100) if k * length > due)]}


def only_these_slices(steps, length, due):
    return {"slice": [0, 0.012, 0.024], "ring": [0.012]}


def rings_at_the_end(steps, length, due):
    return {"slice": right_slices(steps, length), "ring": [steps * length]}


def takes_turns(two, one="abcabcabc", three="abcabcabc"):
    return lambda cooperators: list({1: one, 2: two, 3: three}[cooperators])


def row_by_row(rows, compute):
    for row in rows:
        for cell in row:
            compute(cell)
        yield


def yields_at_the_end(rows, compute):
    for row in rows:
        for cell in row:
            compute(cell)
    yield


def steps_of(row, compute):
    for cell in row:
        compute(cell)
        yield


def yields_generators(rows, compute):
    for row in rows:
        yield steps_of(row, compute)


def calls_a_generator_function(rows, compute):
    for row in rows:
        steps_of(row, compute)
        yield


def returns_a_list(rows, compute):
    return [compute(cell) for row in rows for cell in row]


def never_yields(rows, compute):
    for row in rows:
        for cell in row:
            compute(cell)


def computes_less(rows, compute):
    for row in rows:
        for cell in row[::2]:
            compute(cell)
            yield


def computes_the_first_twice(rows, compute):
    compute(rows[0][0])
    yield
    for row in rows:
        yield from steps_of(row, compute)


def impatient(ask, call):
    found = []
    ask("owner").addCallback(found.append).addErrback(log.err)
    while not found:
        yield
    ask(found[0]).addCallback(found.append).addErrback(log.err)
    while len(found) < 2:
        yield
    call(found[1])


def yields_once(ask, call):
    found = []
    ask("owner").addCallback(found.append).addErrback(log.err)
    yield
    ask(found[0]).addCallback(found.append).addErrback(log.err)
    yield
    call(found[1])


def takes_the_yield(ask, call):
    owner = yield ask("owner")
    number = yield ask(owner)
    call(number)


def takes_the_second_yield(ask, call):
    found = []
    yield ask("owner").addCallback(found.append)
    number = yield ask(found[0])
    call(number)


def takes_the_deferred(ask, call):
    owner = ask("owner")
    yield owner
    number = ask(owner)
    yield number
    call(number)


def never_calls(ask, call):
    yield ask("owner").addCallback(ask)


def knows_it_all(ask, call):
    yield ask("owner")
    yield ask("Ann")
    call(4711)


def kept(results, place):
    def keep(result):
        results[place] = result

    return keep


def caught(job, results, place):
    return maybeDeferred(job).addCallbacks(kept(results, place), lambda _: None)


def finished(cooperate, iterators, results):
    return gatherResults([cooperate(it).whenDone() for it in iterators]).addCallback(lambda _: results)


def a_list_for_each(cooperate, jobs, width):
    results = [None] * len(jobs)
    return finished(cooperate, [(caught(job, results, k) for k, job in enumerate(jobs)) for _ in range(width)], results)


def dealt_out(cooperate, jobs, width):
    results = [None] * len(jobs)
    all_jobs = list(enumerate(jobs))
    return finished(
        cooperate, [(caught(job, results, k) for k, job in all_jobs[w::width]) for w in range(width)], results
    )


def a_task_for_each(cooperate, jobs, width):
    results = [None] * len(jobs)
    return finished(cooperate, [iter([caught(job, results, k)]) for k, job in enumerate(jobs)], results)


def never_waits(cooperate, jobs, width):
    results = [None] * len(jobs)

    def work():
        for k, job in enumerate(jobs):
            caught(job, results, k)
            yield

    return finished(cooperate, [work()] * width, results)


def lets_failures_through(cooperate, jobs, width):
    results = [None] * len(jobs)
    shared = (maybeDeferred(job).addCallback(kept(results, k)) for k, job in enumerate(jobs))
    return finished(cooperate, [shared] * width, results)


def hides_dead_workers(cooperate, jobs, width):
    results = [None] * len(jobs)
    shared = (maybeDeferred(job).addCallback(kept(results, k)) for k, job in enumerate(jobs))
    workers = [cooperate(shared).whenDone() for _ in range(width)]
    return DeferredList(workers, consumeErrors=True).addCallback(lambda _: results)


def tries_in_the_generator(cooperate, jobs, width):
    results = [None] * len(jobs)

    def work():
        for k, job in enumerate(jobs):
            try:
                yield maybeDeferred(job).addCallback(kept(results, k))
            except Exception:
                log.err()

    return finished(cooperate, [work()] * width, results)


def takes_no_job_that_raises(cooperate, jobs, width):
    results = [None] * len(jobs)
    shared = (job().addCallbacks(kept(results, k), lambda _: None) for k, job in enumerate(jobs))
    return finished(cooperate, [shared] * width, results)


def takes_when_done(cooperate, jobs, width):
    shared = (maybeDeferred(job).addErrback(lambda _: None) for job in jobs)
    return gatherResults([cooperate(shared).whenDone() for _ in range(width)])


def takes_the_yields(cooperate, jobs, width):
    results = []

    def work():
        for job in jobs:
            results.append((yield maybeDeferred(job).addErrback(lambda _: None)))

    return finished(cooperate, [work()] * width, results)


def in_the_order_of_their_ends(cooperate, jobs, width):
    results = []
    shared = (maybeDeferred(job).addErrback(lambda _: None).addCallback(results.append) for job in jobs)
    return finished(cooperate, [shared] * width, results)


HEARD = {
    "fails": ["an error"],
    "returns": ["finally", "the generator"],
    "raises": ["except", "finally", "the generator"],
    "stopped": ["an error"],
    "function": ["an error"],
    "unheard": ["finally"],
}


def hears(**other):
    return lambda ending: {**HEARD, **other}[ending]


WRONG = {
    "03-1": [
        Wrong("M38", free_after_each_step, "You began a new slice after each step."),
        Wrong("M38", stops_before_ten, "because the next step would have been too long for it"),
        Wrong("M38", cuts_steps_in_two, "You ended each slice after exactly 10 ms."),
        Wrong("M38", never_looks_at_the_time, "You made all steps in one slice."),
        Wrong("M29", rings_when_due, "you let the ring come in the middle of one"),
        Wrong("M29", rings_after_the_step, "you let the ring come in the middle of one"),
        Wrong("constant", only_these_slices, "Your answer holds for the numbers of the task only."),
        Wrong("", rings_at_the_end, "The ring should be at 0.012 s; yours is at 0.032 s."),
    ],
    "03-2": [
        Wrong("M37", takes_turns("abcabcabc"), "You let all three take turns, as if they shared one Cooperator."),
        Wrong("M37", takes_turns("abababccc"), "You let c wait until the Cooperator of a and b"),
        Wrong("M37", takes_turns("acbcacbab", one="acbcacbab"), "You let c jump the queue"),
        Wrong("M37", takes_turns("acbcacbab", three="acbcacbab"), "You let c jump the queue"),
        Wrong("M51", takes_turns("aaabbbccc"), "You let each task come to its end before the next one begins."),
        Wrong("M51", takes_turns("acbababcc"), "You gave c fewer turns at first"),
        Wrong("M51", takes_turns("acbcacbab", one="abcababcc"), "You gave c fewer turns at first"),
        Wrong("", takes_turns("cccaaabbb"), "Step 1 of a should be from 0 to 0.1 s; yours is from 0.6 to 0.7 s."),
    ],
    "03-3": [
        Wrong("M38", row_by_row, "A whole row is one step, and nobody interrupts a step."),
        Wrong("M38", yields_at_the_end, "All cells are computed in one step"),
        Wrong("M38", computes_less, "The heart beats, but part of the table was left out."),
        Wrong("M16", yields_generators, "A generator was made for each row, and none of it was run."),
        Wrong("M16", calls_a_generator_function, "A generator was made for each row, and none of it was run."),
        Wrong("M30", returns_a_list, "Your function computes everything as soon as it is called"),
        Wrong("M30", never_yields, "Your function computes everything as soon as it is called"),
        Wrong("", computes_the_first_twice, "The end of the report should be at 0.875 s; yours came at 1 s."),
    ],
    "03-4": [
        Wrong("M50", impatient, "it asks again and again whether the answer is there"),
        Wrong("M50", yields_once, "You looked for an answer that had not come yet."),
        Wrong("M31", takes_the_yield, "You took the value of a `yield` for the answer."),
        Wrong("M31", takes_the_second_yield, "You took the value of a `yield` for the answer."),
        Wrong("M29", takes_the_deferred, "You went on with the Deferred itself, as if it was the answer."),
        Wrong("", never_calls, "The call should be at 0.85 s; yours never came."),
        Wrong("", knows_it_all, "that is Bo's"),
    ],
    "03-5": [
        Wrong("M40", a_list_for_each, "Each worker goes through the whole list by itself"),
        Wrong("M40", dealt_out, "You dealt the jobs out beforehand, to each worker its own."),
        Wrong("M40", a_task_for_each, "All jobs began at once."),
        Wrong("M50", never_waits, "Your workers begin a job and go on to the next at once."),
        Wrong("M53", lets_failures_through, "A job that failed took its worker with it."),
        Wrong("M53", hides_dead_workers, "A job that failed took its worker with it."),
        Wrong("M53", tries_in_the_generator, "A job that failed took its worker with it."),
        Wrong("M53", takes_no_job_that_raises, "A job that failed took its worker with it."),
        Wrong("M33", takes_when_done, "You took what `whenDone` fires with for the results."),
        Wrong("M31", takes_the_yields, "You took the value of a `yield` for the result of a job."),
        Wrong("", in_the_order_of_their_ends, "The right list of results should be at 1.1 s; yours never came."),
    ],
    "03-6": [
        Wrong(
            "M32", hears(fails=["except", "finally", "the generator"]), "You let the failure of a Deferred be thrown"
        ),
        Wrong("M32", hears(fails=["finally", "an error"]), "You let the failure of a Deferred be thrown"),
        Wrong("M32", hears(raises=["an error"]), "go past its `except`"),
        Wrong("M33", hears(returns=["finally", "42"]), "You let `whenDone` fire with what the task returned."),
        Wrong("M35", hears(stopped=["finally", "the generator"]), "You let `stop` be a quiet end."),
        Wrong("M35", hears(stopped=[]), "You let `stop` be a quiet end."),
        Wrong("M30", hears(function=["finally", "the generator"]), "You let a function do for a task."),
        Wrong("M30", hears(function=[]), "You let a function do for a task."),
        Wrong("M52", hears(unheard=["finally", "logged"]), "You let an error be heard that nobody listens for."),
        Wrong("", hears(returns=["the generator", "finally"]), "should be from"),
    ],
}
