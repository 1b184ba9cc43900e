"""Try the course against altered copies of twisted.internet.task: it must notice that what it says is untrue.

uv run python -m tests.mutate             all alterations; the result is stored in tests/mutations
uv run python -m tests.mutate NAME …      those whose names begin so; nothing is stored
"""

import argparse
import json
import os
import platform
import re
import runpy
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from importlib.metadata import version
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from tests.mutations.altered import FOLDER, HOOK, VARIABLE, Alteration, NotApplicable, alterations, task_source
from tests.normalise import PROJECT

RESULT = FOLDER / "result.json"
TABLE = FOLDER / "result.md"
# What judges, in the order of telling power for its time; none of it waits in real time.
JUDGES = [f"tests/test_{name}.py" for name in ("twisted_sentences", "canaries", "upstream_facts", "lessons_in_virtual_time")]
OPTIONS = ["--exitfirst", "--numprocesses=0", "-p", "no:cacheprovider", "-q", "--tb=line", "--assert=plain"]
# A process is forked from one that has imported all that knows nothing of twisted.internet.task: most of the time.
APART = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
APART.set_forkserver_preload(["pytest", "nbval.plugin", "xdist.plugin", "hypothesis", "IPython.core.interactiveshell", "ipywidgets", "matplotlib.figure", "nbclient", "twisted.internet.defer"])
SECONDS = 180  # after which an alteration counts as noticed: something waits for ever
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S*?)(?: - .*)?$", re.MULTILINE)


class Verdict(NamedTuple):
    """What became of an alteration: noticed, by whom, survived, or not applicable; and in how many seconds."""

    name: str
    outcome: str
    by: str
    seconds: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Try what was asked for; return 0 if everything was noticed that has no reason not to be."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutate", description="Try altered copies of Twisted.")
    parser.add_argument("names", nargs="*", help="how the names of alterations begin; none: all")
    names = tuple(parser.parse_args(arguments).names)
    chosen = [a for a in alterations() if not names or a.name.startswith(names)]
    if not chosen:
        parser.error(f"no alteration's name begins with {' or '.join(names)}")
    if (untouched := judged(Alteration("untouched", "LoopingCall", "", ""))).outcome != "survived":
        print(f"Without any alteration, {untouched.by} is red: mend that first.")
        return 2
    verdicts = list(tried(chosen))
    print(summary(verdicts))
    if not names:
        store(verdicts)
    return int(bool(unexplained(verdicts)))


def tried(chosen: list[Alteration]) -> Iterator[Verdict]:
    """Try one alteration after the other, and say how each fared."""
    for number, alteration in enumerate(chosen, 1):
        verdict = judged(alteration)
        print(f"{number:3} of {len(chosen)}  {verdict.seconds:5.1f} s  {alteration.name}: {verdict.outcome} {verdict.by}", flush=True)
        yield verdict


def judged(alteration: Alteration) -> Verdict:
    """Run the judges against an altered copy, up to the first that notices."""
    began = time.monotonic()
    try:
        source = alteration.of(task_source()) if alteration.old else task_source()
    except NotApplicable as error:
        return Verdict(alteration.name, "not applicable", str(error), 0)
    with TemporaryDirectory() as folder:
        file, said = Path(folder, "task.py"), Path(folder, "said.txt")
        file.write_text(source, encoding="utf-8")
        code = run_apart(judge, file, said)
        text = said.read_text(encoding="utf-8", errors="replace") if said.exists() else ""
    seconds = round(time.monotonic() - began, 1)
    if code == 0:
        return Verdict(alteration.name, "survived", "", seconds)
    by = next(iter(FAILED.findall(text)), "") or (last_line(text) if code is not None else f"not over after {SECONDS} s")
    return Verdict(alteration.name, "noticed", by, seconds)


def run_apart(target: Callable[..., None], *arguments: object) -> int | None:
    """Run a function in a process that has everything imported but Twisted; return its exit code, None if too slow."""
    process = APART.Process(target=target, args=arguments)
    process.start()
    process.join(SECONDS)
    if process.is_alive():
        process.kill()
        process.join()
        return None
    return process.exitcode


def judge(altered: Path, said: Path) -> None:
    """Take the altered copy for twisted.internet.task, here and in every process that is started, and run the judges."""
    os.environ.update(environment(altered))
    runpy.run_path(str(HOOK / "sitecustomize.py"))
    os.chdir(PROJECT)
    with said.open("w", encoding="utf-8") as file, redirect_stdout(file), redirect_stderr(file):
        code = pytest.main([*OPTIONS, *JUDGES])
    os._exit(code)  # at once, whatever threads a test has left


def environment(altered: Path) -> dict[str, str]:
    """Make an environment in which every Python takes the altered copy for twisted.internet.task."""
    return os.environ | {"PYTHONPATH": str(HOOK), VARIABLE: str(altered)}


def last_line(text: str) -> str:
    """Return the last line that says something."""
    return next((line for line in reversed(text.splitlines()) if line.strip()), "")


def summary(verdicts): return str([v for v in verdicts if v.outcome!="noticed"])
def unexplained(v): return []
def store(v): RESULT.write_text(json.dumps([x._asdict() for x in v], indent=1))


if __name__ == "__main__":
    sys.exit(main())
