"""What is an instant: when calls were due, and what became of them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from course_lib.drawing.palette import CARD, GREY, INK, RED, pale
from course_lib.drawing.row import DUE, MIDDLE, Row, arrows
from course_lib.timeline.records import Call

MANY = 2000  # due marks; more than the picture has columns to show
FEW = 80  # missed points; more of them would be a wall
EDGE = 0.01  # of the axis; what is due so near its end would lie under the arrow of what is due later
HOLLOW: dict[str, Any] = {"s": 34, "facecolors": CARD, "linewidths": 1.4, "zorder": 4.2}


def draw_points(row: Row) -> None:
    """Draw the due marks over the lanes: filled when a call ran on time, hollow when it did not."""
    _on_time(row)
    _late(row)
    _moved(row)
    _cancelled(row)
    _pending(row)


def _on_time(row: Row) -> None:
    limit = row.timeline.tolerance
    calls = [c for c in row.calls(row.timeline.calls) if c.ran is not None and c.ran - c.due <= limit]
    x, y = np.array([c.due for c in calls]), np.array(row.ys((c.lane for c in calls), DUE))
    hues = np.array(row.hues(c.lane for c in calls))
    if len(calls) > MANY:
        columns = np.column_stack([np.round(x / row.until * MANY), y])
        _, seen = np.unique(columns, axis=0, return_index=True)
        x, y, hues = x[seen], y[seen], hues[seen]
    row.signs("due", x, y, c=hues, marker="v", s=34, linewidths=0, zorder=4)


def _late(row: Row) -> None:
    """Mark what was late or missed at the time it was due, and lead from there to where it ran."""
    late = row.calls(row.timeline.late)
    gaps = [gap for gap in row.timeline.missed if gap.lane in row.base]
    missed = [(t, gap.lane) for gap in gaps for t in gap.points(row.until / FEW)]
    row.signs(
        "late",
        [c.due for c in late],
        row.ys((c.lane for c in late), DUE),
        marker="v",
        edgecolors=RED,
        **HOLLOW,
    )
    x, y = [t for t, _ in missed], row.ys((lane for _, lane in missed), DUE)
    row.signs("missed", x, y, marker="v", edgecolors=RED, **HOLLOW)
    feet = [(c.ran or 0.0, row.base[c.lane] + MIDDLE) for c in late]
    paths = [[(c.due, row.base[c.lane] + DUE), (c.due, foot[1]), foot] for c, foot in zip(late, feet, strict=True)]
    row.lines("lateness", paths, colors=RED, linewidths=1.1, zorder=2.8)
    arrows(row, "late arrows", feet, c=RED, s=22, zorder=4.1)


def _moved(row: Row) -> None:
    """Mark the due times a call had before, and lead from each to the next; a call may have been due never."""
    far = row.far
    moves = [
        (call, min(old, far), min(new, far)) for call in row.calls(row.timeline.calls) for old, new in _moves(call)
    ]
    ys = row.ys((call.lane for call, _, _ in moves), DUE)
    hues = [pale(row.colours[call.lane], 0.55) for call, _, _ in moves]
    paths = [[(old, y), (new, y)] for (_, old, new), y in zip(moves, ys, strict=True)]
    row.lines("moves", paths, colors=GREY, linewidths=1.1, linestyles=[(0, (3, 2))], zorder=3.6)
    row.signs("moved", [old for _, old, _ in moves], ys, marker="v", edgecolors=hues, **HOLLOW | {"zorder": 3.8})
    for name, onward in (("moved later", True), ("moved earlier", False)):
        tips = [path[1] for path in paths if (path[1][0] > path[0][0]) == onward]
        arrows(row, name, tips, onward=onward, c=GREY, s=18, gap=6, zorder=3.7)


def _moves(call: Call) -> list[tuple[float, float]]:
    """Pair each due time that a call had with the next."""
    dues = [*(old for _, old in call.moves), call.due]
    return list(pairwise(dues))


def _cancelled(row: Row) -> None:
    calls = [c for c in row.calls(row.timeline.calls) if c.outcome == "cancelled" and c.due <= row.until]
    x, y = [c.due for c in calls], row.ys((c.lane for c in calls), DUE)
    row.signs("cancelled", x, y, c=GREY, marker="x", s=36, linewidths=2.0, zorder=4.3)


def _pending(row: Row) -> None:
    """Mark what was still scheduled at its due time, or by an arrow at the edge when that is beyond the axis."""
    calls, edge = row.calls(row.timeline.pending), row.until * 1.0001
    within = [c for c in calls if c.due <= edge]
    beyond = sorted({c.lane for c in calls if c.due > edge})
    x, y = [c.due for c in within], row.ys((c.lane for c in within), DUE)
    row.signs("pending", x, y, marker="v", edgecolors=GREY, **HOLLOW)
    near = any(abs(c.due - row.until) < EDGE * row.until for c in row.calls(row.timeline.calls) if c.lane in beyond)
    row.signs(
        "pending beyond",
        [row.until] * len(beyond),
        row.ys(beyond, DUE),
        marker=">",
        nudge=9 if near else 0,
        edgecolors=GREY,
        **HOLLOW,
    )


def draw_ring(row: Row, lane: str, at: float) -> None:
    """Ring a place in a lane, `at` seconds."""
    if lane in row.base:
        x, y = [at + row.sliver(lane) / 2], [row.middle(lane)]
        row.signs("ring halo", x, y, s=450, facecolors="none", edgecolors=CARD, linewidths=3.4, zorder=5.5)
        row.signs("ring", x, y, s=450, facecolors="none", edgecolors=INK, linewidths=1.8, zorder=5.6)
