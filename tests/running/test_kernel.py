"""A real Jupyter kernel, cell after cell: what no test in one process can show."""

import os
import re
import select
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

pytestmark = [pytest.mark.kernel, pytest.mark.reactor]

COLOUR = re.compile(r"\x1b\[[\d;]*m")
PATIENCE = 60  # seconds; a kernel that takes longer hangs


@dataclass
class Cell:
    """What a cell has shown so far; output that comes after its end is counted, too."""

    streams: list[tuple[str, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    traceback: str = ""
    over: bool = False

    def text(self, stream: str) -> str:
        """Join what it printed to stdout or to stderr."""
        return "".join(text for name, text in self.streams if name == stream)


class Notebook:
    """Runs cells in a kernel, and presses Kernel → Interrupt when a cell says that the moment has come."""

    def __init__(self, kernel: KernelManager, client: BlockingKernelClient, folder: Path) -> None:
        self.kernel, self.client = kernel, client
        self.cells: dict[str, Cell] = {}
        os.mkfifo(folder / "moments")
        self.moments = os.open(folder / "moments", os.O_RDWR)  # both ends, so that opening waits for nobody
        self.cell(SETUP.format(moments=str(folder / "moments")))

    def start(self, code: str) -> Cell:
        """Send a cell."""
        return self.cells.setdefault(self.client.execute(code), Cell())

    def finish(self, cell: Cell) -> Cell:
        """Take in what the kernel sends until the cell is over."""
        while not cell.over:
            self._take(self.client.get_iopub_msg(timeout=PATIENCE))
        return cell

    def cell(self, code: str) -> Cell:
        """Run a cell to its end."""
        return self.finish(self.start(code))

    def moment(self) -> None:
        """Wait for the running cell to say that its moment has come."""
        ready, _, _ = select.select([self.moments], [], [], PATIENCE)
        assert ready, "the moment did not come"
        os.read(self.moments, 1)

    def press(self, times: int = 1, apart: float = 0.004) -> None:
        """Press Kernel → Interrupt, with so many seconds in between."""
        for k in range(times):
            time.sleep(apart if k else 0)  # what is tested is this very distance
            os.kill(self.kernel.provisioner.pid, signal.SIGINT)  # type: ignore[union-attr]

    def interrupted(self, code: str, times: int = 1, apart: float = 0.004) -> Cell:
        """Run a cell and interrupt it at its moment."""
        cell = self.start(code)
        self.moment()
        self.press(times, apart)
        return self.finish(cell)

    def _take(self, message: dict[str, Any]) -> None:
        cell = self.cells.setdefault(message["parent_header"].get("msg_id", ""), Cell())
        content = message["content"]
        if message["msg_type"] == "stream":
            cell.streams.append((content["name"], content["text"]))
        elif message["msg_type"] == "error":
            cell.errors.append(content["ename"])
            cell.traceback = COLOUR.sub("", "\n".join(content["traceback"]))
        elif message["msg_type"] == "status":
            cell.over = cell.over or content["execution_state"] == "idle"


SETUP = """
import gc, os, signal
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall, deferLater
from course_lib import VirtualClock, run

handler_before = signal.getsignal(signal.SIGINT)
moments = os.open({moments!r}, os.O_WRONLY)
ticks = []

def moment():
    os.write(moments, b".")

def ticking(clock):
    loop = LoopingCall(lambda: ticks.append(clock.seconds()))
    loop.clock = clock
    return loop.start(0.02)

def left():
    return [str(call) for call in reactor.getDelayedCalls() if "reapAllProcesses" not in str(call)]
"""

# Half a second later no tick has come, the reactor is clean, and SIGINT is what it was.
LOOK = """
so_far = len(ticks)
run(lambda clock, timeline: None, clock=reactor, until=0.5)
print(len(ticks) - so_far, left(), signal.getsignal(signal.SIGINT) is handler_before)
"""
CLEAN = "0 [] True\n"


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook]:
    kernel = KernelManager(transport_encryption="auto")
    kernel.start_kernel()
    client = kernel.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=PATIENCE)
        yield Notebook(kernel, client, tmp_path_factory.mktemp("notebook"))
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)


ENDS = {
    "success": ("def experiment(clock, timeline):\n    ticking(clock)", "", []),
    "its Deferred fires": (
        "def experiment(clock, timeline):\n    ticking(clock)\n    return deferLater(clock, 0.1)",
        "",
        [],
    ),
    "time-out": (
        "def experiment(clock, timeline):\n    ticking(clock)\n    return Deferred()",
        "",
        [],
    ),
    "failure": (
        "def experiment(clock, timeline):\n    ticking(clock)\n    return deferLater(clock, 0.1, lambda: 1 / 0)",
        "return deferLater(clock, 0.1, lambda: 1 / 0)",
        ["ZeroDivisionError"],
    ),
    "failure at once": (
        "def experiment(clock, timeline):\n    ticking(clock)\n    1 / 0",
        "1 / 0",
        ["ZeroDivisionError"],
    ),
}


@pytest.mark.parametrize(("experiment", "line", "errors"), ENDS.values(), ids=ENDS)
def test_the_next_cell_sees_no_tick_of_the_last_one(notebook, experiment, line, errors):
    first = notebook.cell(f"{experiment}\n\nrun(experiment, clock=reactor, until=0.3);")
    second = notebook.cell(LOOK)

    assert first.errors == errors
    assert line in first.traceback
    assert second.text("stdout") == CLEAN
    assert first.text("stderr") == second.text("stderr") == ""


INTERRUPTED = """
def experiment(clock, timeline):
    ticking(clock)
    clock.callLater(0.1, moment)

run(experiment, clock=reactor, until=60)
"""


def test_the_next_cell_sees_no_tick_of_one_that_was_interrupted(notebook):
    cell = notebook.start(INTERRUPTED)
    notebook.moment()
    notebook.kernel.interrupt_kernel()  # as JupyterLab's button does
    notebook.finish(cell)

    assert cell.errors == ["KeyboardInterrupt"]
    assert notebook.cell(LOOK).text("stdout") == CLEAN


BLOCKED = """
def experiment(clock, timeline):
    ticking(clock)
    clock.callLater(0.05, moment)
    clock.callLater(0.05, timeline.block, 0.7)

run(experiment, clock=reactor, until=60)
"""


@pytest.mark.parametrize("attempt", range(5))
def test_two_presses_while_the_reactor_is_blocked_raise_one_interrupt(notebook, attempt):
    cell = notebook.interrupted(BLOCKED, times=2)

    assert cell.errors == ["KeyboardInterrupt"]
    assert (
        notebook.cell("print(left(), signal.getsignal(signal.SIGINT) is handler_before)").text("stdout") == "[] True\n"
    )
    assert notebook.cell(LOOK).text("stdout") == CLEAN
    assert cell.text("stderr") == ""


BEGINNING = """
moment()
run(lambda clock, timeline: ticking(clock), clock=reactor, until=60)
"""


@pytest.mark.parametrize("later", [0, 0.0005, 0.001, 0.002, 0.005])
def test_a_press_at_the_beginning_of_a_run(notebook, later):
    cell = notebook.start(BEGINNING)
    notebook.moment()
    time.sleep(later)  # to hit another point of the beginning
    notebook.press()
    notebook.finish(cell)

    assert cell.errors == ["KeyboardInterrupt"]
    assert (
        notebook.cell("print(left(), signal.getsignal(signal.SIGINT) is handler_before)").text("stdout") == "[] True\n"
    )


END = """
def experiment(clock, timeline):
    ticking(clock)
    return deferLater(clock, 0.05, moment)

run(experiment, clock=reactor, until=60);
"""


@pytest.mark.parametrize("later", [0, 0.0005, 0.001, 0.002, 0.005])
def test_a_press_at_the_end_of_a_run(notebook, later):
    cell = notebook.start(END)
    notebook.moment()
    time.sleep(later)  # to hit another point of the end
    notebook.press()
    notebook.finish(cell)

    assert cell.errors in ([], ["KeyboardInterrupt"])  # the run may be over by then
    assert (
        notebook.cell("print(left(), signal.getsignal(signal.SIGINT) is handler_before)").text("stdout") == "[] True\n"
    )


VIRTUAL = """
clock = VirtualClock()

def experiment(clock, timeline):
    clock.callLater(1, moment)
    ticking(clock)
    async def busy():
        while True:
            await deferLater(clock, 1)
            sum(range(100_000))
    return busy()

run(experiment, clock=clock, until=1e9)
"""


def test_a_long_virtual_run_is_interrupted(notebook):
    cell = notebook.interrupted(VIRTUAL)

    assert cell.errors == ["KeyboardInterrupt"]
    assert (
        notebook.cell("print(clock.calls, signal.getsignal(signal.SIGINT) is handler_before)").text("stdout")
        == "[] True\n"
    )


def test_what_the_main_thread_prints_after_a_run_is_shown_by_its_own_cell(notebook):
    cells = [
        notebook.cell(f"run(lambda clock, timeline: None, clock=reactor, until=0.05)\nprint('cell {k}')")
        for k in range(3)
    ]

    assert [cell.streams for cell in cells] == [[("stdout", f"cell {k}\n")] for k in range(3)]


UNHANDLED = """
def fails():
    raise ValueError("no")

def experiment(clock, timeline):
    loop = LoopingCall(timeline.traced(fails))
    loop.clock = clock
    loop.ended, loop.itself = loop.start(1), loop  # a circle, which only the garbage collector finds
    LoopingCall(timeline.traced(fails, name="another")).start(1)

print(*run(experiment, clock={clock}, until=0.1).notes, sep="\\n")
"""


@pytest.mark.parametrize("clock", ["reactor", "VirtualClock()"])
def test_an_error_that_nobody_handled_is_told_by_its_own_cell_and_no_later_one(notebook, clock):
    cells = [notebook.cell(UNHANDLED.format(clock=clock)), notebook.cell("gc.collect();"), notebook.cell(LOOK)]

    assert (
        cells[0].text("stdout") == "nobody handled an error: ValueError: no. Return its Deferred, or add an errback.\n"
    )
    assert [cell.text("stderr") for cell in cells] == ["", "", ""]


def test_awaiting_asyncio_in_an_experiment_gets_one_sentence(notebook):
    cell = notebook.cell(
        "import asyncio\n\nasync def experiment(clock, timeline):\n    await asyncio.sleep(1)\n\n"
        "run(experiment, clock=reactor, until=3)"
    )

    assert cell.errors == ["ExperimentError"]
    assert "await asyncio.sleep" in cell.traceback


ASYNCIO_BEHIND = """
def experiment(clock, timeline):
    display("shown by the cell")
    asyncio.get_running_loop().call_later(0.05, print, "called back when the cell is over")

run(experiment, clock=VirtualClock(), until=1)
"""


def test_in_virtual_time_the_notebooks_own_loop_is_out_of_reach_and_the_kernel_goes_on(notebook):
    cell = notebook.cell(f"import asyncio\n{ASYNCIO_BEHIND}")
    later = notebook.cell("await asyncio.sleep(0.2)\nprint('went on')")

    assert cell.errors == ["ExperimentError"]
    assert "its time is the clock's. Write await deferLater(clock, 1)." in cell.traceback
    assert (cell.text("stdout"), later.text("stdout")) == ("", "went on\n")


def test_a_name_for_sleep_of_an_earlier_cell_takes_the_clocks_time(notebook):
    notebook.cell("from time import sleep")
    cell = notebook.cell(
        "run(lambda clock, timeline: sleep(3600), clock=VirtualClock(), until=9000).holds[0].end > 3599, sleep"
    )

    assert cell.errors == []
    assert notebook.cell("print(sleep)").text("stdout") == "<built-in function sleep>\n"


def test_nothing_arrives_late(notebook):
    """Of all the cells above; whatever came for a cell after its end was filed under it."""
    notebook.cell(LOOK)
    with pytest.raises(Empty):
        notebook._take(notebook.client.get_iopub_msg(timeout=0.2))

    assert [text for cell in notebook.cells.values() for name, text in cell.streams if name == "stderr"] == []
