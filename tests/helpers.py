"""Both worlds of an experiment, virtual and real, and what is left in each after a run."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

from twisted.internet import reactor

from course_lib import VirtualClock, run
from course_lib.running.surroundings import reapAllProcesses
from course_lib.scripts import plain

PROJECT = Path(__file__).parent.parent
# As pytest's own filterwarnings in pyproject.toml: a warning is an error, but for crochet's.
WARNINGS = ["-W", "error", "-W", "ignore:isSet() is deprecated:DeprecationWarning"]


def left_on(clock: Any) -> list[Any]:
    """List the calls still scheduled on a clock, but for crochet's reaping of processes every 0.1 s."""
    if isinstance(clock, VirtualClock):
        return list(clock.calls)
    return [call for call in reactor.getDelayedCalls() if getattr(call.func, "f", None) is not reapAllProcesses]


def a_moment_passes(seconds: float = 0.3) -> None:
    """Let the real reactor work for so many seconds."""
    run(lambda clock, timeline: None, clock=reactor, until=seconds)


def in_fresh_python(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a new interpreter, to which a warning is an error."""
    return subprocess.run(
        [sys.executable, *WARNINGS, "-c", dedent(code)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=PROJECT,
        env=plain(os.environ),
    )
