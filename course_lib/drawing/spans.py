"""What has a length: running, waiting, pausing, and who held the reactor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from course_lib.drawing.palette import AFTER, BAND, BODY, CARD, GREY, LINE, PAUSE, RED, pale
from course_lib.drawing.row import END, HOLDING, MIDDLE, REACTOR, RUNNING, Array, Numbers, Row
from course_lib.timeline.records import Mark, Wait

MANY = 2000  # bars; more than the picture has columns to show
FEW = 150  # bars; more of them have no room for a seam between two
TIES = 6  # slivers drawn side by side where the reactor ran several jobs in one instant
STACKED = (0.1, 0.62)  # the height that spans share which overlap in one lane
WAITING = (0.23, 0.47)


class Span(NamedTuple):
    """A stretch of a lane, in seconds."""

    lane: str
    start: float
    end: float


def draw_spans(row: Row) -> None:
    """Draw all that has a length, from the ground up."""
    _ground(row)
    _pauses(row)
    _reactor(row)
    _waits(row)
    _threads(row)
    _bars(row)
    _failed(row)


def _ground(row: Row) -> None:
    top, timeline, far = float(len(row.lanes)), row.timeline, row.far
    row.lines("lanes", [[(-far, y), (far, y)] for y in row.base.values()], colors=LINE, linewidths=0.8, zorder=0.6)
    # Above the lanes are labels: no grid there.
    row.boxes("sky", np.array([[-far, far, top, top + 9]]), facecolors=CARD, zorder=0.55)
    if REACTOR in row.base:
        row.boxes("reactor's lane", np.array([[-far, far, top - 1, top]]), facecolors=BAND, zorder=0.2)
    if timeline.end < timeline.until:
        row.boxes("after", np.array([[timeline.end, far, 0, top]]), facecolors=AFTER, alpha=0.8, zorder=0.4)


def _pauses(row: Row) -> None:
    spans = list(pauses(row.timeline.marks, row.timeline.end))
    top = row.base.get(REACTOR, float(len(row.lanes)))
    corners = np.array([[start, end, 0.0, top] for start, end in spans])
    row.boxes("pauses", corners, facecolors=PAUSE, alpha=0.75, zorder=0.5)


def pauses(marks: Iterable[Mark], end: float) -> Iterator[tuple[float, float]]:
    """Find the stretches from a first "pause" to the "resume" that undoes the last, or a "stop", of each thing."""
    since: dict[str, list[float]] = defaultdict(list)
    for mark in sorted(marks, key=lambda mark: mark.at):
        thing, _, act = mark.label.rpartition(".")
        if act == "pause":
            since[thing].append(mark.at)
        elif act in ("resume", "stop") and since[thing]:
            began = since[thing][0]
            since[thing] = [] if act == "stop" else since[thing][:-1]
            if not since[thing]:
                yield began, mark.at
    yield from ((paused[0], end) for paused in since.values() if paused)


def _reactor(row: Row) -> None:
    """Draw who held the reactor; of the experiment's own body only what is long enough to matter."""
    if REACTOR not in row.base:
        return
    sliver = row.sliver(REACTOR)
    held = [Span(*hold) for hold in row.timeline.holds if hold.lane or hold.end - hold.start >= sliver]
    held.sort(key=lambda span: span.start)
    if len(held) <= MANY:
        # The short over the long, which may begin in the same instant.
        apart = _within(list(_side_by_side(held, sliver)), sliver, END * row.until)
        held = sorted(apart, key=lambda span: span.start - span.end)
    hues = [row.colours.get(span.lane, BODY) for span in held]
    _running(row, "reactor", [span._replace(lane=REACTOR) for span in held], hues, HOLDING)


def _side_by_side(spans: Iterable[Span], sliver: float) -> Iterator[Span]:
    """Move what ran in one instant apart, in its order; else only the last would be seen."""
    free = float("-inf")
    for span in spans:
        if span.end - span.start >= sliver:
            yield span
            continue
        left = max(span.start, min(free, span.start + TIES * sliver))
        free = left + sliver
        yield Span(span.lane, left, left)


def _within(spans: list[Span], sliver: float, end: float) -> list[Span]:
    """Move what would lie beyond the end of the axis back in front of it, the last one first."""
    for k in range(len(spans) - 1, -1, -1):
        lane, start, until = spans[k]
        if start < end - sliver or until > start:
            break
        spans[k] = Span(lane, end - sliver, end - sliver)
        end -= sliver
    return spans


def _bars(row: Row) -> None:
    bars = [bar for bar in row.timeline.bars if bar.lane in row.base and not bar.thread]
    _running(row, "bars", [Span(*bar[:3]) for bar in bars], row.hues(bar.lane for bar in bars), RUNNING)


def _running(row: Row, name: str, spans: Sequence[Span], hues: Sequence[str], band: tuple[float, float]) -> None:
    if not spans:
        return
    corners = _corners(row, spans, band)
    if len(spans) > MANY:
        corners, hues = _merged(corners, hues)
    seam = 0.5 if len(spans) < FEW else 0.0
    row.boxes(name, corners, facecolors=list(hues), edgecolors=CARD, linewidths=seam, zorder=3)


def _corners(row: Row, spans: Sequence[Span], band: tuple[float, float]) -> Array:
    """Turn spans into rows of left, right, bottom, top; an instant gets a width that can be seen."""
    base, sliver = row.base, {lane: row.sliver(lane) for lane in row.lanes}
    found = np.array([(start, end, base[lane], start + sliver[lane]) for lane, start, end in spans], dtype=float)
    left, right, y, least = found.T
    return np.column_stack([left, np.maximum(right, least), y + band[0], y + band[1]])


def _merged(corners: Array, hues: Sequence[str]) -> tuple[Array, list[str]]:
    """Join the bars that overlap as drawn, lane by lane and colour by colour: the same picture, from far fewer."""
    names, hue = np.unique(hues, return_inverse=True)
    group = hue + len(names) * np.floor(corners[:, 2])
    order = np.lexsort((corners[:, 0], group))
    corners, hue = corners[order], hue[order]
    # Puts the groups one after another on one axis.
    shift = group[order] * (np.ptp(corners[:, :2]) + 1)
    reach = np.maximum.accumulate(corners[:, 1] + shift)
    gap = np.ptp(corners[:, :2]) / MANY * 2  # what is less than a pixel apart is one, too
    first = np.flatnonzero(np.r_[True, (corners[:, 0] + shift)[1:] > reach[:-1] + gap])
    last = np.r_[first[1:] - 1, len(corners) - 1]
    joined = np.column_stack([corners[first, 0], reach[last] - shift[last], corners[first, 2:]])
    return joined, [str(names[k]) for k in hue[first]]


def _stacked(row: Row, spans: Sequence[Span], band: tuple[float, float]) -> Array:
    """Turn spans into rows of left, right, bottom, top; those that overlap in a lane share its height."""
    tracks: dict[str, list[float]] = {}
    placed = [0] * len(spans)
    for k in sorted(range(len(spans)), key=lambda k: spans[k][1:]):
        ends = tracks.setdefault(spans[k].lane, [])
        placed[k] = next((track for track, taken in enumerate(ends) if taken <= spans[k].start), len(ends))
        ends[placed[k] : placed[k] + 1] = [spans[k].end]
    corners = _corners(row, spans, band) if spans else np.empty((0, 4))
    for corner, span, track in zip(corners, spans, placed, strict=True):
        if (count := len(tracks[span.lane])) > 1:
            share = (STACKED[1] - STACKED[0]) / count
            top = row.base[span.lane] + STACKED[1] - track * share
            corner[2:] = top - 0.78 * share, top
    return corners


def _waits(row: Row) -> None:
    waits = [w for w in row.timeline.waits if w.lane in row.base]
    corners = _stacked(row, [Span(*w[:3]) for w in waits], WAITING)
    corners[:, 1] = [w.end for w in waits]
    hues = row.hues(w.lane for w in waits)
    row.boxes("waits", corners, facecolors=[pale(h, 0.16) for h in hues], linewidths=0, zorder=2.4)
    row.lines("wait edges", _edges(corners), colors=[h for h in hues for _ in "ab"], linewidths=1.1, zorder=2.5)
    ends = np.column_stack([corners[:, 1], corners[:, 2:].mean(axis=1)])
    _wait_ends(row, waits, ends, hues)


def _edges(corners: Array) -> list[list[tuple[float, float]]]:
    """Outline waits above and below: on the left a bar stands, on the right a sign says how it ended."""
    return [[(left, y), (right, y)] for left, right, low, high in corners.tolist() for y in (low, high)]


def _wait_ends(row: Row, waits: Sequence[Wait], ends: Array, hues: Sequence[str]) -> None:
    """Say how each wait ended: a dot when its Deferred fired, a badge or a cross, nothing while it waits."""

    def those(how: str) -> list[int]:
        return [k for k, wait in enumerate(waits) if wait.ended == how]

    fired = those("fired")
    dots = [hues[k] for k in fired]
    row.signs("fired", *ends[fired].T, c=dots, s=34, edgecolors=CARD, linewidths=0.8, nudge=-4, zorder=4)
    row.signs("waits cancelled", *ends[those("cancelled")].T, c=GREY, marker="x", s=34, linewidths=1.9, zorder=4)
    _badges(row, "waits failed", *ends[those("failed")].T)


def _threads(row: Row) -> None:
    bars = [bar for bar in row.timeline.bars if bar.lane in row.base and bar.thread]
    corners = _stacked(row, [Span(*bar[:3]) for bar in bars], RUNNING)
    hues = row.hues(b.lane for b in bars)
    faces = [pale(h, 0.5) for h in hues]
    row.boxes("threads", corners, facecolors=faces, edgecolors=hues, linewidths=1.2, hatch="////", zorder=3)


def _failed(row: Row) -> None:
    bars = [bar for bar in row.timeline.bars if bar.failed and bar.lane in row.base]
    if bars:
        corners = _corners(row, [Span(*bar[:3]) for bar in bars], RUNNING)
        row.boxes("failed", corners, facecolors="none", edgecolors=RED, linewidths=1.6, zorder=3.5)
        _badges(row, "failures", corners[:, 1], corners[:, 2] + MIDDLE - RUNNING[0])


def _badges(row: Row, name: str, x: Numbers, y: Numbers) -> None:
    row.signs(name, x, y, c=RED, s=110, edgecolors=CARD, linewidths=1.0, nudge=4, zorder=5)
    row.signs(name + " !", x, y, c=CARD, s=44, marker="$!$", linewidths=0.4, nudge=4, zorder=5.1)
