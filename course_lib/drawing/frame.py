"""What surrounds the signs of a timing diagram: title, lane names, axis, labels and notes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from textwrap import wrap
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.patheffects import withStroke
from matplotlib.textpath import TextPath
from matplotlib.ticker import FuncFormatter, MaxNLocator

from course_lib.drawing.palette import CARD, FAINT, GRID, INK, LINE, RED
from course_lib.drawing.row import BEGIN, END, MIDDLE, REACTOR, Row
from course_lib.timeline.records import LONGEST, Call
from course_lib.timeline.timeline import Timeline
from course_lib.words import number

SMALL, NORMAL, TITLE = 9.0, 10.5, 11.5  # points
FLAG = 0.36  # lanes; the height of one line of mark labels
HIGHEST = 5  # lines of mark labels above the first; what does not fit goes without a label
MILLISECONDS = 0.2  # seconds; a shorter axis counts in milliseconds
LONGEST_NAME = 24
LONGEST_NOTE = 118


class Flag(NamedTuple):
    """A labelled vertical line: where it is, what it says and how high it says it."""

    at: float
    label: str
    level: int
    flipped: bool = False  # the text is left of the line, for want of room on the right
    whole: bool = True  # a line through all lanes; else, where there are many, a stroke above them


@cache
def width_of(text: str, size: float, bold: bool = False) -> float:
    """Measure a text in inches."""
    font = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")
    return float(TextPath((0, 0), text.replace("$", "S"), size=size, prop=font).get_extents().width) / 72


def is_prediction(timeline: Timeline) -> bool:
    """Tell what somebody expects from what a clock recorded."""
    return timeline.predicted


def lanes_of(timeline: Timeline) -> tuple[str, ...]:
    """List the lanes from the top; a prediction says nothing of the reactor."""
    return timeline.lanes if is_prediction(timeline) else (REACTOR, *timeline.lanes)


def short(name: str) -> str:
    """Cut a lane's name that would take too much of the picture."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def notes_of(timeline: Timeline) -> list[str]:
    """List the lines of small text below a row."""
    return [line for note in timeline.notes for line in wrap(note, LONGEST_NOTE)]


def flags_of(timeline: Timeline, inches: float, until: float) -> list[Flag]:
    """Place the labels of marks so that no label is on another or on another's line, from the right to the left."""
    at: dict[float, list[str]] = {}
    for mark in timeline.marks:
        at.setdefault(round(mark.at, 9), []).append(mark.label)
    strokes: list[Flag] = []
    if len(at) > LONGEST:
        strokes = [Flag(t, "", 0, whole=False) for t in at]
        first, last = min(at), max(at)
        at = {first: [f"{len(timeline.marks)} marks: {', '.join(at[first])} …"], last: at[last]}
    if timeline.end < timeline.until:
        at.setdefault(round(timeline.end, 9), []).append(timeline.ended)
    placed: list[tuple[float, float, int]] = []
    flags = []
    for t in sorted(at, reverse=True):
        label = ", ".join(dict.fromkeys(at[t]))
        x, room = t / until * inches, width_of(label, SMALL) + 0.14
        flipped = x + room > inches + 0.3
        left, right = (x - room, x) if flipped else (x, x + room)
        level = 1 + max((lv for a, b, lv in placed if a < right and b > left), default=0 if strokes else -1)
        placed.append((left, right, level))
        flags.append(Flag(t, label if level <= HIGHEST else "", min(level, HIGHEST), flipped))
    return [*strokes, *flags]


def height_of(timeline: Timeline, flags: list[Flag]) -> float:
    """Say how high a row is, in lanes: its own and the labels above them."""
    return max(1, len(lanes_of(timeline))) + (FLAG * (1 + max(f.level for f in flags)) + 0.1 if flags else 0.0)


def draw_frame(row: Row, flags: list[Flag], *, last: bool) -> None:
    """Draw what surrounds the signs; only the last row numbers the axis."""
    ax = row.ax
    ax.set_xlim(BEGIN * row.until, END * row.until)
    ax.set_ylim(0, height_of(row.timeline, flags))
    ax.set_facecolor(CARD)
    ax.spines[["left", "right", "top"]].set_visible(False)
    ax.spines["bottom"].set(color=INK if last else LINE, linewidth=1.0)
    _name_lanes(row)
    _number_axis(ax, row.until, last)
    _title(row)
    _fly(row, flags)
    _say_how_late(row)
    for k, line in enumerate(notes_of(row.timeline)):
        beside(ax, (0, 0), (0, -14 * k - (45 if last else 9)), line, size=SMALL, color=FAINT, va="top")


def _name_lanes(row: Row) -> None:
    ax = row.ax
    ax.set_yticks([row.middle(lane) for lane in row.lanes], [short(lane) for lane in row.lanes])
    ax.tick_params(axis="y", length=0, pad=8, labelsize=NORMAL, labelcolor=INK)
    for label in ax.get_yticklabels():
        label.set_parse_math(False)
    if row.lanes[:1] == (REACTOR,):
        ax.get_yticklabels()[0].set(color=FAINT, style="italic")


def _number_axis(ax: Axes, until: float, last: bool) -> None:
    factor, unit = (1000, "milliseconds") if until < MILLISECONDS else (1, "seconds")
    ax.xaxis.set_major_locator(MaxNLocator(nbins=9, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: number(x * factor)))
    ax.tick_params(axis="x", labelsize=NORMAL, labelbottom=last, length=4 if last else 0, color=INK, labelcolor=INK)
    ax.grid(axis="x", color=GRID, linewidth=0.9, zorder=0)
    ax.set_axisbelow(True)
    if last:
        ax.set_xlabel(unit, fontsize=NORMAL, color=INK, labelpad=3)


def beside(ax: Axes, corner: tuple[float, float], offset: tuple[float, float], text: str, **style: Any) -> None:
    """Write at a corner of the Axes (0 or 1 each way), moved by points."""
    ax.annotate(
        text,
        corner,
        offset,
        xycoords="axes fraction",
        textcoords="offset points",
        annotation_clip=False,
        parse_math=False,
        **style,
    )


def _title(row: Row) -> None:
    timeline = row.timeline
    beside(row.ax, (0, 1), (0, 9), timeline.name, size=TITLE, weight="bold", color=INK)
    if is_prediction(timeline):
        return
    after = 72 * width_of(timeline.name, TITLE, bold=True) + 12
    beside(
        row.ax,
        (0, 1),
        (after, 9),
        "live reactor" if timeline.live else "virtual time",
        size=NORMAL,
        color=FAINT,
    )
    ran = [call.ran - call.due for call in timeline.calls if call.ran is not None and call.lane]
    if timeline.live and ran:
        say_aside(row, f"measured: at worst {1000 * max(0.0, *ran, 0.0):.3g} ms late")


def say_aside(row: Row, text: str) -> None:
    """Write on the right of the title."""
    beside(row.ax, (1, 1), (0, 9), text, size=SMALL, color=FAINT, ha="right")


def _fly(row: Row, flags: list[Flag]) -> None:
    """Draw a line through all lanes for each mark, and its label on top."""
    if not flags:
        return
    top = len(row.lanes)
    paths = [[(f.at, 0.0 if f.whole else top + 0.05), (f.at, top + FLAG * (f.level + 0.85))] for f in flags]
    dashes = ["solid" if f.label == "ended" or not f.whole else (0, (4, 2.5)) for f in flags]
    row.lines("marks", paths, colors=FAINT, linewidths=1.0, linestyles=dashes, zorder=2)
    for flag in flags:
        row.ax.annotate(
            flag.label,
            (flag.at, top + FLAG * flag.level + 0.08),
            (-4 if flag.flipped else 4, 0),
            textcoords="offset points",
            ha="right" if flag.flipped else "left",
            va="bottom",
            size=SMALL,
            color=INK,
            parse_math=False,
        )


def _say_how_late(row: Row) -> None:
    """Write beside the latest call by how much it was late, where there is room."""
    late = row.calls(row.timeline.late)
    if not late:
        return
    worst = max(late, key=lambda call: round((call.ran or 0.0) - call.due, 2 if row.until >= MILLISECONDS else 5))
    by = (worst.ran or 0.0) - worst.due
    text = f"late {1000 * by:.3g} ms" if row.until < MILLISECONDS else f"late {by:.2f} s"
    figure = row.ax.get_figure(root=True)
    assert figure is not None
    room = (width_of(text, SMALL) + 0.12) * row.until / (row.ax.bbox.width / figure.dpi)
    row.ax.text(
        _free_place(row, worst, room),
        row.base[worst.lane] + MIDDLE - 0.055,
        text,
        ha="center",
        va="top",
        size=SMALL,
        color=RED,
        zorder=6,
        path_effects=[withStroke(linewidth=2.5, foreground=CARD)],
    )


def _free_place(row: Row, call: Call, room: float) -> float:
    """Find the middle of a stretch of the lane with nothing in it: on the way to the bar, or before it, or after."""
    assert call.ran is not None
    sliver = row.sliver(call.lane)
    end = max(call.ended or call.ran, call.ran + sliver)
    middle = (call.due + call.ran) / 2
    taken = [(b.start, max(b.end, b.start + sliver)) for b in row.timeline.bars_of(call.lane)]
    taken += [(w.start, w.end) for w in row.timeline.waits if w.lane == call.lane]
    for place in (middle, call.due - room / 2, end + room / 2):
        if _free(taken, place - room / 2, place + room / 2) and place >= room / 2:
            return place
    return middle


def _free(taken: Iterable[tuple[float, float]], left: float, right: float) -> bool:
    return not any(start < right and end > left for start, end in taken)
