"""Experiments with time: run one on the real reactor or in virtual time, and look at what it did.

    run            run an experiment, a function of (clock, timeline), and return its Timeline
    VirtualClock   the clock on which hours pass at once, and exactly
    Timeline       what happened and when; prints as text, shows itself as a timing diagram
    draw           draw timelines below one another, a prediction above what happened
    what_if        redraw an experiment as you move its sliders
    by_hand        start, pause, resume, stop and cancel what is live on the reactor
    exercise       check an answer, get a hint, see the solution
    progress       how far you have come

The folders, each importing only those before it: timeline (what happened, as records and in words), recording (who
notes it), running (in virtual time and on the reactor), drawing, widgets, exercises (the engine), course (what is
taught: data for the engine), tools (what a maintainer runs).
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from course_lib.clock import VirtualClock
    from course_lib.drawing.diagram import draw
    from course_lib.exercises.exercise import exercise
    from course_lib.exercises.state import progress
    from course_lib.running.run import run
    from course_lib.timeline import Timeline
    from course_lib.widgets import by_hand, what_if

__all__ = ["Timeline", "VirtualClock", "by_hand", "draw", "exercise", "progress", "run", "what_if"]

# Loaded when first asked for: the check of the installation runs where Twisted is missing, and draw loads matplotlib.
_MODULES = {
    "Timeline": "timeline",
    "VirtualClock": "clock",
    "by_hand": "widgets",
    "draw": "drawing.diagram",
    "exercise": "exercises",
    "progress": "exercises",
    "run": "running.run",
    "what_if": "widgets",
}


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return getattr(import_module(f"course_lib.{_MODULES[name]}"), name)
    raise AttributeError(f"module 'course_lib' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
