"""Runs the code of a notebook in this process, with a `run` that hands each experiment to somebody who judges it."""

import gc
import io
import linecache
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from itertools import zip_longest
from math import ceil, inf
from pathlib import Path
from typing import Any, NamedTuple

import course_lib
from course_lib import Timeline, VirtualClock
from course_lib.running.run import run
from course_lib.timeline.compare import EARLY, GRID
from course_lib.timeline.records import Call
from course_lib.timeline.text import comparison_text
from course_lib.tools.contract import code_cells, tags
from course_lib.tools.stored import read
from course_lib.words import seconds
from tests.late_clock import JitteredClock

MARGIN = 0.1  # seconds between an instant that is printed and the end of its slot
HOPS = 5  # calls that one after the other may schedule the next and wait for it; each adds its lateness
TURNS = 10  # the same, with those of 0 s, which wait for nothing; 15 were up to 67 ms late on two busy cores
SEEDS = range(200)
FLOAT = 1e-6  # seconds; a turn in virtual time takes some nanoseconds


class Collected(NamedTuple):
    """An experiment as a notebook ran it, `until` seconds; `real` says whether on the real reactor."""

    experiment: Callable[..., Any]
    until: float
    real: bool
    notebook: str
    cell: int

    def __str__(self) -> str:
        return f"{self.notebook}, cell {self.cell}, {self.experiment.__name__}"


Judge = Callable[[Collected], Iterator[str]]


def complaints(path: Path, judge: Judge) -> list[str]:
    """Run a notebook and list what the judge says of the experiments that it runs on the real reactor.

    The judge sees each at the moment at which it is run, while all that it refers to is as it was then.
    """
    said: list[str] = []

    def ask(collected: Collected) -> None:
        if collected.real:
            said.extend(f"{collected}: {complaint}" for complaint in judge(collected))

    collect(path, ask)
    return said


def collect(path: Path, found: Callable[[Collected], object] = lambda collected: None) -> list[Collected]:
    """Run the cells of a notebook in order, and list the experiments they run; all of them in virtual time.

    A cell tagged real-only is left out; one tagged raises-exception may raise.
    """
    every: list[Collected] = []
    at = 0

    def collecting_run(experiment: Callable[..., Any], *, clock: Any, until: float) -> Timeline:
        real = not isinstance(clock, VirtualClock)
        timeline = run(experiment, clock=VirtualClock() if real else clock, until=until)
        every.append(Collected(experiment, until, real, path.stem, at))
        found(every[-1])
        return timeline

    namespace: dict[str, Any] = {"__name__": "__main__", "display": lambda *shown, **how: None}
    own_run, course_lib.run = course_lib.run, collecting_run
    try:
        for at, cell in code_cells(read(path)):
            if "real-only" not in tags(cell):
                name = f"<{path.stem}, cell {at}>"
                execute(cell.source, name, namespace, may_raise="raises-exception" in tags(cell))
    finally:
        course_lib.run = own_run
    return every


def execute(source: str, name: str, namespace: dict[str, Any], *, may_raise: bool) -> None:
    """Execute a cell; its lines can be looked up by whoever asks for the source of a function."""
    code = "".join(line for line in source.splitlines(keepends=True) if not line.startswith("%"))
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    try:
        with redirect_stdout(io.StringIO()):
            exec(compile(code, name, "exec"), namespace)
    except Exception:
        if not may_raise:
            raise


# The judges


def keeps_its_margins(collected: Collected) -> Iterator[str]:
    """Say where the virtual run comes too near to what would change its text on a loaded machine."""
    yield from margins(virtually(collected))


def has_one_text(collected: Collected) -> Iterator[str]:
    """Say for which seeds a run on a clock as late as a real one has another text than the virtual run."""
    expected = comparison_text(virtually(collected))
    gc.freeze()  # a run in which something failed collects garbage: not through all of the tests' own objects
    try:
        texts = {seed: comparison_text(virtually(collected, JitteredClock(seed))) for seed in SEEDS}
    finally:
        gc.unfreeze()
    others = [seed for seed, text in texts.items() if text != expected]
    if others:
        differs = next(a for a, b in zip_longest(texts[others[0]].splitlines(), expected.splitlines()) if a != b)
        yield f"{len(others)} of {len(SEEDS)} jittered runs have another text, seed {others[0]} has {differs!r}"


def has_the_same_text_for_real(collected: Collected) -> Iterator[str]:
    """Say what one run on the real reactor has in its text that the virtual run has not, and the other way round."""
    from twisted.internet import reactor

    real = comparison_text(run(collected.experiment, clock=reactor, until=collected.until))
    expected = comparison_text(virtually(collected))
    if real != expected:
        yield f"\n{real}\non the reactor, and in virtual time\n{expected}"


def virtually(collected: Collected, clock: VirtualClock | None = None) -> Timeline:
    """Run an experiment once more in virtual time."""
    with redirect_stdout(io.StringIO()):
        return run(collected.experiment, clock=clock or VirtualClock(), until=collected.until)


# The margins


def margins(timeline: Timeline) -> list[str]:
    """List what is too near to the end of a slot, to `until`, or at the end of too long a chain of calls."""
    first: dict[float, str] = {}
    for what, t in instants(timeline):
        first.setdefault(round(t, 4), what)
    found = [
        f"{what} at {seconds(t)} is less than {seconds(MARGIN)} before {seconds(ceil((t + EARLY) / GRID) * GRID)}"
        for t, what in sorted(first.items())
        if (t + EARLY) % GRID - EARLY > GRID - MARGIN + FLOAT
    ]
    dues = sorted({round(call.due, 4) for call in timeline.calls if call.cancelled is None})
    found += [
        f"{seconds(due)}, when something is due, is less than {seconds(MARGIN)} from until={timeline.until:g}"
        for due in dues
        if abs(due - timeline.until) < MARGIN - FLOAT
    ]
    chains = [(waits, HOPS, "calls that wait"), (lambda call: 1, TURNS, "calls")]
    for counts, most, what in chains:
        if (longest := max(hops(timeline, counts), default=0)) > most:
            found.append(f"a chain of {longest} {what}, each scheduled by the one before, is longer than {most}")
    return found


def instants(timeline: Timeline) -> Iterator[tuple[str, float]]:
    """Yield (what it is, seconds) for each instant from which a time in the comparison text is made."""
    until_end = timeline.end >= timeline.until
    for bar in timeline.bars:
        yield f"{bar.lane}'s start", bar.start
        yield f"{bar.lane}'s end", bar.end
    for wait in timeline.waits:
        yield f"{wait.lane}'s waiting", wait.start
        if not (until_end and wait.ended == "pending"):
            yield f"the end of {wait.lane}'s waiting", wait.end
    for hold in timeline.holds:
        yield "a callback", hold.start
        yield "the end of a callback", hold.end
    for mark in timeline.marks:
        yield f"mark {mark.label!r}", mark.at
    for call in timeline.calls:
        yield from due_and_moved(call)
    if not until_end:
        yield "the end", timeline.end


def due_and_moved(call: Call) -> Iterator[tuple[str, float]]:
    """Yield the instants of a call: due, moved (from where), cancelled."""
    name = call.lane or "a callback"
    yield f"{name}'s due time", call.due
    for at, before in call.moves:
        yield f"{name}'s move", at
        yield f"{name}'s due time before a move", before
    if call.cancelled is not None:
        yield f"{name}'s cancellation", call.cancelled


def waits(call: Call) -> int:
    """Count a call that waits as one hop, and one of 0 s, which only asks for the next turn, as none."""
    return int(call.due - call.scheduled > FLOAT)


def hops(timeline: Timeline, counts: Callable[[Call], int] = lambda call: 1) -> list[int]:
    """Count for each call, in the order in which they ran, the calls that made or moved one another up to it.

    The ticks of one LoopingCall are no chain: each is scheduled on the grid of the loop's start.
    """
    counted: list[tuple[Call, int]] = []

    def before(at: float) -> int:
        """Count the hops of the call that was running at `at` seconds."""
        inside = [n for c, n in counted if c.ran is not None and c.ended is not None and c.ran <= at <= c.ended + 1e-10]
        return max(inside, default=0)

    for call in sorted(timeline.calls, key=lambda call: inf if call.ran is None else call.ran):
        made = [call.grid[0]] if call.grid else [call.scheduled, *(at for at, _ in call.moves)]
        counted.append((call, counts(call) + max(before(at) for at in made)))
    return [count for _, count in counted]
