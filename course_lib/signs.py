"""The signs of a timing diagram, one collection of artists per kind; knows nothing of Twisted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.transforms import ScaledTranslation
from numpy.typing import NDArray

from course_lib.palette import AFTER, BAND, CARD, FAINT, GREY, INK, LINE, PAUSE, RED, pale
from course_lib.timeline import Bar, Call, Timeline, Wait

Span = tuple[str, float, float]  # lane, start, end in seconds
Array = NDArray[np.float64]

# Heights in a lane, which is one unit high.
RUNNING = (0.13, 0.57)
WAITING = (0.23, 0.47)
MIDDLE = 0.35
DUE = 0.76
REACTOR = "reactor"
SLIVER = 0.006  # of the axis: an instant is drawn this wide
MANY = 2000  # bars; more than the picture has columns to show
TIES = 6  # slivers drawn side by side where the reactor ran several jobs in one instant


@dataclass(frozen=True)
class Row:
    """One timeline on its Axes: where its lanes are and what colours they have."""

    ax: Axes
    timeline: Timeline
    colours: dict[str, str]
    until: float  # seconds, where the axis ends
    lanes: tuple[str, ...]  # from the top, the reactor among them
    drawn: dict[str, Any] = field(default_factory=dict)  # each kind's collection by its name

    @cached_property
    def base(self) -> dict[str, float]:
        """The lower edge of each lane."""
        return {lane: float(len(self.lanes) - 1 - k) for k, lane in enumerate(self.lanes)}

    @property
    def sliver(self) -> float:
        """The width of an instant, in seconds."""
        return SLIVER * self.until

    def ys(self, lanes: Iterable[str], height: float) -> list[float]:
        return [self.base[lane] + height for lane in lanes]

    def hues(self, lanes: Iterable[str]) -> list[str]:
        return [self.colours[lane] for lane in lanes]

    def calls(self, calls: Iterable[Call]) -> list[Call]:
        """Leave out the calls that have no lane here."""
        return [call for call in calls if call.lane and call.lane in self.base]

    def add(self, name: str, collection: Any) -> None:
        collection.set_gid(name)
        self.ax.add_collection(collection, autolim=False)
        self.drawn[name] = collection

    def boxes(self, name: str, corners: Array, **style: Any) -> None:
        """Draw rectangles given as rows of left, right, bottom, top."""
        if len(corners):
            self.add(name, PolyCollection(corners[:, [[0, 2], [0, 3], [1, 3], [1, 2]]], **style))

    def lines(self, name: str, paths: Sequence[Any], **style: Any) -> None:
        if len(paths):
            self.add(name, LineCollection(paths, **style))

    def signs(self, name: str, x: Sequence[float] | Array, y: Sequence[float] | Array, **style: Any) -> None:
        """Draw one marker at each point; `nudge` moves them all, in points to the right."""
        if not len(x):
            return
        nudge = style.pop("nudge", 0.0)
        style.setdefault("clip_on", False)
        dots: PathCollection = self.ax.scatter(x, y, **style)
        if nudge:
            figure = self.ax.get_figure(root=True)
            assert figure is not None
            dots.set_offset_transform(self.ax.transData + ScaledTranslation(nudge / 72, 0, figure.dpi_scale_trans))
        dots.set_gid(name)
        self.drawn[name] = dots


def draw_signs(row: Row) -> None:
    """Draw all that a timeline holds, from the ground up."""
    _ground(row)
    _pauses(row)
    _reactor(row)
    _waits(row)
    _threads(row)
    _bars(row)
    _failed(row)
    _due(row)
    _late(row)
    _moved(row)
    _cancelled(row)
    _pending(row)


def _ground(row: Row) -> None:
    edges = [[(-1e6, y), (1e6, y)] for y in row.base.values()]
    row.lines("lanes", edges, colors=LINE, linewidths=0.8, zorder=0.6)
    if REACTOR in row.base:
        y = row.base[REACTOR]
        row.boxes("reactor's lane", np.array([[-1e6, 1e6, y, y + 1]]), facecolors=BAND, zorder=0.2)
    timeline, top = row.timeline, float(len(row.lanes))
    if timeline.end < timeline.until:
        after = np.array([[timeline.end, 1e6, 0.0, top]])
        row.boxes("after the end", after, facecolors=AFTER, alpha=0.8, zorder=0.4)


def _pauses(row: Row) -> None:
    """Shade from the first pause to the resume that undoes the last."""
    spans, depth, began = [], 0, 0.0
    for mark in sorted(row.timeline.marks):
        if mark.label == "pause":
            began = mark.at if not depth else began
            depth += 1
        elif mark.label == "resume" and depth:
            depth -= 1
            if not depth:
                spans.append((began, mark.at))
    if depth:
        spans.append((began, row.timeline.end))
    top = row.base.get(REACTOR, float(len(row.lanes)))
    corners = np.array([[start, end, 0.0, top] for start, end in spans])
    row.boxes("pauses", corners, facecolors=PAUSE, alpha=0.75, zorder=0.5)


def _reactor(row: Row) -> None:
    """Draw who held the reactor: what ran in one instant side by side, else only the last would be seen."""
    if REACTOR not in row.base:
        return
    holds = [h for h in row.timeline.holds if h.lane in row.colours]
    spans = sorted(((h.lane, h.start, h.end) for h in holds), key=lambda span: span[1])
    if len(spans) <= MANY:
        spans = sorted(_side_by_side(spans, row.sliver), key=lambda span: span[1] - span[2])
    _running(row, "reactor", [(REACTOR, start, end) for _, start, end in spans], row.hues(lane for lane, *_ in spans))


def _side_by_side(spans: Iterable[Span], sliver: float) -> Iterable[Span]:
    free = float("-inf")
    for lane, start, end in spans:
        if end - start >= sliver:
            yield lane, start, end
            continue
        left = max(start, min(free, start + TIES * sliver))
        free = left + sliver
        yield lane, left, left


def _bars(row: Row) -> None:
    bars = [bar for bar in row.timeline.bars if bar.lane in row.base and not bar.thread]
    _running(row, "bars", [(b.lane, b.start, b.end) for b in bars], row.hues(b.lane for b in bars))


def _running(row: Row, name: str, spans: Sequence[Span], hues: Sequence[str]) -> None:
    if not spans:
        return
    x = np.array([(start, end) for _, start, end in spans])
    x[:, 1] = np.maximum(x[:, 1], x[:, 0] + row.sliver)
    y = np.array(row.ys((lane for lane, *_ in spans), 0.0))
    if len(spans) > MANY:
        x, y, hues = _merged(x, y, hues)
    corners = np.column_stack([x, y + RUNNING[0], y + RUNNING[1]])
    row.boxes(name, corners, facecolors=list(hues), edgecolors=CARD, linewidths=0.5, zorder=3)


def _merged(x: Array, y: Array, hues: Sequence[str]) -> tuple[Array, Array, list[str]]:
    """Join the bars that overlap as drawn, lane by lane and colour by colour: the same picture, from far fewer."""
    names, hue = np.unique(hues, return_inverse=True)
    group = hue + len(names) * y
    order = np.lexsort((x[:, 0], group))
    x, y, hue, group = x[order], y[order], hue[order], group[order]
    shift = (group * (x.max() - x.min() + 1))[:, None]  # puts the groups one after another on one axis
    shifted = x + shift
    reach = np.maximum.accumulate(shifted[:, 1])
    first = np.flatnonzero(np.r_[True, shifted[1:, 0] > reach[:-1]])
    last = np.r_[first[1:] - 1, len(x) - 1]
    joined = np.column_stack([x[first, 0], reach[last] - shift[last, 0]])
    return joined, y[first], [str(names[k]) for k in hue[first]]


def _stacked(row: Row, spans: Sequence[Span], band: tuple[float, float]) -> Array:
    """Give spans of one lane that overlap a share of its height each; rows of left, right, bottom, top."""
    tracks: dict[str, list[float]] = {}
    placed: list[int] = [0] * len(spans)
    for k in sorted(range(len(spans)), key=lambda k: spans[k][1:]):
        lane, start, end = spans[k]
        ends = tracks.setdefault(lane, [])
        placed[k] = next((t for t, taken in enumerate(ends) if taken <= start), len(ends))
        ends[placed[k] : placed[k] + 1] = [max(end, start + row.sliver)]
    corners = []
    for (lane, start, end), track in zip(spans, placed, strict=True):
        share = (band[1] - band[0]) / len(tracks[lane])
        top = row.base[lane] + band[1] - track * share
        gap = 0.15 * share if len(tracks[lane]) > 1 else 0.0
        corners.append([start, max(end, start + row.sliver), top - share + gap, top])
    return np.array(corners)


def _waits(row: Row) -> None:
    waits = [w for w in row.timeline.waits if w.lane in row.base]
    if not waits:
        return
    spans = [(w.lane, w.start, w.end) for w in waits]
    crowded = len({w.lane for w in waits}) < len(waits)
    corners = _stacked(row, spans, RUNNING if crowded and _overlap(waits) else WAITING)
    hues = row.hues(w.lane for w in waits)
    row.boxes(
        "waits", corners, facecolors=[pale(h, 0.16) for h in hues], edgecolors=hues, linewidths=1.1, zorder=2.4
    )
    ends = np.column_stack([corners[:, 1], corners[:, 2:].mean(axis=1)])
    _wait_ends(row, waits, ends, hues)


def _overlap(waits: Sequence[Wait]) -> bool:
    by_lane = sorted((w.lane, w.start, w.end) for w in waits)
    return any(a[0] == b[0] and b[1] < a[2] for a, b in zip(by_lane, by_lane[1:], strict=False))


def _wait_ends(row: Row, waits: Sequence[Wait], ends: Array, hues: Sequence[str]) -> None:
    """Say how each wait ended: a dot when its Deferred fired, else a cross, a badge or nothing."""

    def those(how: str) -> list[int]:
        return [k for k, wait in enumerate(waits) if wait.ended == how]

    fired, cancelled, failed = those("fired"), those("cancelled"), those("failed")
    row.signs("fired", *ends[fired].T, c=[hues[k] for k in fired], s=30, edgecolors=CARD, linewidths=0.8, zorder=4)
    row.signs("waits cancelled", *ends[cancelled].T, c=GREY, marker="x", s=34, linewidths=1.8, zorder=4)
    _badges(row, "waits failed", *ends[failed].T)


def _threads(row: Row) -> None:
    bars = [bar for bar in row.timeline.bars if bar.lane in row.base and bar.thread]
    corners = _stacked(row, [(b.lane, b.start, b.end) for b in bars], RUNNING)
    hues = row.hues(b.lane for b in bars)
    faces = [pale(h, 0.55) for h in hues]
    row.boxes("threads", corners, facecolors=faces, edgecolors=hues, linewidths=1.2, hatch="////", zorder=3)


def _failed(row: Row) -> None:
    bars: list[Bar] = [bar for bar in row.timeline.bars if bar.failed and bar.lane in row.base]
    if not bars:
        return
    ends = [max(b.end, b.start + row.sliver) for b in bars]
    y = np.array(row.ys((b.lane for b in bars), 0.0))
    corners = np.column_stack([[b.start for b in bars], ends, y + RUNNING[0], y + RUNNING[1]])
    row.boxes("failed", corners, facecolors="none", edgecolors=RED, linewidths=1.6, zorder=3.5)
    _badges(row, "failures", ends, y + MIDDLE)


def _badges(row: Row, name: str, x: Sequence[float] | Array, y: Array) -> None:
    row.signs(name, x, y, c=RED, s=110, edgecolors=CARD, linewidths=1.0, nudge=4, zorder=5)
    row.signs(name + " !", x, y, c=CARD, s=44, marker="$!$", linewidths=0.4, nudge=4, zorder=5.1)


def _due(row: Row) -> None:
    """Mark when each call that ran on time was due."""
    limit = row.timeline.tolerance
    calls = [c for c in row.calls(row.timeline.calls) if c.ran is not None and c.ran - c.due <= limit]
    x, y = np.array([c.due for c in calls]), np.array(row.ys((c.lane for c in calls), DUE))
    hues = np.array(row.hues(c.lane for c in calls))
    if len(calls) > MANY:  # one a pixel is enough
        _, seen = np.unique(np.round(np.column_stack([x / row.until * 2000, y])), axis=0, return_index=True)
        x, y, hues = x[seen], y[seen], hues[seen]
    row.signs("due", x, y, c=hues, marker="v", s=34, linewidths=0, zorder=4)


def _late(row: Row) -> None:
    """Mark what was late or missed at the time it was due, and lead from there to where it ran."""
    late = row.calls(row.timeline.late)
    missed = [mark for mark in row.timeline.missed if mark.lane in row.base]
    hollow = {"marker": "v", "s": 34, "facecolors": CARD, "edgecolors": RED, "linewidths": 1.4, "zorder": 4.2}
    row.signs("late", [c.due for c in late], row.ys((c.lane for c in late), DUE), **hollow)
    row.signs("missed", [m.at for m in missed], row.ys((m.lane for m in missed), DUE), **hollow)
    paths = [[(c.due, row.base[c.lane] + DUE), *_foot(row, c)] for c in late]
    row.lines("lateness", paths, colors=RED, linewidths=1.1, zorder=2.8)
    feet = [c.ran for c in late if c.ran is not None]
    arrow = {"marker": ">", "c": RED, "s": 22, "linewidths": 0, "nudge": -3, "zorder": 4.1}
    row.signs("late arrows", feet, row.ys((c.lane for c in late), MIDDLE), **arrow)


def _foot(row: Row, call: Call) -> list[tuple[float, float]]:
    assert call.ran is not None
    y = row.base[call.lane] + MIDDLE
    return [(call.due, y), (call.ran, y)]


def _moved(row: Row) -> None:
    """Mark the due times a call had before, and lead from each to the next."""
    points, paths, heads = [], [], []
    for call in row.calls(row.timeline.calls):
        dues = [old for _, old in call.moves] + [call.due]
        y = row.base[call.lane] + DUE
        for old, new in zip(dues, dues[1:], strict=False):
            points.append((old, y, pale(row.colours[call.lane], 0.5)))
            paths.append([(old, y), (new, y)])
            heads.append((new, y, new > old))
    row.lines("moves", paths, colors=GREY, linewidths=1.0, linestyles=(0, (3, 2)), zorder=3.6)
    x, y, hues = zip(*points, strict=True) if points else ((), (), ())
    row.signs("moved", x, y, facecolors=CARD, edgecolors=hues, marker="v", s=34, linewidths=1.3, zorder=3.8)
    for name, onward, nudge in (("moved later", True, -6), ("moved earlier", False, 6)):
        arrows = [(x, y) for x, y, later in heads if later == onward]
        shape = ">" if onward else "<"
        at = np.array(arrows).reshape(-1, 2).T
        row.signs(name, *at, c=GREY, marker=shape, s=16, linewidths=0, nudge=nudge, zorder=3.7)


def _cancelled(row: Row) -> None:
    calls = [c for c in row.calls(row.timeline.calls) if c.outcome == "cancelled" and c.due <= row.until]
    x, y = [c.due for c in calls], row.ys((c.lane for c in calls), DUE)
    row.signs("cancelled", x, y, c=GREY, marker="x", s=36, linewidths=2.0, zorder=4.3)


def _pending(row: Row) -> None:
    """Mark what was still scheduled at its due time, or by an arrow at the edge when that is beyond the axis."""
    calls = row.calls(row.timeline.pending)
    within = [c for c in calls if c.due <= row.until * 1.0001]
    beyond = {c.lane: c for c in calls if c.due > row.until * 1.0001}
    style = {"facecolors": CARD, "edgecolors": GREY, "linewidths": 1.3, "zorder": 4.2}
    row.signs("pending", [c.due for c in within], row.ys((c.lane for c in within), DUE), marker="v", s=34, **style)
    edge = [row.until] * len(beyond)
    row.signs("pending beyond", edge, row.ys(beyond, DUE), marker=">", s=34, **style)


def draw_rings(row: Row, lane: str, times: Iterable[float]) -> None:
    """Ring places in a lane, in seconds."""
    at = list(times) if lane in row.base else []
    x, y = [t + row.sliver / 2 for t in at], row.ys([lane] * len(at), MIDDLE)
    row.signs("ring halo", x, y, s=560, facecolors="none", edgecolors=CARD, linewidths=4.5, zorder=5.5)
    row.signs("ring", x, y, s=560, facecolors="none", edgecolors=INK, linewidths=1.9, zorder=5.6)


__all__ = ["FAINT", "Row", "draw_rings", "draw_signs"]
