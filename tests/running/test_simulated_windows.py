"""What the course does on Windows, as far as it can be simulated elsewhere: without what exists on POSIX only.

Twisted and crochet are told that this is Windows, and take the ways that they take there. The system's own calls are
still those of this machine.
"""

import pytest

from tests.helpers import in_fresh_python

# What Python itself loads differently on Windows is loaded before the name is changed.
WINDOWS = """
import asyncio, errno, importlib.metadata, os, signal, subprocess, sys, tempfile, threading, unittest, warnings
from twisted.python import runtime

for name in ("fcntl", "grp", "pwd", "resource", "termios", "twisted.internet.process", "twisted.internet.epollreactor"):
    sys.modules[name] = None  # to import it is an ImportError
for name in ("setitimer", "getitimer", "alarm", "pthread_kill", "pthread_sigmask", "SIGALRM", "SIGCHLD", "SIGHUP", "SIGKILL"):
    delattr(signal, name)
for name in ("fork", "forkpty", "killpg", "mkfifo"):
    delattr(os, name)
for name in dir(errno):
    setattr(errno, f"WSA{name}", getattr(errno, name))
# A reactor that never ran leaves the pair of sockets open with which it is woken up here.
warnings.filterwarnings("ignore", "unclosed <socket", ResourceWarning)
runtime.platformType = type(runtime.platform).type = "win32"
runtime.platform.isWindows, runtime.platform.isLinux = lambda: True, lambda: False
"""

HEARTBEAT = """
from twisted.internet.task import LoopingCall
from course_lib import VirtualClock, run

def heartbeat(clock, timeline):
    loop = LoopingCall(timeline.traced(lambda: None, name="heart"))
    loop.clock = clock
    return loop.start(0.25)
"""


def on_windows(code):
    result = in_fresh_python(WINDOWS + code)

    assert result.stderr == ""
    return result.stdout


def test_simulated_windows_lacks_what_exists_on_posix_only():
    """Else the tests below would show nothing."""
    with pytest.raises(AssertionError, match="ModuleNotFoundError"):
        on_windows("import twisted.internet.process")
    with pytest.raises(AssertionError, match="AttributeError"):
        on_windows("signal.setitimer(signal.ITIMER_REAL, 1)")


def test_simulated_windows_imports_every_module():
    assert on_windows("""
import pkgutil
import course_lib

for module in pkgutil.walk_packages(course_lib.__path__, "course_lib."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(course_lib.run.__name__)
""") == "run\n"  # fmt: skip


def test_simulated_windows_runs_an_experiment_in_virtual_time():
    assert on_windows(HEARTBEAT + "print(run(heartbeat, clock=VirtualClock(), until=0.6).times('heart'))") == (
        "[0.0, 0.25, 0.5]\n"
    )


def test_simulated_windows_loads_crochet_and_runs_an_experiment_on_its_reactor():
    assert on_windows(HEARTBEAT + """
import crochet
from twisted.internet import reactor

print(crochet.__name__, type(reactor).__name__)
live = run(heartbeat, clock=reactor, until=0.6)
print(len(live.times("heart")), live.notes)
""") == "crochet SelectReactor\n3 ()\n"  # fmt: skip


def test_simulated_windows_finds_what_went_past_the_clock():
    assert "tick ran past the clock" in on_windows("""
from twisted.internet import reactor
from twisted.internet.task import LoopingCall
from course_lib import run

def tick():
    pass

def experiment(clock, timeline):
    LoopingCall(tick).start(0.1)

print(*run(experiment, clock=reactor, until=0.3).notes)
""")


@pytest.mark.parametrize(
    "loop",
    [
        "while True:\n        pass",
        "while True:\n        try:\n            clients = dict(clients)\n        except BaseException:\n            clients = {}",
    ],
    ids=["without end", "that catches everything"],
)
def test_simulated_windows_stops_an_answer_with_a_loop(loop):
    assert (
        on_windows(f"""
from course_lib.exercises import exercise, judge

judge.LIMIT = 0.5

def serve(clock, timeline, clients, reply):
    {loop}

print(exercise("01-5").check(serve).verdict)
""")
        == "Your code had not come to an end after 0.5 s and was stopped.\n"
    )


def test_simulated_windows_runs_a_script():
    assert on_windows("from course_lib.scripts import run_script\nrun_script('print(1)')") == "1\nexit code 0\n"
