"""Experiments with time: run one on the real reactor or in virtual time, and look at what it did.

    run            run an experiment, a function of (clock, timeline), and return its Timeline
    VirtualClock   the clock on which hours pass at once, and exactly
    Timeline       what happened and when; prints as text, shows itself as a timing diagram
    draw           draw timelines below one another, a prediction above what happened

The modules, each importing only those before it: times, timeline, compare, text (what happened, in words), naming,
clock (virtual time), lanes, recorder, recording, tracing (noting what happens), bindings, stand_ins, lifecycle,
surroundings, unhandled, guard, interrupts, stopwatch (from the first instant to a clean clock), realtime, prints, live,
experiment (running), held, hand (pressing), drawing, diagram (drawing), widgets (sliders and buttons), installation,
exercises.
"""

from course_lib.clock import VirtualClock
from course_lib.experiment import run
from course_lib.timeline import Timeline

__all__ = ["Timeline", "VirtualClock", "draw", "run"]


def __getattr__(name: str) -> object:
    if name == "draw":  # matplotlib is loaded when the first picture is drawn
        from course_lib.diagram import draw

        return draw
    raise AttributeError(f"module 'course_lib' has no attribute {name!r}")
