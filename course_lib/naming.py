"""What to call a callable in a sentence or a lane: the learner's own name for it, not Twisted's wrapping."""

from __future__ import annotations

import re
from typing import Any


def unwrapped(f: Any) -> Any:
    """Find the function that a recorded call, a LoopingCall or a partial will call in the end."""
    for attribute in ("func", "f"):  # a DelayedCall's or partial's, then a LoopingCall's
        inner = getattr(f, attribute, None)
        if callable(inner):
            return unwrapped(inner)
    return f


def name_of(f: Any) -> str:
    """Name a callable in a word."""
    f = unwrapped(f)
    return str(getattr(f, "__name__", type(f).__name__))


def shown(value: Any) -> str:
    """Print a value as repr does, but without its address in memory, which would change from run to run."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))
