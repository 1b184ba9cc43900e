"""Records print like sentences, and a Timeline answers questions about what it holds."""

import pytest

from course_lib import Timeline
from course_lib.timeline.records import Bar, Call, Hold, Mark, Wait
from course_lib.words import NEVER, extent, number, seconds
from tests.helpers import in_fresh_python


def timeline_of(*calls, bars=(), until=10.0, live=False):
    return Timeline("made by hand", until, until, live, lanes=("job",), bars=tuple(bars), calls=calls)


def test_knowing_a_timeline_takes_neither_twisted_nor_matplotlib():
    done = in_fresh_python("""
        import sys, types
        package = types.ModuleType("course_lib")
        package.__path__ = ["course_lib"]
        sys.modules["course_lib"] = package  # without its __init__, which imports the rest
        import course_lib.timeline.timeline, course_lib.timeline.text
        print([name for name in sys.modules if name.split(".")[0] in ("twisted", "matplotlib", "crochet")])
    """)

    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        (Bar("beat", 0.25, 0.25), "<beat ran 0.25>"),
        (Bar("report", 1, 1.7000000001), "<report ran 1–1.7>"),
        (Bar("report", 1, 1.7, failed="ValueError: no"), "<report ran 1–1.7 and failed>"),
        (Bar("report", 1, 1.7, thread="PoolThread-0"), "<report ran 1–1.7 in PoolThread-0>"),
        (Wait("ask", 0, 0.6, "cancelled"), "<ask waited 0–0.6: cancelled>"),
        (Call("beat", 0, 1), "<beat due 1 s: pending>"),
        (Call("beat", 0, 1, ran=1.2), "<beat due 1 s: fired at 1.2 s>"),
        (Call("", 0, 1, cancelled=0.5), "<call due 1 s: cancelled at 0.5 s>"),
        (Call("beat", 0, 1, ran=0.0), "<beat due 1 s: fired at 0 s>"),
        (Mark(0.5, "pause"), "<'pause' at 0.5 s>"),
    ],
)
def test_a_record_prints_like_a_sentence(record, sentence):
    assert repr(record) == sentence


@pytest.mark.parametrize(
    ("t", "text"),
    [
        (0, "0 s"),
        (-1e-12, "0 s"),
        (0.30000000000000004, "0.3 s"),
        (1 / 3, "0.333 s"),
        (1e6, "1000000 s"),
        (86400.5, "86400.5 s"),
    ],
)
def test_a_time_is_printed_to_the_millisecond_without_trailing_zeros(t, text):
    assert seconds(t) == text
    assert number(t) + " s" == text


def test_an_extent_too_short_to_see_is_printed_as_an_instant():
    assert [extent(1, 1), extent(1, 1.0004), extent(1, 1.001)] == ["1", "1", "1–1.001"]


def test_a_prediction_is_written_as_plain_data():
    timeline = Timeline.of({"heartbeat": [0, 0.25, (1, 1.7)], "silent": []}, until=2)

    assert timeline.lanes == ("heartbeat", "silent")
    assert timeline.bars == (Bar("heartbeat", 0, 0), Bar("heartbeat", 0.25, 0.25), Bar("heartbeat", 1, 1.7))
    assert (timeline.name, timeline.until, timeline.end, timeline.live) == ("prediction", 2, 2, False)


def test_times_lists_when_a_lanes_jobs_began_in_order():
    timeline = timeline_of(
        bars=[Bar("job", 2.0004, 3), Bar("other", 1, 1), Bar("job", -1e-12, 0), Bar("job", 0.5, 0.5)]
    )

    assert timeline.times("job") == [0, 0.5, 2]
    assert str(timeline.times("job")[0]) == "0.0"
    assert timeline.times("other") == [1]
    assert timeline.times("nobody") == []


def test_bars_of_the_same_start_stay_in_the_order_in_which_they_ended():
    first, second = Bar("job", 1, 1), Bar("job", 1, 2)

    assert timeline_of(bars=[first, second]).bars_of("job") == [first, second]
    assert timeline_of(bars=[second, first]).bars_of("job") == [second, first]


def test_late_is_what_ran_well_after_it_was_due():
    """In virtual time a tenth of a millisecond is late, on the real reactor only what a learner can see."""
    calls = [Call("job", 0, 1, ran=1 + late) for late in (1e-9, 0.001, 0.019, 0.03)]
    unnamed = Call("", 0, 1, ran=2)

    assert timeline_of(*calls, unnamed).late == calls[1:]
    assert timeline_of(*calls, unnamed, live=True).late == calls[3:]


def test_pending_is_what_neither_ran_nor_was_cancelled():
    pending = Call("job", 0, 1)

    assert timeline_of(Call("job", 0, 1, ran=1), pending, Call("job", 0, 1, cancelled=0), Call("", 0, 1)).pending == [
        pending
    ]


def ticks(*due_and_ran, grid=(0.0, 1.0), lane="job"):
    return [Call(lane, 0, due, ran, ran, grid=grid) for due, ran in due_and_ran]


def missed(*calls, until=10.0):
    return [(gap.lane, t) for gap in timeline_of(*calls, until=until).missed for t in gap.points()]


def test_a_loop_that_is_on_time_misses_nothing():
    assert missed(*ticks((1, 1), (2, 2), (3, None))) == []


def test_the_grid_points_between_a_late_tick_and_the_next_are_missed():
    assert missed(*ticks((1, 1), (2, 4.5), (5, 5), (6, None))) == [("job", 3), ("job", 4)]


def test_a_grid_point_at_which_a_late_tick_ran_is_not_missed():
    assert missed(*ticks((1, 3), (4, 4))) == [("job", 2)]


def test_nothing_is_missed_after_the_end_of_the_run():
    assert missed(*ticks((1, 1), (9, None)), until=3.5) == [("job", 2), ("job", 3)]


def test_loops_that_share_a_lane_or_start_anew_have_each_their_own_grid():
    fast, slow = ticks((1, 1), (3, 3)), ticks((2.5, 2.5), (4.5, 4.5), grid=(0.5, 2.0))
    again = ticks((7, 7), grid=(6.0, 1.0))

    assert missed(*fast, *slow, *again) == [("job", 2)]


def test_a_loop_of_interval_0_has_no_grid_to_miss():
    assert missed(*ticks((1, 1), (9, 9), grid=(0.0, 0.0))) == []


def test_a_call_that_is_no_tick_misses_nothing():
    assert missed(Call("job", 0, 1, 1), Call("job", 0, 9, 9)) == []


def test_hold_is_a_plain_record():
    assert Hold("beat", 0, 1) == ("beat", 0, 1)


def test_without_times_the_text_counts():
    bars = [Bar("fetch", 0, 0.5, thread="PoolThread-0"), Bar("fetch", 0, 0.6, thread="PoolThread-1")]
    timeline = Timeline("threads", 1, 1, True, ("fetch", "idle"), tuple(bars), (Wait("idle", 0, 1, "fired"),))

    assert repr(timeline.untimed()) == "\n".join(
        [
            "threads: in real time only, so counted and not timed",
            "fetch  ran 2 times in a thread",
            "idle   waited 1 time",
        ]
    )


def test_of_millions_of_missed_points_none_is_looked_at_but_those_that_are_shown():
    (gap,) = timeline_of(*ticks((1e-6, 5), (5.000001, 9), grid=(0.0, 1e-6)), until=6.0).missed

    assert gap.lane == "job"
    assert len(gap.k) == pytest.approx(5e6, rel=1e-4)
    assert gap.points(1)[:2] == pytest.approx([2e-6, 1 + 2e-6])
    assert len(gap.points(1)) == 6
    assert gap.points(1)[-1] == gap.points(1e9)[-1] == pytest.approx(5 - 1e-4, abs=2e-6)


def test_a_loop_whose_interval_has_no_end_misses_nothing():
    assert missed(*ticks((NEVER, None), grid=(0.0, NEVER))) == []


def test_what_is_due_never_says_so():
    assert (number(NEVER), seconds(NEVER)) == ("never", "never")
    assert repr(Call("job", 0, NEVER)) == "<job due never: pending>"
