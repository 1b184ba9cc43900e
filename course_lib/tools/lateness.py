"""Notes by how much the calls of live runs were late, beyond what their own experiment held the reactor.

A kernel that is started with LATENESS in its environment, and this module as a startup file of IPython, adds a line for
each live run to the file named there.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import wraps
from pathlib import Path

from course_lib.running.lifecycle import Lifecycle
from course_lib.timeline.records import Call, Hold
from course_lib.timeline.timeline import Timeline

FILE = "LATENESS"  # the environment variable


def note_live_runs() -> None:
    """From now on, note the lateness of each live run of this process."""
    make = Lifecycle.timeline

    @wraps(make)
    def made(self: Lifecycle) -> Timeline:
        timeline = make(self)
        if timeline.live:
            with Path(os.environ[FILE]).open("a", encoding="utf-8") as file:
                file.write(f"{worst(timeline)} {timeline.name}\n")
        return timeline

    Lifecycle.timeline = made  # type: ignore[method-assign]


def noted(file: Path) -> list[tuple[float, str]]:
    """Read the notes: seconds, and the name of the experiment."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [(float(seconds), name) for seconds, _, name in (line.partition(" ") for line in lines)]


def worst(timeline: Timeline) -> float:
    """Return the greatest lateness of a call, in seconds, for which the machine is to blame."""
    if any(bar.thread for bar in timeline.bars):
        return 0.0  # its own threads take the interpreter from the reactor, which no hold tells
    return max((late_by(call, timeline.holds) for call in timeline.calls if call.ran is not None), default=0.0)


def late_by(call: Call, holds: Sequence[Hold]) -> float:
    """Return for how many seconds a call was due while nothing of the experiment held the reactor."""
    ran = call.due if call.ran is None else call.ran
    held = sum(max(0.0, min(hold.end, ran) - max(hold.start, call.due)) for hold in holds)
    return max(0.0, ran - call.due - held)
