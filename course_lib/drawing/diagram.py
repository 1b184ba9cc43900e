"""Draws timelines as timing diagrams, each with its twin in text; knows nothing of Twisted."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from html import escape
from io import BytesIO
from typing import Any, NamedTuple, overload

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from course_lib.drawing import frame
from course_lib.drawing.frame import flags_of, height_of, lanes_of, notes_of
from course_lib.drawing.key import draw_samples
from course_lib.drawing.palette import CARD, LINE, lane_colours
from course_lib.drawing.png import sealed, shrunk
from course_lib.drawing.points import draw_points, draw_ring
from course_lib.drawing.row import Row
from course_lib.drawing.spans import draw_spans
from course_lib.drawing.twin import alternative, compared, twin
from course_lib.timeline.compare import Difference, first_difference
from course_lib.timeline.timeline import Timeline
from course_lib.words import shown

Prediction = Mapping[str, Iterable[float | tuple[float, float]]]

# Inches.
WIDTH = 9.5
LANE = 0.5
HEAD = 0.44  # the title of a row
FOOT = 0.55  # the numbers of the axis and its unit
BETWEEN = 0.14
EDGE = 0.1
NOTE = 0.195
RIGHT = 0.42
KEY_HEIGHT = 4.8
DPI = 144  # two pixels of the picture for one of the page: crisp on a fine screen

# Whatever a learner's own rcParams are, the pictures look the same.
OTHERS = ("backend", "date", "keymap", "_")
PLAIN = {key: value for key, value in matplotlib.rcParamsDefault.items() if not key.startswith(OTHERS)}


class Diagram:
    """A picture and its twin in text. It is no Figure, so that no inline backend draws it in its own way.

    `lay_out` makes the figure when it is first looked at; the text does without.
    """

    def __init__(self, lay_out: Callable[[], Figure], text: str, alt: str) -> None:
        self._lay_out = lay_out
        self.text = text
        self.alt = alt

    @cached_property
    def figure(self) -> Figure:
        """Lay out the picture."""
        with matplotlib.rc_context(PLAIN):
            return self._lay_out()

    @property
    def axes(self) -> list[Axes]:
        """List the Axes, one a row."""
        return self.figure.axes

    def png(self, dpi: float = DPI) -> bytes:
        """Render the picture as PNG."""
        file = BytesIO()
        with matplotlib.rc_context(PLAIN):
            self.figure.savefig(file, format="png", dpi=dpi, metadata={"Software": None})
        return file.getvalue()

    def __repr__(self) -> str:
        return self.text

    def html(self, dpi: float = DPI) -> str:
        """Write the picture as an HTML image, whose alternative text tells all that it shows.

        JupyterLab would give a plain PNG no alternative text (seen in 4.6; jupyter/enhancement-proposals #120).
        """
        width, height = (round(inches * DPI / 2) for inches in self.figure.get_size_inches())
        text = f"{self.alt}\n{self.text}"
        data = b64encode(sealed(shrunk(self.png(dpi)), text)).decode()
        source = f'src="data:image/png;base64,{data}" width="{width}" height="{height}"'
        # JupyterLab fits a picture into a narrow page if it is an output, but not if it is a widget's.
        return f'<img {source} style="max-width: 100%; height: auto" alt="{escape(text)}">'

    def _repr_mimebundle_(
        self,
        include: object = None,  # noqa: ARG002 – IPython hands both over
        exclude: object = None,  # noqa: ARG002
    ) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": self.text}


@overload
def draw(*timelines: Timeline | Prediction, ax: None = None, width: float = WIDTH) -> Diagram: ...
@overload
def draw(*timelines: Timeline | Prediction, ax: Axes) -> Axes: ...
def draw(*timelines: Timeline | Prediction, ax: Axes | None = None, width: float = WIDTH) -> Axes | Diagram:
    """Draw timelines one above the other, as a diagram `width` inches wide or, a single one, on the Axes given.

    A plain dict among them is a prediction: `draw({"heartbeat": [0, 0.25, 0.5]}, timeline)`.
    """
    known = _timelines(timelines)
    if ax is None:
        return Diagram(lambda: _figure(known, width), twin(known), alternative(known))
    if len(known) > 1:
        msg = f"draw(…, ax=…) draws one timeline and got {len(known)}: call it once for each of your Axes"
        raise TypeError(msg)
    figure = ax.get_figure(root=True)
    assert figure is not None
    with matplotlib.rc_context(PLAIN):
        _draw_row(known[0], ax, ax.bbox.width / figure.dpi, known[0].until, lane_colours(known[0].lanes))
    return ax


def draw_key() -> Diagram:
    """Draw the key to the signs, each drawn as it is in a diagram."""
    with matplotlib.rc_context(PLAIN):
        figure = _card(KEY_HEIGHT)
        text = draw_samples(figure)
    return Diagram(lambda: figure, text, "The signs of a timing diagram and what they mean.")


def _timelines(given: Sequence[Timeline | Prediction]) -> list[Timeline]:
    """Check what was given and make timelines of predictions."""
    until = max((t.until for t in given if isinstance(t, Timeline)), default=None)
    if not given:
        raise TypeError("draw() got nothing to draw: give it a timeline, as run(…) returns one")
    for item in given:
        if not isinstance(item, (Timeline, Mapping)):
            raise TypeError(f"draw() takes timelines, as run(…) returns them, and got {shown(item)}")
    if until is None:
        raise TypeError("draw() got only a dict and does not know where its axis ends: use Timeline.of(…, until=…)")
    return [t if isinstance(t, Timeline) else Timeline.of(t, until=until) for t in given]


def _draw_row(
    timeline: Timeline, ax: Axes, inches: float, until: float, colours: dict[str, str], last: bool = True
) -> Row:
    row = Row(ax, timeline, colours, until, lanes_of(timeline))
    draw_spans(row)
    draw_points(row)
    frame.draw_frame(row, flags_of(timeline, inches, until), last=last)
    return row


class Place(NamedTuple):
    """Where a row lies in its figure, in inches from the top."""

    top: float
    height: float


def _places(timelines: Sequence[Timeline], inches: float, until: float) -> tuple[list[Place], float]:
    """Stack the rows; return their places and the height of the whole."""
    y, places = EDGE, []
    for timeline in timelines:
        height = LANE * height_of(timeline, flags_of(timeline, inches, until))
        places.append(Place(y + HEAD, height))
        y += HEAD + height + NOTE * len(notes_of(timeline)) + BETWEEN
    return places, y - BETWEEN + FOOT + EDGE + (0.1 if notes_of(timelines[-1]) else 0.0)


def stacked(timelines: Sequence[Timeline], width: float = WIDTH) -> tuple[Figure, list[Row]]:
    """Draw timelines below one another in one figure, each a row, all on one axis."""
    until = max(t.until for t in timelines)
    colours = lane_colours(lane for t in timelines for lane in t.lanes)
    names = {frame.short(lane) for t in timelines for lane in ("reactor", *t.lanes)}
    left = max(frame.width_of(name, frame.NORMAL) for name in names) + 0.42
    inches = width - left - RIGHT
    places, height = _places(timelines, inches, until)
    figure = _card(height, width)
    rows: list[Row] = []
    for k, (timeline, place) in enumerate(zip(timelines, places, strict=True), 1):
        box = (left / width, 1 - (place.top + place.height) / height, inches / width, place.height / height)
        ax = figure.add_axes(box, sharex=rows[0].ax if rows else None)
        rows.append(_draw_row(timeline, ax, inches, until, colours, last=k == len(timelines)))
    return figure, rows


def _figure(timelines: Sequence[Timeline], width: float) -> Figure:
    figure, rows = stacked(timelines, width)
    _ring(rows)
    return figure


def _card(height: float, width: float = WIDTH) -> Figure:
    """Make a figure with an opaque light ground, legible on a dark page too."""
    figure = Figure(figsize=(width, height), dpi=DPI / 2, facecolor=CARD, edgecolor=LINE, linewidth=2)
    FigureCanvasAgg(figure)
    return figure


def _ring(rows: Sequence[Row]) -> None:
    """Ring the first difference where it was expected and where it came, if it did."""
    pair = compared([row.timeline for row in rows])
    difference = pair and first_difference(*pair)
    if not pair or not difference:
        return
    for row in rows:
        bar = _bar_at(row.timeline, difference) or difference.expected or difference.got
        if row.timeline in pair and bar is not None:
            draw_ring(row, difference.lane, bar.start)
        if row.timeline is pair[0]:
            frame.say_aside(row, str(difference))


def _bar_at(timeline: Timeline, difference: Difference) -> Any:
    """Find the bar that a difference is about as the timeline has it, not as it was floored."""
    bars = timeline.bars_of(difference.lane)
    return bars[difference.number - 1] if len(bars) >= difference.number else None
