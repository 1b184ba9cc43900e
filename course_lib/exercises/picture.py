"""The picture of a feedback: what was expected above what came, the first difference ringed; and the same in text."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from course_lib.drawing import frame
from course_lib.drawing.diagram import Diagram, draw, stacked
from course_lib.drawing.points import draw_ring
from course_lib.timeline.compare import Difference
from course_lib.timeline.text import rendition
from course_lib.timeline.timeline import Timeline
from course_lib.words import extent, number

ROOM = 6.4  # inches for a title and a sentence


def picture(rows: Sequence[Timeline], ring: Difference | None = None, sentence: str = "") -> Diagram:
    """Draw timelines below one another; ring a difference in each, and say it beside the first title."""
    if any(timeline.live for timeline in rows):
        diagram = draw(*rows)
        assert isinstance(diagram, Diagram)
        return diagram
    text = "\n".join(_text(timeline, ring) for timeline in rows)
    names = " above ".join(timeline.name for timeline in rows)
    alt = f"Timing diagram from 0 to {number(max(t.until for t in rows))} s: {names}. {sentence}"
    return Diagram(lambda: _figure(rows, ring, sentence), text, alt.strip())


def _figure(rows: Sequence[Timeline], ring: Difference | None, sentence: str) -> Figure:
    figure, drawn = stacked(rows)
    if ring is not None:
        for row in drawn:
            draw_ring(row, ring.lane, _place(row.timeline, ring))
        if _has_room(drawn[0].timeline.name, sentence):
            frame.say_aside(drawn[0], sentence)
    return figure


def _has_room(title: str, sentence: str) -> bool:
    """Say whether a sentence fits beside a title and its "virtual time"; it stands above the picture anyhow."""
    return frame.width_of(title, frame.TITLE, bold=True) + frame.width_of(sentence, frame.SMALL) < ROOM


def _place(timeline: Timeline, ring: Difference) -> float:
    """Find where a difference is in one of the timelines, in seconds: at its bar, or where the other has one."""
    bars = timeline.bars_of(ring.lane)
    if len(bars) >= ring.number:
        return bars[ring.number - 1].start
    return ring.at


def _text(timeline: Timeline, ring: Difference | None) -> str:
    if not timeline.predicted:
        return rendition(timeline)
    width = max(map(len, timeline.lanes), default=0) + 2
    lines = [f"{timeline.name}:"]
    for lane in timeline.lanes:
        times = ", ".join(extent(bar.start, bar.end) for bar in timeline.bars_of(lane)) or "never"
        mark = f"   ← number {ring.number}" if ring is not None and ring.lane == lane else ""
        lines.append(f"{lane:{width}}{times}{mark}")
    return "\n".join(lines)
