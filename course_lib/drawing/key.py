"""The key to the signs of a timing diagram, drawn with the signs themselves."""

from __future__ import annotations

from dataclasses import replace

from matplotlib.figure import Figure

from course_lib.drawing.frame import NORMAL, beside
from course_lib.drawing.palette import INK, lane_colours
from course_lib.drawing.points import draw_points, draw_ring
from course_lib.drawing.row import REACTOR, Row
from course_lib.drawing.spans import draw_spans
from course_lib.timeline.records import Bar, Call, Hold, Mark, Wait
from course_lib.timeline.timeline import Timeline

TITLE = "The signs of a timing diagram"
JOB = "heartbeat"
EMPTY = Timeline("", 1, 1, lanes=(JOB,))
COLUMNS = 2
SAMPLE = 0.13  # of the figure's width


def _ran(start: float, end: float, **more: str) -> Bar:
    return Bar(JOB, start, end, **more)


def samples() -> list[tuple[str, str, Timeline]]:
    """List each sign: its name, its meaning, and a timeline that has it."""
    done = Call(JOB, 0, 0.3, 0.3, 0.6)
    late = Call(JOB, 0, 0.15, 0.7, 0.9)
    ticks = (Call(JOB, 0, 0.2, 0.2, 0.2, grid=(0, 0.2)), Call(JOB, 0.2, 0.8, 0.8, 0.8, grid=(0, 0.2)))
    moved = Call(JOB, 0, 0.75, 0.75, 0.75, moves=((0.1, 0.2),))
    holds = (Hold("other", 0.15, 0.6), Hold(JOB, 0.6, 0.85))
    beats = (_ran(0.1, 0.14), _ran(0.35, 0.39))
    return [
        ("reactor", "who held the reactor's one thread", replace(EMPTY, holds=holds)),
        ("bar under a filled mark", "it ran when it was due", replace(EMPTY, bars=(_ran(0.3, 0.6),), calls=(done,))),
        ("hollow red mark and arrow", "it ran late: from due to run", replace(EMPTY, bars=(_ran(0.7, 0.9),), calls=(late,))),
        ("hollow red mark alone", "missed: a LoopingCall left it out", replace(EMPTY, bars=(_ran(0.2, 0.24), _ran(0.8, 0.84)), calls=ticks)),
        ("pale band", "waiting for a Deferred; dot: it fired", replace(EMPTY, bars=(_ran(0.15, 0.19),), waits=(Wait(JOB, 0.15, 0.85, "fired"),))),
        ("striped bar", "ran in another thread", replace(EMPTY, bars=(_ran(0.2, 0.8, thread="pool"),))),
        ("exclamation mark", "failed with an exception", replace(EMPTY, bars=(_ran(0.2, 0.7, failed="Error"),))),
        ("cross", "cancelled before it was due", replace(EMPTY, calls=(Call(JOB, 0, 0.5, cancelled=0.2),))),
        ("dashed arrow", "its due time was moved", replace(EMPTY, bars=(_ran(0.75, 0.79),), calls=(moved,))),
        ("hollow grey mark", "still scheduled; arrow: after the end", replace(EMPTY, calls=(Call(JOB, 0, 0.5), Call(JOB, 0, 9)))),
        ("blue-grey ground", "paused, until resumed", replace(EMPTY, bars=beats, marks=(Mark(0.45, "pause"), Mark(0.9, "resume")))),
        ("grey ground", "the run had ended: its Deferred fired", replace(EMPTY, bars=beats, end=0.55)),
        ("dashed line", "a mark made by the experiment", replace(EMPTY, bars=beats, marks=(Mark(0.6, "mark"),))),
        ("ring", "first difference from the expected", replace(EMPTY, bars=beats)),
    ]  # fmt: skip


def draw_samples(figure: Figure) -> str:
    """Draw all signs on a figure, in columns; return the same in words."""
    shown = samples()
    rows = -(-len(shown) // COLUMNS)
    height = 0.84 / rows
    figure.text(0.03, 0.965, TITLE, size=11.5, weight="bold", color=INK, va="top")
    for k, (name, meaning, timeline) in enumerate(shown):
        left, bottom = 0.03 + k // rows * 0.5, 0.88 - (k % rows + 1) * height
        ax = figure.add_axes((left, bottom, SAMPLE, 0.76 * height))
        _sample(
            Row(ax, timeline, lane_colours((JOB, "other")), 1.0, (REACTOR,) if timeline.holds else (JOB,)),
            name,
        )
        beside(ax, (1, 0.42), (14, 0), meaning, size=NORMAL, color=INK, va="center")
    return "\n".join([TITLE, *(f"{name:28}{meaning}" for name, meaning, _ in shown)])


def _sample(row: Row, name: str) -> None:
    draw_spans(row)
    draw_points(row)
    if name == "ring":
        draw_ring(row, JOB, 0.367)
    if name == "dashed line":
        row.lines("marks", [[(0.6, 0), (0.6, 1)]], colors=INK, linewidths=1.0, linestyles=[(0, (4, 2.5))])
    row.ax.set(xlim=(-0.03, 1.03), ylim=(0, 1), xticks=[], yticks=[])
    row.ax.set_facecolor("none")
    row.ax.spines[:].set_visible(False)
