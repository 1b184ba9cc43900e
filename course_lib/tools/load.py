"""Run all lessons again and again with every core kept busy: what is true of them is true on a slow machine, too.

A run takes about two minutes, and prints a line. Exit code 1: an output differed from the stored one, or no live run was seen. It says at the end how late the latest
call of a live run was, beyond what its own experiment held the reactor.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from course_lib.tools.lateness import FILE, noted
from course_lib.tools.suite import PROJECT, Outcome, outcome_of

STARTUP = "from course_lib.tools.lateness import note_live_runs\nnote_live_runs()\n"
# It ends by itself when this process is gone, however it went.
SPIN = """
import os
parent = os.getppid()
while os.getppid() == parent:
    for _ in range(100_000):
        pass
"""


class Run(NamedTuple):
    """All lessons once, under load: what came of them, how many runs were live, the worst lateness and whose it was."""

    outcome: Outcome
    live: int
    late: float  # seconds
    experiment: str

    @property
    def good(self) -> bool:
        """Say whether all outputs were as stored, and live runs were seen."""
        return self.outcome.good and self.live > 0

    def __str__(self) -> str:
        late = f"at worst {1000 * self.late:.0f} ms late ({self.experiment})" if self.live else "NO live run was seen"
        return f"{self.outcome}; {self.live} live runs, {late}; {self.outcome.seconds:.0f} s"


def main(times: int, notebooks: Sequence[str] = ("notebooks",)) -> int:
    """Run the notebooks, paths of files or folders, as often as asked; return 1 if a run was not good."""
    runs = []
    with busy_cores() as cores:
        print(f"{cores} cores kept busy beside the lessons", flush=True)
        for number in range(1, times + 1):
            runs.append(run_once(notebooks))
            print(f"run {number} of {times}: {runs[-1]}", flush=True)
            for name in runs[-1].outcome.failed:
                print(f"  FAILED {name}", flush=True)
    worst = max(runs, key=lambda run: run.late)
    good = sum(run.good for run in runs)
    print(f"{good} of {len(runs)} runs good; at worst {1000 * worst.late:.0f} ms late ({worst.experiment})")
    return int(good < len(runs))


@contextmanager
def busy_cores() -> Iterator[int]:
    """Keep every core busy with a loop of its own; yield how many there are."""
    cores = os.cpu_count() or 1
    spinners = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(cores)]
    try:
        yield cores
    finally:
        for spinner in spinners:
            spinner.kill()
            spinner.wait()


def run_once(notebooks: Sequence[str]) -> Run:
    """Run the lessons as the test command does, in kernels that note how late live runs were."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        startup = Path(folder, "profile_default", "startup", "lateness.py")
        startup.parent.mkdir(parents=True)
        startup.write_text(STARTUP, encoding="utf-8")
        notes = Path(folder, "notes")
        environment = {**os.environ, "IPYTHONDIR": folder, FILE: str(notes), "PYTHONPATH": str(PROJECT)}
        outcome = outcome_of(sys.executable, notebooks, environment, show=False)
        found = noted(notes)
    late, experiment = max(found, default=(0.0, ""))
    return Run(outcome, len(found), late, experiment)
