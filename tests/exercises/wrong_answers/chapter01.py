"""Wrong answers to the exercises of chapter 01."""

import time
from time import sleep

from twisted.internet.task import deferLater

from tests.exercises.wrong_answers import Wrong


def waits_one_by_one(a, b, c):
    return {"A": [0, a], "B": [a, a + b], "C": [a + b, a + b + c]}


def waits_for_the_slowest(a, b, c):
    slowest = max(a, b, c)
    return {"A": [0, slowest], "B": [0, slowest], "C": [0, slowest]}


def begins_after_its_wait(a, b, c):
    return {"A": [a, a], "B": [b, b], "C": [c, c]}


def only_these_waits(a, b, c):
    return {"A": [0, 1], "B": [0, 0.5], "C": [0, 1.5]}


def forgets_the_begin(a, b, c):
    return {"A": [a], "B": [b], "C": [c]}


def waits_round_to_halves(a, b, c):
    return {"A": [0, a], "B": [0, b + 0.25], "C": [0, c]}


def runs_when_due(a, c, begin, block):
    return {"A": [a], "C": [c]}


def waits_anew(a, c, begin, block):
    def runs(due):
        return due if due < begin or due > begin + block else begin + block + due

    return {"A": [runs(a)], "C": [runs(c)]}


def stands_still(a, c, begin, block):
    def runs(due):
        return due if due < begin or due > begin + block else due + block

    return {"A": [runs(a)], "C": [runs(c)]}


def waits_for_any_block(a, c, begin, block):
    return {"A": [max(a, begin + block)], "C": [max(c, begin + block)]}


def never_runs(a, c, begin, block):
    return {name: [due] if due < begin or due > begin + block else [] for name, due in {"A": a, "C": c}.items()}


def always_at_the_end(a, c, begin, block):
    return {"A": [begin + block], "C": [begin + block]}


def result_first(later):
    return ["result", "next line", "callback", "last line"]


def callback_in_its_place(later):
    return ["next line", "callback", "last line", "result"] if later else result_first(later)


def reactor_between_the_lines(later):
    return ["next line", "result", "callback", "last line"] if later else result_first(later)


def callback_last(later):
    first, second = ("next line", "last line"), ("result", "callback")
    return [*first, *second] if later else ["result", *first, "callback"]


def all_backwards(later):
    return ["callback", "result", "last line", "next line"]


def sees_no_threads(picture):
    a, b = picture["A"], picture["B"]
    if a[0] == b[0]:
        return "processes"
    if len(a) == 1:
        return "blocked loop"
    return "loop" if b[0][0] < a[-1][0] else "one after the other"


def beats_are_parallel(picture):
    a, b = picture["A"], picture["B"]
    if len(picture["heartbeat"]) == 13:
        return "processes"
    if len(a) == 1:
        return "blocked loop"
    return "loop" if b[0][0] < a[-1][0] else "one after the other"


def always_one_by_one(picture):
    a, b = picture["A"], picture["B"]
    if b[0][0] < a[-1][0]:
        return "processes" if a[0] == b[0] else "threads" if len(a) > 2 else "loop"
    return "one after the other"


def always_a_loop(picture):
    return "loop"


def always_processes(picture):
    return "processes"


def still_blocks(clock, timeline, clients, reply):
    for client, seconds in clients.items():
        timeline.block(seconds)
        reply(client)


async def blocks_in_a_coroutine(clock, timeline, clients, reply):
    still_blocks(clock, timeline, clients, reply)


def blocks_later(clock, timeline, clients, reply):
    def look_up(client, seconds):
        timeline.block(seconds)
        reply(client)

    for client, seconds in clients.items():
        clock.callLater(0, look_up, client, seconds)


def sleeps(clock, timeline, clients, reply):
    for client, seconds in clients.items():
        time.sleep(seconds)
        reply(client)


async def sleeps_in_a_coroutine(clock, timeline, clients, reply):
    for client, seconds in clients.items():
        sleep(seconds)
        reply(client)


def sleeps_later(clock, timeline, clients, reply):
    for client, seconds in clients.items():
        clock.callLater(0, sleep, seconds)
        clock.callLater(0, reply, client)


async def awaits_one_by_one(clock, timeline, clients, reply):
    for client, seconds in clients.items():
        await deferLater(clock, seconds)
        reply(client)


def replies_at_once(clock, timeline, clients, reply):
    for client, seconds in clients.items():
        deferLater(clock, seconds)
        reply(client)


def replies_to_the_first(clock, timeline, clients, reply):
    deferLater(clock, 0.3, reply, "client 1")


def begins_too_late(first, second, third):
    return (first + second) / 2, (third - first) / 2


def ends_too_early(first, second, third):
    return first / 2, (second - first) / 4 + first / 2


def ends_too_late(first, second, third):
    return first / 2, third


def holds_only_these(first, second, third):
    return 0.5, 2


def holds_nothing(first, second, third):
    return 0, first / 2


async def fetches_one_by_one(names, fetch, done):
    for name in names:
        await fetch(name).addErrback(lambda _: None)
    done()


def does_not_wait(names, fetch, done):
    for name in names:
        fetch(name).addErrback(lambda _: None)
    done()


def is_done_each_time(names, fetch, done):
    for name in names:
        fetch(name).addBoth(lambda _: done())


def waits_for_the_last_in_the_list(names, fetch, done):
    fetched = [fetch(name) for name in names]
    fetched[-1].addBoth(lambda _: done())
    for deferred in fetched:
        deferred.addErrback(lambda _: None)


def is_never_done_when_one_is_lost(names, fetch, done):
    back = []

    def one_more(name):
        back.append(name)
        if len(back) == len(names):
            done()

    for name in names:
        fetch(name).addCallback(one_more).addErrback(lambda _: None)


def forgets_one(names, fetch, done):
    is_never_done_when_one_is_lost(names[1:], fetch, done)


WRONG = {
    "01-1": [
        Wrong("M29", waits_one_by_one, "You let B begin when A had ended."),
        Wrong("M4", waits_for_the_slowest, "You let all three wait for the slowest."),
        Wrong("M47", begins_after_its_wait, "You let a job begin when its wait is over."),
        Wrong("constant", only_these_waits, "Your answer holds for the numbers of the task only."),
        Wrong("", waits_round_to_halves, "The end of B should be at 0.5 s; yours is at 0.75 s."),
    ],
    "01-2": [
        Wrong("M29", runs_when_due, "You let a timer run while B held the reactor."),
        Wrong("M3", waits_anew, "You let the wait of C begin anew when the block was over."),
        Wrong("M29", stands_still, "You let the waits stand still during the block."),
        Wrong("M29", waits_for_any_block, "You made A wait for a block that did not concern it."),
        Wrong("M2", never_runs, "You let a timer that was held up never run."),
        Wrong("", lambda a, c, begin, block: {"A": [1.25], "C": [1.5]}, "C should be at 1.25 s; yours is at 1.5 s."),
    ],
    "01-3": [
        Wrong("M47", result_first, "You let the result come before the next line of the program."),
        Wrong("M47", callback_in_its_place, "You let addCallback call the callback."),
        Wrong("M25", reactor_between_the_lines, "You let the reactor in between two lines of the program."),
        Wrong("M47", callback_last, "You let the callback wait, although the result was there."),
        Wrong("", all_backwards, "Next line should come first; in yours it comes fourth."),
    ],
    "01-4": [
        Wrong("M48", sees_no_threads, "let the waits overlap"),
        Wrong("M48", beats_are_parallel, "are of several workers"),
        Wrong("M29", always_one_by_one, "do one job after the other"),
        Wrong("M29", always_a_loop, "have one bar at a time, and no bar cut in pieces"),
        Wrong("", always_processes, "should"),
    ],
    "01-5": [
        Wrong("M29", still_blocks, "Each look-up still holds the reactor."),
        Wrong("M17", blocks_in_a_coroutine, "`async` changed how your function is called"),
        Wrong("M29", blocks_later, "You moved the blocking to a later turn"),
        Wrong("M29", sleeps, "Each look-up still holds the reactor: `time.sleep` blocks, as `block` does."),
        Wrong("M17", sleeps_in_a_coroutine, "`async` changed how your function is called"),
        Wrong("M29", sleeps_later, "You moved the blocking to a later turn"),
        Wrong("M47", awaits_one_by_one, "the second look-up began only when the first had ended"),
        Wrong("M29", replies_at_once, "You replied before the look-up had ended."),
        Wrong("", replies_to_the_first, "The reply to client 2 should be at 0.3 s; yours never came."),
    ],
    "01-6": [
        Wrong("M29", begins_too_late, "The first timer had run before your block began."),
        Wrong("M25", ends_too_early, "the second timer was not due yet"),
        Wrong("M29", ends_too_late, "You have caught the third timer too"),
        Wrong("constant", holds_only_these, "Your answer holds for the numbers of the task only."),
        Wrong("", holds_nothing, "First should be at 2 s; yours came at 1 s."),
    ],
    "01-7": [
        Wrong("M29", fetches_one_by_one, "You fetched the second only when the first was back."),
        Wrong("M47", does_not_wait, "You called `done` while all were still on their way."),
        Wrong("M47", is_done_each_time, "You called `done` each time that one was back."),
        Wrong("M25", waits_for_the_last_in_the_list, "You waited for the last in the list"),
        Wrong("M7", is_never_done_when_one_is_lost, "You never called `done`, because one of them failed."),
        Wrong("", forgets_one, "The fetching of A should be at 0 s; yours never came."),
    ],
}
