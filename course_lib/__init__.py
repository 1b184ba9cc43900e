"""Experiments with time: run one on the real reactor or in virtual time, and look at what it did.

    run            run an experiment, a function of (clock, timeline), and return its Timeline
    VirtualClock   the clock on which hours pass at once, and exactly
    Timeline       what happened and when; prints as text, shows itself as a timing diagram
    draw           draw timelines below one another, a prediction above what happened

The modules, each importing only those before it: times, timeline, compare, text (what happened, in words), naming,
clock (virtual time), lanes, recorder, recording, tracing (noting what happens), bindings, stand_ins, lifecycle,
surroundings, unhandled, guard, interrupts, stopwatch (from the first instant to a clean clock), realtime, prints, live,
experiment (running), held, hand (pressing), drawing, diagram (drawing), widgets (sliders and buttons), scripts
(programs in a Python of their own), paper (printing), installation,
exercises.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from course_lib.clock import VirtualClock
    from course_lib.diagram import draw
    from course_lib.experiment import run
    from course_lib.timeline import Timeline

__all__ = ["Timeline", "VirtualClock", "draw", "run"]

# Loaded when first asked for: the check of the installation runs where Twisted is missing, and draw loads matplotlib.
_MODULES = {"Timeline": "timeline", "VirtualClock": "clock", "draw": "diagram", "run": "experiment"}


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return getattr(import_module(f"course_lib.{_MODULES[name]}"), name)
    raise AttributeError(f"module 'course_lib' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
