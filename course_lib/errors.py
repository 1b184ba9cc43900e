"""What cannot work, told to whoever wrote it; apart from the rest, so that nothing is imported in a circle."""

from __future__ import annotations

REFUSED = {
    "run": "it is running already, in a thread of its own",
    "stop": "a reactor cannot be started twice, so no later cell could run; return a Deferred that fires to end early",
    "crash": "a reactor cannot be started twice, so no later cell could run; return a Deferred that fires to end early",
    "iterate": "it is running already, in a thread of its own",
}


class ExperimentError(Exception):
    """The experiment, or the way it was run, cannot work; the message says what to do instead."""


class Runaway(RuntimeError):
    """The program calls itself again without letting time pass, so time would stand still for ever."""
