"""Drawing, against one bare collection of polygons."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from io import BytesIO
from statistics import median
from typing import Any

import crochet
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from twisted.internet.task import LoopingCall

from course_lib import Timeline, draw
from course_lib.drawing.diagram import DPI
from course_lib.timeline.records import Bar, Hold
from course_lib.tools.benchmarks.measure import Row, ratio, spent
from course_lib.widgets import what_if

LANES = tuple("abcdef")
BARS = 10_000


def rows() -> Iterator[Row]:
    """Measure the row of the drawing."""
    bars = tuple(Bar(LANES[k % 6], k / 10, k / 10 + 0.05) for k in range(BARS))
    holds = tuple(Hold(*bar[:3]) for bar in bars)
    timeline = Timeline("many", until=BARS / 10, end=BARS / 10, lanes=LANES, bars=bars, holds=holds)
    size = tuple(draw(timeline).figure.get_size_inches())
    times = ratio(lambda: draw(timeline).png(), lambda: bare(timeline, size))
    yield Row("draw 1e4 bars, PNG", "one bare PolyCollection", times, 1.5)
    yield Row("a slider's redraw, one row of a picture (median)", "nothing", 1000 * redraw(), 100, unit="ms")


def redraw(moves: int = 31) -> float:
    """Return the median seconds of processor time from a slider's new value to the new picture, reactor running."""

    def overlong(duration: float = 2.5) -> Any:
        def experiment(clock: Any, timeline: Any) -> Any:
            loop = LoopingCall(timeline.traced(lambda: timeline.block(duration), name="job"))
            loop.clock = clock
            return loop.start(1)

        return experiment

    crochet.setup()
    slider = what_if(overlong, until=10, duration=(0, 4, 0.25)).named["duration"]
    return median(spent(partial(slider.set_trait, "value", 0.25 * (k % 16))) for k in range(moves))


def bare(timeline: Timeline, size: tuple[float, float]) -> bytes:
    """Make the plainest picture of the same bars, of the same size."""
    figure = Figure(figsize=size, dpi=DPI)
    FigureCanvasAgg(figure)
    ax = figure.add_subplot()
    lanes = {lane: row for row, lane in enumerate(timeline.lanes)}
    ax.add_collection(PolyCollection([_corners(bar, lanes[bar.lane]) for bar in timeline.bars]))
    ax.set(xlim=(0, timeline.until), ylim=(-1, len(lanes)))
    out = BytesIO()
    figure.savefig(out)
    return out.getvalue()


def _corners(bar: Bar, y: float) -> list[tuple[float, float]]:
    return [(bar.start, y), (bar.start, y + 0.5), (bar.end, y + 0.5), (bar.end, y)]
