"""A timeline as text, to the character."""

from dataclasses import replace
from textwrap import dedent

import pytest
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall, deferLater

from course_lib import Timeline, VirtualClock, draw, run
from course_lib.timeline.compare import first_difference, floored, slot
from course_lib.timeline.records import Bar, Call, Hold, Mark, Wait
from course_lib.timeline.text import comparison_text, exact_text


def beat():
    pass


def heartbeat(clock, timeline):
    loop = LoopingCall(timeline.traced(beat, name="heartbeat"))
    loop.clock = clock
    return loop.start(0.25)


def busy(clock, timeline):
    def report():
        timeline.block(0.7)

    clock.callLater(0.5, timeline.traced(report))
    return heartbeat(clock, timeline)


def moved(clock, timeline):
    def first():
        pass

    def fails():
        raise ValueError("no\nmore")

    def never():
        pass

    call = clock.callLater(1, first)
    dropped = clock.callLater(0.75, first)
    clock.callLater(0.5, fails)
    clock.callLater(0.25, call.reset, 0.5)
    clock.callLater(0.3, dropped.cancel)
    clock.callLater(0.1, timeline.mark, "go")
    clock.callLater(5, never)


def waiting(clock, timeline):
    def ask():
        return deferLater(clock, 0.6)

    def hopeless():
        answer = Deferred()
        clock.callLater(0.3, answer.errback, ValueError("x"))
        return answer

    def forgotten():
        return Deferred()

    def dropped():
        answer = Deferred()
        clock.callLater(0.4, answer.cancel)
        return answer

    for job in (ask, hopeless, forgotten, dropped):
        timeline.traced(job)().addErrback(lambda failure: None)
    return deferLater(clock, 0.9)


def ticking(clock, timeline):
    loop = LoopingCall(timeline.traced(beat))
    loop.clock = clock
    loop.start(0.1)


def virtually(experiment, until):
    return run(experiment, clock=VirtualClock(), until=until)


# The whole string. An experiment with all it can show, once exact and once floored to the grid.


@pytest.mark.parametrize(
    ("experiment", "until", "text"),
    [
        (
            heartbeat,
            1.1,
            """\
            heartbeat: virtual time, one character is 0.02 s
                       0         0.2       0.4       0.6       0.8       1 s
            reactor    |           |            |           |            |
            heartbeat  |           |            |           |            |
            heartbeat  ran 0, 0.25, 0.5, 0.75, 1; next due 1.25""",
        ),
        (
            busy,
            1.9,
            """\
            busy: virtual time, one character is 0.05 s
                       0         0.5       1         1.5 s
            reactor    |    |    ##############||    |    |
            report               ##############
            heartbeat  |    |    .    .    .   ||    |    |
            report     ran 0.5–1.2
            heartbeat  ran 0, 0.25, 1.2 (due 0.5), 1.25, 1.5, 1.75; missed 0.75, 1; next due 2""",
        ),
        (
            moved,
            1,
            """\
            moved: virtual time, one character is 0.02 s
                     0         0.2       0.4       0.6       0.8       1 s
            reactor  |    |      |  |         |           |
            first                                         |
            fails                             !
            reset                |
            cancel                  |
            never
            first    ran 0.75; moved from 1 (at 0.25); cancelled 0.75 (at 0.3)
            fails    ran 0.5 (failed: ValueError: no)
            reset    ran 0.25
            cancel   ran 0.3
            never    never ran; next due 5
            mark     go at 0.1""",
        ),
        (
            waiting,
            2,
            """\
            waiting: virtual time, one character is 0.05 s
                       0         0.5       1         1.5       2 s
            reactor    |     | |   |     |
            ask        |~~~~~~~~~~~
            hopeless   |~~~~~
            forgotten  |~~~~~~~~~~~~~~~~~
            dropped    |~~~~~~~
            ask        ran 0; waited 0–0.6
            hopeless   ran 0; waited 0–0.3 (failed)
            forgotten  ran 0; waited 0–0.9 (pending)
            dropped    ran 0; waited 0–0.4 (cancelled)
            end        at 0.9, when the experiment's Deferred had fired""",
        ),
        (
            ticking,
            3.05,
            """\
            ticking: virtual time, one character is 0.1 s
                     0         1         2         3 s
            reactor  |||||||||||||||||||||||||||||||
            beat     |||||||||||||||||||||||||||||||
            beat     ran 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, …, 2.9, 3 (31 in all); next due 3.1""",
        ),
    ],
)
def test_the_exact_text_of(experiment, until, text):
    timeline = virtually(experiment, until)

    assert exact_text(timeline) == dedent(text)
    assert repr(timeline) == dedent(text)


@pytest.mark.parametrize(
    ("experiment", "until", "text"),
    [
        (
            busy,
            1.9,
            """\
            busy: times floored to 0.25 s
                       0       0.5     1       1.5 s
            reactor    |   |   ########|   |   |   |
            report             ########
            heartbeat  |   |   .       |   |   |   |
            report     ran 0.5–1
            heartbeat  ran 0, 0.25, 1 (due 0.5), 1.25, 1.5, 1.75; next due 2""",
        ),
        (
            moved,
            1,
            """\
            moved: times floored to 0.25 s
                     0       0.5     1 s
            reactor  |   |   |   |
            first                |
            fails            !
            reset        |
            cancel       |
            never
            first    ran 0.75; moved from 1 (at 0.25); cancelled 0.75 (at 0.25)
            fails    ran 0.5 (failed: ValueError: no)
            reset    ran 0.25
            cancel   ran 0.25
            never    never ran; next due 5
            mark     go at 0""",
        ),
        (
            waiting,
            2,
            """\
            waiting: times floored to 0.25 s
                       0       0.5     1       1.5     2 s
            reactor    |   |   |   |
            ask        |~~~~~~~
            hopeless   |~~~
            forgotten  |~~~~~~~~~~~
            dropped    |~~~
            ask        ran 0; waited 0–0.5
            hopeless   ran 0; waited 0–0.25 (failed)
            forgotten  ran 0; waited 0–0.75 (pending)
            dropped    ran 0; waited 0–0.25 (cancelled)
            end        at 0.75, when the experiment's Deferred had fired""",
        ),
    ],
)
def test_the_comparison_text_of(experiment, until, text):
    timeline = virtually(experiment, until)

    assert comparison_text(timeline) == dedent(text)
    assert repr(replace(timeline, live=True)) == dedent(text)


def test_the_text_of_a_prediction():
    assert repr(Timeline.of({"beat": [0, 0.5, (1, 1.7)], "silent": []}, until=2)) == dedent(
        """\
        prediction: virtual time, one character is 0.05 s
                 0         0.5       1         1.5       2 s
        reactor
        beat     |         |         ##############
        silent
        beat     ran 0, 0.5, 1–1.7
        silent   never ran"""
    )


def test_the_text_of_what_ran_in_a_thread_and_of_notes():
    bars = (Bar("fetch", 0, 0.5, thread="PoolThread-0"),)
    timeline = Timeline("threads", 1, 1, lanes=("fetch",), bars=bars, notes=("first note", "second note"))

    assert exact_text(timeline) == dedent(
        """\
        threads: virtual time, one character is 0.02 s
                 0         0.2       0.4       0.6       0.8       1 s
        reactor
        fetch    #########################
        fetch    ran 0–0.5 in a thread
        note     first note
        note     second note"""
    )


def test_a_short_job_is_one_character_also_where_it_lies_across_two():
    timeline = Timeline("short", 1, 1, lanes=("job",), bars=(Bar("job", 0.018, 0.022),))

    assert exact_text(timeline).splitlines()[3] == "job      |"


def test_a_late_call_names_its_due_time_at_its_first_job_only():
    bars = (Bar("job", 1.2, 1.2), Bar("job", 1.3, 1.3), Bar("job", 2, 2))
    calls = (Call("job", 0, 1, ran=1.2, ended=1.4), Call("job", 0, 2, ran=2, ended=2))

    assert exact_text(Timeline("late", 3, 3, lanes=("job",), bars=bars, calls=calls)).splitlines()[-1] == (
        "job      ran 1.2 (due 1), 1.3, 2"
    )


def test_marks_at_one_time_keep_their_order_in_virtual_time_and_are_a_set_in_what_is_compared():
    marks = (Mark(0.25, "c"), Mark(0.5, "b"), Mark(0.5 + 1e-9, "a"))
    timeline = Timeline("marks", 1, 1, marks=marks)

    assert exact_text(timeline).splitlines()[3:] == ["mark     c at 0.25", "mark     b at 0.5", "mark     a at 0.5"]
    assert comparison_text(timeline).splitlines()[3:] == [
        "mark     c at 0.25",
        "mark     a at 0.5",
        "mark     b at 0.5",
    ]


@pytest.mark.parametrize(
    ("until", "heading", "axis"),
    [
        (0.02, "one character is 0.0005 s", "0         0.005     0.01      0.015     0.02 s"),
        (0.15, "one character is 0.0025 s", "0       0.02    0.04    0.06    0.08    0.1     0.12    0.14 s"),
        (1, "one character is 0.02 s", "0         0.2       0.4       0.6       0.8       1 s"),
        (3.1, "one character is 0.1 s", "0         1         2         3 s"),
        (86_400, "one character is 2000 s", "0         20000     40000     60000     80000 s"),
        (1e8, "one character is 2000000 s", "0                        50000000                 100000000 s"),
    ],
)
def test_the_axis_has_round_numbers_with_room_between_them(until, heading, axis):
    lines = exact_text(Timeline("empty", until, until)).splitlines()

    assert lines == [f"empty: virtual time, {heading}", f"         {axis}", "reactor"]


@pytest.mark.parametrize("until", [1, 1.1, 1.9, 2, 2.6, 3, 5, 10])
def test_the_numbers_of_an_axis_never_touch(until):
    for text in (exact_text, comparison_text):
        numbers = text(Timeline("empty", until, until)).splitlines()[1].removesuffix(" s").split()
        assert [float(n) for n in numbers] == pytest.approx([k * float(numbers[1]) for k in range(len(numbers))])


# Floored to the grid


@pytest.mark.parametrize(
    ("t", "floor"), [(0, 0), (0.2489, 0), (0.2495, 0.25), (0.25, 0.25), (0.499998, 0.5), (1.2, 1), (-1e-9, 0)]
)
def test_a_slot_begins_a_millisecond_early_for_clocks_that_round_down(t, floor):
    assert slot(t) == floor


def test_a_slot_is_of_the_grid_one_asks_for():
    assert [slot(1.7, grid=0.5), slot(1.7, grid=1)] == [1.5, 1]


def test_floored_takes_out_what_depends_on_load():
    call = Call("job", 0.001, 0.5, 0.51, 0.62, None, ((0.26, 0.75),), "by", (0.001, 0.5), "failed")
    timeline = Timeline(
        "run", 1.1, 1.1, True, ("job",), (Bar("job", 0.51, 0.62, "failed"),), (Wait("job", 0.3, 0.9, "fired"),),
        (call,), (Mark(0.81, "here", "job"),), ("note",), True, (Hold("job", 0.51, 0.62),),
    )  # fmt: skip
    expected = Timeline(
        "run", 1.1, 1.1, False, ("job",), (Bar("job", 0.5, 0.5, "failed"),), (Wait("job", 0.25, 0.75, "fired"),),
        (Call("job", 0, 0.5, 0.5, 0.5, None, ((0.25, 0.75),), "by", None, "failed"),), (Mark(0.75, "here", "job"),),
        ("note",), True, (Hold("job", 0.5, 0.5),),
    )  # fmt: skip

    assert vars(floored(timeline)) == vars(expected)


def test_floored_keeps_until_and_floors_an_earlier_end():
    ends = [floored(Timeline("run", 1.1, end)).end for end in (0.9, 1.1)]

    assert ends == [0.75, 1.1]


def test_a_run_that_was_a_little_late_everywhere_has_the_same_comparison_text():
    exact = virtually(busy, 1.9)
    late = replace(
        exact,
        live=True,
        bars=tuple(b._replace(start=b.start + 0.01, end=b.end + 0.02) for b in exact.bars),
        calls=tuple(c._replace(ran=c.ran and c.ran + 0.01, ended=c.ended and c.ended + 0.02) for c in exact.calls),
        holds=tuple(h._replace(start=h.start + 0.01, end=h.end + 0.02) for h in exact.holds),
    )

    assert comparison_text(late) == comparison_text(exact)


# The first difference


def prediction(**lanes):
    return Timeline.of(lanes, until=3)


@pytest.mark.parametrize(
    ("expected", "got", "sentence"),
    [
        ({"a": [0, 1]}, {"a": [0, 1]}, "None"),
        ({"a": [0, 1]}, {"a": [0, 1.0015]}, "None"),
        ({"a": [0, 1]}, {"a": [0, 1.003]}, "a number 2 was expected at 1 s and came at 1.003 s"),
        ({"a": [0, 1]}, {"a": [0]}, "a number 2 was expected at 1 s and never came"),
        ({"a": [0]}, {"a": [0, 1]}, "a number 2 at 1 s was not expected"),
        ({"a": [0]}, {"a": [0, (1, 1.7)]}, "a number 2 at 1–1.7 s was not expected"),
        ({"a": [0, 1]}, {}, "a number 1 was expected at 0 s and never came"),
        ({"a": [0]}, {"a": [0], "other lanes": [1]}, "None"),
        ({"a": [1]}, {"a": [(1, 1.7)]}, "None"),
        ({"a": [(1, 1.5)]}, {"a": [(1, 1.7)]}, "a number 1 was expected at 1–1.5 s and came at 1–1.7 s"),
        ({"a": [(1, 1.5)]}, {"a": [1]}, "a number 1 was expected at 1–1.5 s and came at 1 s"),
        ({"a": [0, 2], "b": [1]}, {"a": [0], "b": []}, "b number 1 was expected at 1 s and never came"),
        ({"a": [2], "b": [1]}, {"a": [0.5], "b": []}, "a number 1 was expected at 2 s and came at 0.5 s"),
        ({"a": []}, {"a": []}, "None"),
    ],
)
def test_the_first_difference_between(expected, got, sentence):
    assert str(first_difference(prediction(**expected), prediction(**got))) == sentence


def test_a_difference_says_where_to_point_at():
    expected, got = prediction(a=[2], b=[1]), prediction(a=[0.5], b=[])
    difference = first_difference(expected, got)

    assert difference == ("a", 1, Bar("a", 2, 2), Bar("a", 0.5, 0.5))
    assert difference.at == 0.5


def test_a_live_run_is_compared_on_the_grid():
    expected = prediction(a=[0.5, (1, 1.7)])
    live = replace(prediction(a=[0.54, (1.04, 1.74)]), live=True)
    later = replace(prediction(a=[0.54, (1.04, 1.76)]), live=True)

    assert first_difference(expected, live) is None
    assert str(first_difference(expected, later)) == "a number 2 was expected at 1–1.5 s and came at 1–1.75 s"


def test_the_lane_of_a_run_is_compared_with_what_was_predicted():
    predicted = Timeline.of({"heartbeat": [0, 0.25, 0.5, 0.75]}, until=1.9)

    assert str(first_difference(predicted, virtually(busy, 1.9))) == (
        "heartbeat number 3 was expected at 0.5 s and came at 1.2 s"
    )


def test_a_call_that_was_moved_to_before_the_start_is_told_and_not_painted():
    calls = (Call("job", 0, -4, moves=((0, -2), (0, 0))),)
    text = str(Timeline("hurried", 3, 3, lanes=("job",), calls=calls))

    assert "job      never ran; moved from -2 (at 0), 0 (at 0); next due -4" in text
    assert "job\n" in text


@pytest.mark.parametrize(
    ("ended", "said"),
    [("ended", "when the experiment's Deferred had fired"), ("ended by hand", "by hand"), ("now", "so far")],
)
def test_how_a_run_ended_before_its_time_is_said(ended, said):
    assert str(Timeline("short", 3, 1.5, ended=ended)).endswith(f"end      at 1.5, {said}")


def never(clock, timeline):
    def first():
        pass

    def second():
        pass

    def third():
        pass

    clock.callLater(float("inf"), first)
    call = clock.callLater(float("inf"), second)
    clock.callLater(0.3, call.reset, 0.25)
    clock.callLater(float("inf"), third).cancel()
    clock.callLater(0.75, first).reset(float("inf"))


def test_a_call_without_an_end_is_due_never():
    timeline = virtually(never, 1)

    assert exact_text(timeline).splitlines()[-4:] == [
        "first    never ran; moved from 0.75 (at 0); next due never",
        "second   ran 0.55; moved from never (at 0.3)",
        "reset    ran 0.3",
        "third    never ran; cancelled never (at 0)",
    ]
    assert comparison_text(timeline).splitlines()[-4] == "first    never ran; moved from 0.75 (at 0); next due never"


def test_the_text_of_a_long_live_run_is_as_wide_as_that_of_any_other():
    for until in (3.75, 4, 7.5, 10, 60, 3600, 1e7):
        lines = comparison_text(virtually(busy, 4) if until == 4 else Timeline("empty", until, until)).splitlines()
        assert max(map(len, lines[1:3])) <= 90
    beats = tuple(Bar("beat", k, k) for k in range(60))
    assert comparison_text(Timeline("long", 60, 60, lanes=("beat",), bars=beats)).splitlines()[:4] == [
        "long: times floored to 0.25 s, one character is 1 s",
        "         0    5    10   15   20   25   30   35   40   45   50   55   60 s",
        "reactor",
        "beat     " + 60 * "|",
    ]


@pytest.mark.parametrize("until", [1e13, 1e300, 1e-7])
def test_an_axis_of_any_length_has_numbers(until):
    assert exact_text(Timeline("empty", until, until)).splitlines()[1].split()[0] == "0"


def marks(number, label="a"):
    return Timeline("marks", 3, 3, marks=tuple(Mark(0.01 * k, label) for k in range(number)))


def test_many_marks_are_thinned_out_as_many_runs_are():
    assert len(exact_text(marks(16)).splitlines()) == 3 + 16
    lines = exact_text(marks(300)).splitlines()[3:]
    assert lines[:2] == ["mark     a at 0", "mark     a at 0.01"]
    assert lines[-3:] == ["mark     … (300 in all)", "mark     a at 2.98", "mark     a at 2.99"]
    assert len(lines) == 15


def overrun(interval, *blocks):
    def slow(clock, timeline):
        left = list(blocks)
        loop = LoopingCall(timeline.traced(lambda: timeline.block(left.pop(0)), name="job"))
        loop.clock = clock
        return loop.start(interval)

    return slow


def test_millions_of_missed_points_are_counted_and_the_first_and_the_last_named():
    text = exact_text(virtually(overrun(1e-6, 5, 5), 6))

    assert text.splitlines()[-1] == "job      ran 0–5, 5–10; missed 0–5, 5–6 (5999798 in all); next due 10"


def test_many_missed_points_are_listed_as_many_runs_are():
    line = exact_text(virtually(overrun(0.25, 5.1, 0), 5.3)).splitlines()[-1]

    assert "missed 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75, 3, …, 4.75, 5 (20 in all)" in line


def test_missed_points_closer_than_a_character_are_a_dotted_line():
    calls = (Call("job", 0, 0.001, 0.001, grid=(0, 0.001)), Call("job", 0, 0.501, 0.501, grid=(0, 0.001)))
    timeline = Timeline("dotted", 1, 1, lanes=("job",), bars=(Bar("job", 0.001, 0.001),), calls=calls)

    assert exact_text(timeline).splitlines()[3] == "job      |" + 25 * "."


def test_what_is_just_before_the_end_is_in_the_last_character():
    at = 3599.95
    timeline = Timeline(
        "edge", 3600, 3600, lanes=("ran", "due", "after"), bars=(Bar("ran", at, at),),
        calls=(Call("due", 0, at), Call("after", 0, 3600), Call("ran", 0, 3599.5), Call("ran", 0, at, at, at)),
    )  # fmt: skip

    assert exact_text(timeline).splitlines()[3:6] == [
        "ran      " + 35 * " " + "|",
        "due      " + 35 * " " + "o",
        "after",
    ]


@pytest.mark.reactor
def test_a_call_without_an_end_reads_the_same_live():
    live = run(never, clock=reactor, until=0.9)

    assert repr(live) == comparison_text(virtually(never, 0.9))
    assert "next due never" in repr(live)
    assert draw(live).png()
