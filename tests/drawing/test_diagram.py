"""Diagrams by what is on their Axes, by their text, and one by one against a picture that was looked at."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.image
import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images
from matplotlib.text import Text
from PIL import Image

from course_lib.drawing.diagram import Diagram, draw, draw_key
from course_lib.drawing.frame import flags_of, lanes_of
from course_lib.drawing.palette import CARD, LANES, RED, lane_colours
from course_lib.drawing.png import shrunk
from course_lib.drawing.spans import pauses
from course_lib.timeline.records import Bar, Call, Hold, Mark, Wait
from course_lib.timeline.timeline import Timeline
from course_lib.tools import gallery

TOLERANCE = 2.0  # root mean square of the difference in grey levels
SEEN_APART = 20  # in CIELAB; just noticeable is about 2


def on(ax: Axes, name: str) -> Any:
    """The collection of one kind of sign, None if there is none."""
    return next((artist for artist in ax.collections if artist.get_gid() == name), None)


def places(ax: Axes, name: str) -> list[tuple[float, float]]:
    found = on(ax, name)
    return [] if found is None else [tuple(np.round(offset, 6)) for offset in found.get_offsets()]


def times(ax: Axes, name: str) -> list[float]:
    return [x for x, _ in places(ax, name)]


def extents(ax: Axes, name: str) -> list[tuple[float, float]]:
    """Left and right of each box, in seconds."""
    found = on(ax, name)
    boxes = [] if found is None else [path.vertices[:, 0] for path in found.get_paths()]
    return [(round(float(x.min()), 6), round(float(x.max()), 6)) for x in boxes]


def lane_names(ax: Axes) -> list[str]:
    return [label.get_text() for label in ax.get_yticklabels()]


def words(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def only(timeline: Timeline) -> Axes:
    return draw(timeline).axes[0]


def test_lanes_run_from_the_reactor_down() -> None:
    ax = only(gallery.heartbeat_and_report())
    heights = ax.get_yticks()
    assert lane_names(ax) == ["reactor", "heartbeat", "report"]
    assert list(heights) == sorted(heights, reverse=True)


def test_a_bar_starts_exactly_at_its_time_and_an_instant_can_be_seen() -> None:
    bars = extents(only(gallery.heartbeat_and_report()), "bars")
    assert [left for left, _ in bars] == [*gallery.BEATS, 0, 1, 2]
    assert bars[0] == (0, pytest.approx(0.006 * 3))
    assert bars[-1] == (2, 2.7)


def test_many_instants_do_not_run_into_one() -> None:
    beats = [0.01 * k for k in range(300)]
    bars = extents(only(gallery.made("fast", 3, gallery.bars("heartbeat", beats))), "bars")
    assert all(right < following for (_, right), (following, _) in pairwise(bars))


def test_the_reactor_has_the_colour_of_whoever_holds_it() -> None:
    ax = only(gallery.working_does_not())
    hues = [to_hex(colour) for colour in on(ax, "reactor").get_facecolors()]
    colours = lane_colours(("A", "B", "C", "heartbeat"))
    assert hues == [colours[lane] for lane in ("A", "B", "C", "heartbeat", "heartbeat")]


def test_what_ran_in_one_instant_lies_side_by_side_in_the_reactor() -> None:
    held = extents(only(gallery.waiting_overlaps()), "reactor")
    at_zero = sorted(extent for extent in held if extent[0] < 0.1)
    assert len(at_zero) == 4
    assert all(right == pytest.approx(left) for (_, right), (left, _) in pairwise(at_zero))


def test_the_experiments_own_body_is_grey_and_drawn_only_when_it_takes_time() -> None:
    held = (Hold("", 0, 0), Hold("", 0.2, 0.9), Hold("nobody", 1, 2))
    ax = only(Timeline("body", 3, 3, lanes=("heartbeat",), holds=held))
    assert extents(ax, "reactor") == [(1, 2), (0.2, 0.9)]
    assert {to_hex(c) for c in on(ax, "reactor").get_facecolors()} == {lane_colours([])[""]}


def test_a_thread_holds_no_reactor() -> None:
    ax = only(gallery.threads())
    assert len(extents(ax, "threads")) == 3
    assert len(extents(ax, "reactor")) == len(extents(ax, "bars")) == 6


def test_spans_that_overlap_in_a_lane_share_its_height() -> None:
    paths = on(only(gallery.threads()), "threads").get_paths()
    bands = sorted((float(p.vertices[:, 1].min()), float(p.vertices[:, 1].max())) for p in paths)
    assert all(high < low for (_, high), (low, _) in pairwise(bands))


def test_a_lane_has_the_same_colour_in_every_row() -> None:
    first = gallery.made("first", 3, gallery.bars("b", [1.0]) + gallery.bars("a", [1.0]))
    second = gallery.made("second", 3, gallery.bars("a", [1.0]))
    above, below = draw(first, second).axes
    assert to_hex(on(below, "bars").get_facecolors()[0]) == to_hex(on(above, "bars").get_facecolors()[1])


def test_a_heartbeat_is_always_blue() -> None:
    for lanes in (["heartbeat"], ["report", "heartbeat"], ["a", "b", "c", "heartbeat"]):
        assert lane_colours(lanes)["heartbeat"] == LANES[0]
    assert lane_colours(["report", "heartbeat"])["report"] == LANES[1]


def test_a_call_on_time_has_a_filled_mark_at_its_due_time() -> None:
    ax = only(gallery.heartbeat_and_report())
    assert sorted(times(ax, "due")) == [0.25, 0.5, 0.75, 1, 1, 1.75, 2, 2, 2.75]
    assert {to_hex(c) for c in on(ax, "due").get_facecolors()} == set(LANES[:2])


def test_a_late_call_has_a_hollow_red_mark_at_its_due_time_and_a_line_to_its_bar() -> None:
    ax = only(gallery.heartbeat_and_report())
    assert times(ax, "late") == [1.25, 2.25]
    assert {to_hex(c) for c in on(ax, "late").get_edgecolors()} == {RED}
    ends = [(line[0][0], line[-1][0]) for line in on(ax, "lateness").get_segments()]
    assert ends == [(1.25, 1.7), (2.25, 2.7)]
    assert "late 0.45 s" in words(ax)


def test_a_missed_tick_is_marked_and_has_no_line() -> None:
    ax = only(gallery.working_does_not())
    assert times(ax, "missed") == [0.5 + 0.25 * k for k in range(10)]
    assert len(on(ax, "lateness").get_segments()) == 1
    assert {to_hex(c) for c in on(ax, "missed").get_edgecolors()} == {RED}


def test_of_many_missed_ticks_as_many_are_marked_as_have_room() -> None:
    calls = (Call("job", 0, 1e-6, 1e-6, 5, grid=(0, 1e-6)), Call("job", 0, 5, 5, 5, grid=(0, 1e-6)))
    at = times(only(Timeline("many", 6, 6, lanes=("job",), calls=calls)), "missed")
    assert 60 < len(at) < 80
    assert (at[0], at[-1]) == (pytest.approx(1e-4, abs=1e-5), pytest.approx(5, abs=1e-5))


def test_a_call_due_never_is_an_arrow_at_the_edge_and_leads_there_or_from_there() -> None:
    never = float("inf")
    calls = (
        Call("waits", 0, never), Call("hurries", 0, 0.5, 0.5, 0.5, moves=((0.2, never),)),
        Call("stays", 0, never, moves=((0.2, 0.4),)), Call("ends", 0, never, cancelled=0.3),
    )  # fmt: skip
    diagram = draw(Timeline("never", 1, 1, lanes=("waits", "hurries", "stays", "ends"), calls=calls))
    ax = diagram.axes[0]
    assert len(places(ax, "pending beyond")) == 2
    assert sorted((line[0][0] > 1, line[1][0] > 1) for line in on(ax, "moves").get_segments()) == [
        (False, True),
        (True, False),
    ]
    assert on(ax, "cancelled") is None
    assert diagram.png()


def test_the_lanes_go_as_far_as_the_axis_however_long_it_is() -> None:
    for until in (1e-3, 3.0, 1e8, 1e13):
        ax = only(gallery.made("long", until, gallery.bars("heartbeat", [0])))
        assert all(
            line[0][0] < ax.get_xlim()[0] and line[1][0] > ax.get_xlim()[1] for line in on(ax, "lanes").get_segments()
        )


def test_what_ran_in_one_instant_at_the_end_lies_side_by_side_on_the_axis() -> None:
    lanes = tuple("abcde")
    held = tuple(Hold(lane, 3599.95, 3599.95) for lane in lanes)
    ax = only(
        Timeline("edge", 3600, 3600, lanes=lanes, bars=tuple(Bar(lane, 3599.95, 3599.95) for lane in lanes), holds=held)
    )
    boxes = sorted(extents(ax, "reactor"))
    assert boxes[-1][1] == pytest.approx(ax.get_xlim()[1])
    assert all(right == pytest.approx(left) for (_, right), (left, _) in pairwise(boxes))
    assert [left for left, _ in extents(ax, "bars")] == [3599.95] * 5


def test_an_arrow_at_the_edge_lies_beside_what_is_due_there() -> None:
    def shift(*due: float) -> float:
        ax = only(Timeline("edge", 10, 10, lanes=("job",), calls=tuple(Call("job", 0, t) for t in due)))
        arrow = on(ax, "pending beyond")
        (place,) = arrow.get_offsets()
        return float((arrow.get_offset_transform().transform(place) - ax.transData.transform(place))[0])

    assert shift(5, 20) == 0
    assert shift(9.99, 20) > 5


def test_a_live_call_within_its_tolerance_is_on_time() -> None:
    live = gallery.live(gallery.pauses())
    assert on(only(live), "late") is None
    calls = (Call("heartbeat", 0, 1, 1.015, 1.015),)
    assert times(only(replace(live, calls=calls)), "due") == [1]


def test_moved_cancelled_and_pending_calls_are_marked_at_their_due_times() -> None:
    ax = only(gallery.cancelled_and_moved())
    assert times(ax, "cancelled") == [1]
    assert times(ax, "moved") == [1, 1.6, 1.3]
    assert [(line[0][0], line[1][0]) for line in on(ax, "moves").get_segments()] == [
        (1, 1.6),
        (1.6, 2.25),
        (1.3, 0.6),
    ]
    ax = only(gallery.pending())
    assert times(ax, "pending") == [2, 1.5]
    assert times(ax, "pending beyond") == [2]


def test_a_wait_spans_from_call_to_firing_and_says_how_it_ended() -> None:
    ax = only(gallery.waits_of_one_lane())
    assert extents(ax, "waits") == [(0, 1), (0.3, 1.6), (0.6, 2.2), (2.2, 3), (0.2, 0.9)]
    assert times(ax, "fired") == [1, 0.9]
    assert times(ax, "waits failed") == [1.6]
    assert times(ax, "waits cancelled") == [2.2]


def test_a_failed_bar_has_a_red_edge_and_a_badge() -> None:
    ax = only(gallery.failed())
    assert [left for left, _ in extents(ax, "failed")] == [1.5, 1.75]
    assert {to_hex(c) for c in on(ax, "failed").get_edgecolors()} == {RED}
    assert times(ax, "failures !") == [pytest.approx(1.518), 2.2]


def test_pauses_are_shaded_until_the_last_resume() -> None:
    assert extents(only(gallery.pauses()), "pauses") == [(1.1, 1.9)]


def test_a_pause_without_resume_lasts_to_the_end_and_a_resume_alone_is_nothing() -> None:
    assert list(pauses([Mark(2, "pause"), Mark(1, "resume")], 3)) == [(2, 3)]


def test_of_several_things_each_has_its_pauses() -> None:
    marks = [Mark(1, "a.pause"), Mark(2, "b.pause"), Mark(3, "a.resume"), Mark(4, "a.resume"), Mark(5, "c.pause!")]
    assert list(pauses(marks, 6)) == [(1, 3), (2, 6)]


def test_a_stop_ends_all_pauses_of_a_thing() -> None:
    marks = [Mark(1, "a.pause"), Mark(2, "a.pause"), Mark(3, "b.stop"), Mark(4, "a.stop"), Mark(5, "a.resume")]
    assert list(pauses(marks, 6)) == [(1, 4)]


def test_marks_are_lines_through_all_lanes_with_labels_on_top() -> None:
    ax = only(gallery.pauses())
    lines = on(ax, "marks").get_segments()
    assert sorted(line[0][0] for line in lines) == [0.8, 1.1, 1.4, 1.6, 1.9, 2.85]
    assert all(line[0][1] == 0 and line[1][1] > 3 for line in lines)
    assert {"pause", "resume", "first result"} <= set(words(ax))


def test_labels_of_marks_close_together_are_on_lines_of_their_own() -> None:
    marks = tuple(Mark(1 + 0.01 * k, f"event number {k}") for k in range(3))
    flags = flags_of(Timeline("close", 3, 3, marks=marks), 8, 3)
    assert [(flag.at, flag.level) for flag in flags] == [(1.02, 0), (1.01, 1), (1.0, 2)]


def test_many_marks_are_strokes_above_the_lanes_and_the_first_and_the_last_have_lines() -> None:
    timeline = Timeline("many", 10, 6, lanes=("job",), marks=tuple(Mark(k / 50, str(k)) for k in range(301)))
    ax = only(timeline)
    lines = on(ax, "marks").get_segments()
    assert len(lines) == 301 + 2
    assert sorted(line[0][0] for line in lines if line[0][1] == 0) == [0, 6]
    assert all(line[0][1] > 2 for line in lines if line[0][1])
    assert [text for text in words(ax) if text] == ["many", "virtual time", "300, ended", "301 marks: 0 …"]


def test_sixteen_marks_have_each_a_line_and_a_label() -> None:
    ax = only(Timeline("some", 10, 10, lanes=("job",), marks=tuple(Mark(k / 2, str(k)) for k in range(16))))
    assert [line[0][1] for line in on(ax, "marks").get_segments()] == [0] * 16
    assert {str(k) for k in range(16)} <= set(words(ax))


def test_marks_of_one_instant_share_a_label() -> None:
    marks = (Mark(1, "pause"), Mark(1, "stop"), Mark(1, "pause"))
    assert [flag.label for flag in flags_of(Timeline("same", 3, 3, marks=marks), 8, 3)] == ["pause, stop"]


def test_after_the_end_all_is_grey() -> None:
    ax = only(gallery.ended_early())
    assert extents(ax, "after")[0][0] == 1.6
    assert "ended" in words(ax)
    assert gallery.ended_early().notes[0] in words(ax)


def test_what_is_still_on_is_grey_from_now_on() -> None:
    ax = only(gallery.still_on())
    assert extents(ax, "after")[0][0] == 1.7
    assert "now" in words(ax)
    assert "ended" not in words(ax)


def test_the_title_says_which_time_it_is_and_what_was_measured() -> None:
    timeline = gallery.heartbeat_and_report()
    assert {"heartbeat_and_report", "virtual time"} <= set(words(only(timeline)))
    live = set(words(only(gallery.live(timeline))))
    assert "live reactor" in live
    assert any(text.startswith("measured: at worst 452 ms") for text in live)


def test_a_diagram_is_as_wide_as_is_asked_and_its_lanes_as_high() -> None:
    timeline = Timeline.of({"job": [0, 1]}, until=2)
    wide, narrow = draw(timeline), draw(timeline, width=6)

    assert tuple(narrow.figure.get_size_inches()) == (6, wide.figure.get_size_inches()[1])
    assert 'width="432"' in narrow.html()


def test_a_short_axis_counts_in_milliseconds() -> None:
    diagram = draw(gallery.slices())
    diagram.png()
    (ax,) = diagram.axes
    assert ax.get_xlabel() == "milliseconds"
    assert [label.get_text() for label in ax.get_xticklabels()][1:4] == ["0", "5", "10"]
    assert only(gallery.pauses()).get_xlabel() == "seconds"


def test_rows_share_their_axis() -> None:
    short, long = gallery.pending(), gallery.pauses()
    above, below = draw(short, long).axes
    assert above.get_xlim() == below.get_xlim()
    assert (above.get_xlabel(), below.get_xlabel()) == ("", "seconds")


@pytest.mark.parametrize("kind", gallery.KINDS)
def test_no_text_is_clipped_or_small(kind: str) -> None:
    diagram = gallery.KINDS[kind]()
    renderer = FigureCanvasAgg(diagram.figure).get_renderer()
    diagram.figure.draw(renderer)
    card = diagram.figure.bbox.padded(-2)
    for text in diagram.figure.findobj(Text):
        if text.get_text() and not is_off_the_axis(text, diagram):
            box = text.get_window_extent(renderer)
            assert card.containsx(box.x0), text
            assert card.containsx(box.x1), text
            assert card.containsy(box.y0), text
            assert card.containsy(box.y1), text
            assert text.get_fontsize() >= 9


def is_off_the_axis(text: Text, diagram: Diagram) -> bool:
    """A number beyond the ends of the axis, which matplotlib makes and does not draw."""
    for ax in diagram.axes:
        left, right = ax.get_xlim()
        if text in ax.get_xticklabels():
            return not left <= text.get_position()[0] <= right
    return not text.get_visible()


@pytest.mark.parametrize("kind", gallery.KINDS)
def test_no_label_lies_on_another(kind: str) -> None:
    diagram = gallery.KINDS[kind]()
    renderer = FigureCanvasAgg(diagram.figure).get_renderer()
    diagram.figure.draw(renderer)
    boxes = [
        (text.get_text(), text.get_window_extent(renderer))
        for ax in diagram.axes
        for text in [*ax.texts, *ax.get_yticklabels(), ax.xaxis.label]
        if text.get_text()
    ]
    assert [(a, b) for (a, one), (b, other) in combinations(boxes, 2) if one.overlaps(other)] == []


def test_it_draws_on_axes_of_ones_own() -> None:
    ax = Figure().add_subplot()
    assert draw(gallery.heartbeat_and_report(), ax=ax) is ax
    assert lane_names(ax) == ["reactor", "heartbeat", "report"]
    assert times(ax, "late") == [1.25, 2.25]


@pytest.mark.parametrize(
    ("given", "ax", "message"),
    [
        ((), None, "nothing to draw"),
        (([0, 1],), None, r"takes timelines, as run\(…\) returns them, and got \[0, 1\]"),
        (({"heartbeat": [0]},), None, r"use Timeline.of\(…, until=…\)"),
        ((gallery.pending(), gallery.pending()), Figure().add_subplot(), "one timeline and got 2"),
    ],
)
def test_a_wrong_use_gets_one_sentence(given: Any, ax: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        draw(*given, ax=ax)


def test_a_run_in_which_nothing_happened_has_a_picture() -> None:
    nothing = Timeline("nothing", 1, 1)
    assert lane_names(only(nothing)) == ["reactor"]
    assert draw({}, nothing).png()


def test_the_number_of_artists_does_not_grow_with_the_bars() -> None:
    def counted(beats: int) -> int:
        at = [0.01 * k for k in range(beats)]
        calls = [Call("heartbeat", 0, t, t + (0.002 if k % 3 else 0), t) for k, t in enumerate(at)]
        more = {"waits": tuple(Wait("report", t, t + 0.005, "fired") for t in at)}
        timeline = gallery.made("many", 100, gallery.bars("heartbeat", at) + gallery.bars("report", at), calls, **more)
        return len(only(timeline).findobj())

    assert counted(30) == counted(300)


def test_bars_that_cannot_be_told_apart_are_drawn_as_one() -> None:
    ax = only(gallery.ten_thousand())
    assert len(extents(ax, "bars")) < 100
    assert sorted(left for left, _ in extents(ax, "bars")) == [0, 0.003]
    assert len(times(ax, "due")) <= 2001


def test_the_first_difference_is_ringed_in_both_rows() -> None:
    above, below = gallery.predicted().axes
    assert times(above, "ring") == [pytest.approx(1.25 + 0.009)]
    assert times(below, "ring") == [pytest.approx(1.7 + 0.009)]
    assert "heartbeat number 6 was expected at 1.25 s and came at 1.7 s" in words(above)


def test_what_never_came_is_ringed_where_it_was_expected() -> None:
    below = draw({"heartbeat": [0, 1, 2]}, gallery.made("two", 3, gallery.bars("heartbeat", [0, 1]))).axes[1]
    assert times(below, "ring") == [pytest.approx(2 + 0.009)]


def test_a_prediction_come_true_has_no_ring() -> None:
    diagram = draw({"report": [0, (1, 1.7), (2, 2.7)]}, gallery.heartbeat_and_report())
    assert [on(ax, "ring") for ax in diagram.axes] == [None, None]
    assert repr(diagram) == f"as predicted\n{gallery.heartbeat_and_report()!r}"


def test_a_prediction_says_nothing_of_the_reactor() -> None:
    assert lanes_of(Timeline.of({"a": [1]}, until=3)) == ("a",)


def test_the_text_of_one_is_the_timelines_own() -> None:
    timeline = gallery.heartbeat_and_report()
    assert repr(draw(timeline)) == repr(timeline)


def test_the_text_of_a_prediction_begins_with_the_first_difference() -> None:
    first, rest = repr(gallery.predicted()).split("\n", 1)
    assert first == "heartbeat number 6 was expected at 1.25 s and came at 1.7 s"
    assert rest == repr(gallery.heartbeat_and_report())


def test_virtual_and_live_that_agree_are_told_once() -> None:
    virtual = gallery.heartbeat_and_report()
    for pair in ((virtual, gallery.live(virtual)), (gallery.live(virtual), virtual)):
        first, rest = repr(draw(*pair)).split("\n", 1)
        assert first == "virtual and live agree, times floored to 0.25 s"
        assert rest.count("heartbeat_and_report: times floored to 0.25 s") == 1


def test_virtual_and_live_that_differ_are_told_both() -> None:
    virtual = gallery.heartbeat_and_report()
    lost = gallery.live(replace(virtual, bars=virtual.bars[:-1]))
    text = repr(draw(virtual, lost))
    assert text.startswith("virtual and live differ: report number 3 was expected at 2–2.5 s and never came\n")
    assert text.count("times floored to 0.25 s") == 2


def test_what_was_measured_is_in_no_text() -> None:
    virtual = gallery.heartbeat_and_report()
    some, others = gallery.live(virtual, 0.0008), gallery.live(virtual, 0.003)
    assert repr(draw(virtual, some)) == repr(draw(virtual, others))
    assert repr(draw(some)) == repr(draw(others))
    assert draw(some).alt == draw(others).alt
    untimed, longer = some.untimed(), replace(some.untimed(), until=4)
    assert draw(untimed).alt == draw(longer).alt  # the end of an axis may be measured, too


def test_other_pairs_are_told_one_after_the_other() -> None:
    first, second = gallery.pending(), gallery.failed()
    assert repr(draw(first, second)) == f"{first!r}\n\n{second!r}"


def test_the_key_tells_every_sign_in_words() -> None:
    text = repr(draw_key())
    assert all(sign in text for sign in ("hollow red mark alone", "pale band", "cross", "ring"))
    assert len(text.split("\n")) == len(draw_key().axes) + 1


def shown(value: object) -> dict[str, Any]:
    data, _ = DisplayFormatter().format(value)
    return dict(data)


@pytest.mark.parametrize("value", [gallery.pauses(), draw(gallery.pauses())], ids=["timeline", "diagram"])
def test_a_cell_shows_the_picture_and_its_text(value: object) -> None:
    data = shown(value)
    assert set(data) == {"text/html", "text/plain"}
    assert data["text/plain"] == repr(value)
    assert re.fullmatch(
        r'<img src="data:image/png;base64,[\w+/=]+" width="684" height="\d+" style="[^"]+" alt="Timing diagram from 0 to 3 s:'
        r" pause_twice_resume_twice \(virtual time\), lanes reactor, count, heartbeat.\n([^\"]+)\">",
        data["text/html"],
    )
    assert html.escape(repr(value)) in data["text/html"]


def test_an_inline_backend_does_not_draw_it_in_its_own_way() -> None:
    assert not isinstance(draw(gallery.pending()), Figure)


def test_pyplot_is_never_imported() -> None:
    code = (
        "import sys; from course_lib.tools import gallery; gallery.predicted().png(); "
        "print([m for m in sys.modules if 'pyplot' in m])"
    )
    root = Path(__file__).parent.parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_text_lays_out_no_picture() -> None:
    timeline = gallery.heartbeat_and_report()
    diagrams = [draw(timeline), draw({"report": [0]}, timeline), draw(timeline, gallery.live(timeline))]
    assert [repr(diagram).count("\n") > 3 for diagram in diagrams] == [True, True, True]
    assert [name for diagram in diagrams for name in vars(diagram) if name == "figure"] == []
    assert diagrams[0].figure is diagrams[0].figure


def test_the_card_is_opaque_and_light_for_a_dark_page() -> None:
    pixels = matplotlib.image.imread(BytesIO(draw(gallery.pending()).png()))
    assert pixels[..., 3].min() == 1
    assert to_hex(pixels[5, 5]) == CARD


def test_the_stored_picture_is_half_as_large_and_looks_the_same() -> None:
    whole = draw(gallery.threads()).png()
    small = shrunk(whole)
    assert len(small) < 0.6 * len(whole)
    pixels, few = (np.asarray(Image.open(BytesIO(png)).convert("RGB"), dtype=int) for png in (whole, small))
    assert abs(pixels - few).max() < 8


def test_the_same_timeline_gives_the_same_bytes() -> None:
    assert shown(gallery.predicted()) == shown(gallery.predicted())


def test_a_learners_own_style_changes_nothing_and_is_not_changed() -> None:
    before = draw(gallery.pending()).png()
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red", "lines.linewidth": 9}):
        assert draw(gallery.pending()).png() == before
        assert matplotlib.rcParams["font.size"] == 30


@pytest.mark.parametrize("kind", gallery.KINDS)
def test_it_looks_as_it_was_when_somebody_looked(kind: str, tmp_path: Path) -> None:
    """After a change that is meant, look at the gallery, then renew the baseline: see course_lib/tools/gallery.py."""
    assert differs(gallery.KINDS[kind](), kind, tmp_path) is None


def differs(diagram: Diagram, kind: str, folder: Path) -> str | None:
    actual = folder / f"{kind}.png"
    actual.write_bytes(diagram.png(dpi=gallery.BASELINE_DPI))
    return compare_images(str(gallery.BASELINE / f"{kind}.png"), str(actual), tol=TOLERANCE)


def test_a_bar_moved_by_a_twentieth_is_seen(tmp_path: Path) -> None:
    timeline = gallery.heartbeat_and_report()
    assert differs(draw(timeline), "late-and-missed", tmp_path) is None
    *others, last = timeline.bars
    moved = Bar(last.lane, last.start + 0.05 * 3, last.end + 0.05 * 3)
    assert differs(draw(replace(timeline, bars=(*others, moved))), "late-and-missed", tmp_path) is not None


def test_an_instant_moved_by_a_twentieth_is_seen(tmp_path: Path) -> None:
    timeline = gallery.heartbeat_and_report()
    moved = timeline.bars[1]._replace(start=0.25 + 0.05 * 3, end=0.25 + 0.05 * 3)
    bars = (timeline.bars[0], moved, *timeline.bars[2:])
    assert differs(draw(replace(timeline, bars=bars)), "late-and-missed", tmp_path) is not None


# Colours that everybody can tell apart, after Machado, Oliveira and Fernandes (2009), severity 1
SEEN_BY = {
    "everybody": np.eye(3),
    "protanopes": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopes": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])  # fmt: skip


def lab(colour: str, seen: Any) -> Any:
    """A colour in CIELAB as somebody sees it."""
    parts = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    x, y, z = np.cbrt(TO_XYZ @ np.clip(seen @ linear, 0, 1) / [0.95047, 1, 1.08883])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("who", SEEN_BY)
def test_the_first_six_lanes_can_be_told_apart(who: str) -> None:
    seen = [lab(colour, SEEN_BY[who]) for colour in LANES[:6]]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)) >= SEEN_APART
