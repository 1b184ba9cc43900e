"""One timeline on its Axes: where its lanes are, what colours they have, and how a kind of sign is added at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.transforms import ScaledTranslation
from numpy.typing import NDArray

from course_lib.timeline.records import Call
from course_lib.timeline.timeline import Timeline

Array = NDArray[np.float64]
Numbers = Sequence[float] | Array

# Heights in a lane, which is one unit high.
RUNNING = (0.13, 0.57)
HOLDING = (0.26, 0.74)  # the reactor's lane has no due marks
MIDDLE = 0.35
DUE = 0.77

REACTOR = "reactor"
SLIVER = 0.006  # of the axis: an instant is drawn this wide,
THINNEST = 0.0008  # down to this where there are many
BEGIN, END = -0.008, 1.012  # of the axis: what can be seen of it
FAR = 1e3  # axes; beyond what can be seen


@dataclass(frozen=True)
class Row:
    """One timeline on its Axes. Each kind of sign is one collection of artists, whose gid is its name."""

    ax: Axes
    timeline: Timeline
    colours: dict[str, str]
    until: float  # seconds, where the axis ends
    lanes: tuple[str, ...]  # from the top, the reactor among them

    @cached_property
    def base(self) -> dict[str, float]:
        """The lower edge of each lane."""
        return {lane: float(len(self.lanes) - 1 - k) for k, lane in enumerate(self.lanes)}

    @property
    def far(self) -> float:
        """A time beyond any that can be seen, in seconds."""
        return FAR * self.until

    def middle(self, lane: str) -> float:
        """Say at what height the bars of a lane have their middle."""
        return self.base[lane] + (sum(HOLDING) / 2 if lane == REACTOR else MIDDLE)

    def ys(self, lanes: Iterable[str], height: float) -> list[float]:
        """List the same height in each of the lanes."""
        return [self.base[lane] + height for lane in lanes]

    def hues(self, lanes: Iterable[str]) -> list[str]:
        """List the colours of the lanes."""
        return [self.colours[lane] for lane in lanes]

    def sliver(self, lane: str) -> float:
        """Say how wide an instant in the lane is drawn, in seconds: so that many do not run into one."""
        return self._slivers.get(lane, SLIVER * self.until)

    @cached_property
    def _slivers(self) -> dict[str, float]:
        counts = {lane: len(self.timeline.bars_of(lane)) for lane in self.lanes}
        counts[REACTOR] = len(self.timeline.holds)
        return {lane: self.until * min(SLIVER, max(THINNEST, 0.45 / (n or 1))) for lane, n in counts.items()}

    def calls(self, calls: Iterable[Call]) -> list[Call]:
        """Leave out the calls that have no lane here."""
        return [call for call in calls if call.lane and call.lane in self.base]

    def boxes(self, name: str, corners: Array, **style: Any) -> None:
        """Draw rectangles given as rows of left, right, bottom, top."""
        if len(corners):
            outlines: Any = corners[:, [[0, 2], [0, 3], [1, 3], [1, 2]]]
            self._add(name, PolyCollection(outlines, **style))

    def lines(self, name: str, paths: Sequence[Any], **style: Any) -> None:
        """Draw lines, each a list of points."""
        if len(paths):
            self._add(name, LineCollection(paths, **style))

    def _add(self, name: str, collection: PolyCollection | LineCollection) -> None:
        collection.set_gid(name)
        self.ax.add_collection(collection, autolim=False)

    def signs(self, name: str, x: Numbers, y: Numbers, *, nudge: float = 0.0, **style: Any) -> None:
        """Draw one marker at each point; `nudge` shows them all some points further to the right."""
        if not len(x):
            return
        dots: PathCollection = self.ax.scatter(x, y, clip_on=False, **style)
        dots.set_gid(name)
        figure = self.ax.get_figure(root=True)
        if nudge and figure is not None:
            dots.set_offset_transform(self.ax.transData + ScaledTranslation(nudge / 72, 0, figure.dpi_scale_trans))


def arrows(row: Row, name: str, tips: Iterable[tuple[float, float]], *, onward: bool = True, **style: Any) -> None:
    """Draw arrow heads that end just before the points given, to the right or to the left."""
    x, y = np.array(list(tips), dtype=float).reshape(-1, 2).T
    nudge = style.pop("gap", 3) * (-1 if onward else 1)
    row.signs(name, x, y, marker=">" if onward else "<", linewidths=0, nudge=nudge, **style)
