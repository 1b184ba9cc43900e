"""Try the course against altered copies of twisted.internet.task: it must notice that what it says is untrue.

All alterations are tried, and the result is stored; or those whose names begin as asked, and nothing is stored. Needs a system that forks to be fast; elsewhere each alteration costs some seconds more.
"""

import json
import os
import platform
import re
import runpy
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest

from course_lib.tools.mutations.altered import (
    FOLDER,
    HOOK,
    VARIABLE,
    Alteration,
    NotApplicable,
    alterations,
    reasons,
    task_source,
)
from course_lib.tools.stored import PROJECT

RESULT = FOLDER / "result.json"
TABLE = FOLDER / "RESULT.md"
# What judges, the quickest first; none of it waits in real time.
JUDGES = [
    f"tests/test_{name}.py" for name in ("twisted_sentences", "canaries", "upstream_facts", "lessons_in_virtual_time")
]
OPTIONS = ["--exitfirst", "--numprocesses=0", "-p", "no:cacheprovider", "-q", "--tb=line", "--assert=plain"]
SECONDS = 300  # after which an alteration counts as noticed: something waits for ever
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
NOTICED, SURVIVED, NOT_APPLICABLE = "noticed", "survived", "not applicable"
ENOUGH = 0.95  # of the alterations that can be made

# A process is forked from one that has imported all that knows nothing of twisted.internet.task: most of the time.
APART = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
if hasattr(APART, "set_forkserver_preload"):
    APART.set_forkserver_preload(
        ["pytest", "IPython.core.interactiveshell", "ipywidgets", "matplotlib.figure", "nbclient"]
    )


class Verdict(NamedTuple):
    """What became of an alteration, who noticed it, and in how many seconds."""

    name: str
    outcome: str
    by: str
    seconds: float


def main(names: Sequence[str] = (), jobs: int = 1) -> int:
    """Try what was asked for, `jobs` at a time; return 0 if everything was noticed that has no reason not to be."""
    chosen = [a for a in alterations() if not names or a.name.startswith(tuple(names))]
    if not chosen:
        print(f"no alteration's name begins with {' or '.join(names)}")
        return 2
    if (as_it_is := judged(None)).outcome != SURVIVED:
        print(f"Without any alteration {as_it_is.by} is red: mend that first.")
        return 2
    verdicts = list(tried(chosen, jobs))
    print(*summary(verdicts), sep="\n")
    if not names:
        store(verdicts)
    return int(bool(unexplained(verdicts)))


def tried(chosen: Sequence[Alteration], jobs: int = 1) -> Iterator[Verdict]:
    """Try one alteration after the other, and say how each fared."""
    with ThreadPoolExecutor(jobs) as pool:
        for number, verdict in enumerate(pool.map(judged, chosen), 1):
            said = f"{number:3} of {len(chosen)}  {verdict.seconds:5.1f} s  {verdict.name}: {verdict.outcome}"
            print(f"{said} by {verdict.by}" if verdict.outcome == NOTICED else said, flush=True)
            yield verdict


def judged(alteration: Alteration | None) -> Verdict:
    """Run the judges against an altered copy, up to the first that notices; None is an unaltered one."""
    name, began = alteration.name if alteration else "", time.monotonic()
    try:
        source = alteration.of(task_source()) if alteration else task_source()
    except NotApplicable as error:
        return Verdict(name, NOT_APPLICABLE, str(error), 0)
    with TemporaryDirectory() as folder:
        altered, said = Path(folder, "task.py"), Path(folder, "said.txt")
        altered.write_text(source, encoding="utf-8")
        said.touch()
        code = run_apart(judge, altered, said)
        text = said.read_text(encoding="utf-8", errors="replace")
    seconds = round(time.monotonic() - began, 1)
    if code == 0:
        return Verdict(name, SURVIVED, "", seconds)
    if code is None:
        return Verdict(name, NOTICED, f"not being over after {SECONDS} s", seconds)
    return Verdict(name, NOTICED, next(iter(FAILED.findall(text)), text.strip().rpartition("\n")[2]), seconds)


def run_apart(target: Callable[..., None], *arguments: object) -> int | None:
    """Run a function in a process of its own; return its exit code, None if it was not over in time."""
    process: Any = APART.Process(target=target, args=arguments)  # type: ignore[attr-defined]  # of each kind of context
    process.start()
    process.join(SECONDS)
    if process.exitcode is None:
        process.kill()
        process.join()
        return None
    return int(process.exitcode)


def judge(altered: Path, said: Path) -> None:
    """Take the altered copy, here and in every process that is started from here, and run the judges."""
    os.environ.update(environment(altered))
    runpy.run_path(str(HOOK / "sitecustomize.py"))
    os.chdir(PROJECT)
    with said.open("w", encoding="utf-8") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
        code = pytest.main([*OPTIONS, *JUDGES])
        sys.stdout.flush()
    os._exit(code)  # at once, whatever threads a test has left


def environment(altered: Path) -> dict[str, str]:
    """Make an environment in which every Python takes the altered copy for twisted.internet.task."""
    path = os.pathsep.join(filter(None, [str(HOOK), os.environ.get("PYTHONPATH")]))
    return os.environ | {"PYTHONPATH": path, VARIABLE: str(altered)}


# The result


def unexplained(verdicts: Iterable[Verdict]) -> list[str]:
    """Name the survivors of which nobody has said why."""
    return [v.name for v in verdicts if v.outcome == SURVIVED and v.name not in reasons()]


def rate(verdicts: Iterable[Verdict]) -> float:
    """Return the share that was noticed, of all that could be made; what cannot be noticed counts as not noticed."""
    counted = Counter(verdict.outcome for verdict in verdicts)
    return counted[NOTICED] / max(counted[NOTICED] + counted[SURVIVED], 1)


def summary(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Say how many were noticed, and name the others."""
    counted = Counter(verdict.outcome for verdict in verdicts)
    yield f"{counted[NOTICED]} of {counted[NOTICED] + counted[SURVIVED]} alterations noticed ({rate(verdicts):.1%})"
    for verdict in verdicts:
        if verdict.outcome == SURVIVED:
            yield f"survived: {verdict.name}: {reasons().get(verdict.name, 'nobody has said why')}"
        if verdict.outcome == NOT_APPLICABLE:
            yield f"not applicable: {verdict.by}"


def store(verdicts: Sequence[Verdict]) -> None:
    """Keep the result, as data and as a table."""
    versions = {"python": platform.python_version(), "twisted": version("twisted")}
    result = {"date": f"{datetime.now(UTC):%Y-%m-%d}", **versions, "verdicts": [v._asdict() for v in verdicts]}
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    TABLE.write_text("\n".join(table(result, verdicts)) + "\n", encoding="utf-8")


def stored() -> tuple[dict[str, str], list[Verdict]]:
    """Read the last result: date and versions, and the verdicts."""
    result = json.loads(RESULT.read_text(encoding="utf-8"))
    return result, [Verdict(**verdict) for verdict in result.pop("verdicts")]


def table(result: Mapping[str, object], verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Write the result in Markdown."""
    hand = {alteration.name for alteration in alterations() if not alteration.operator}
    parts = {
        "by hand": [v for v in verdicts if v.name in hand],
        "by an operator": [v for v in verdicts if v.name not in hand],
        "all": list(verdicts),
    }
    yield "# Altered copies of `twisted.internet.task`"
    yield f"\n{result['date']}, Python {result['python']}, Twisted {result['twisted']}: `uv run course mutate`\n"
    yield "| alterations | made | noticed | survived | not applicable |"
    yield "|---|---|---|---|---|"
    for name, some in parts.items():
        counted = Counter(verdict.outcome for verdict in some)
        noticed = f"{counted[NOTICED]} ({rate(some):.1%})"
        yield f"| {name} | {len(some)} | {noticed} | {counted[SURVIVED]} | {counted[NOT_APPLICABLE]} |"
    yield "\n| noticed first by | |"
    yield "|---|---|"
    for judge, number in Counter(v.by.partition("::")[0] for v in verdicts if v.outcome == NOTICED).most_common():
        yield f"| {judge} | {number} |"
    yield "\n| survived | where | why |"
    yield "|---|---|---|"
    where = {alteration.name: alteration.where for alteration in alterations()}
    for verdict in verdicts:
        if verdict.outcome == SURVIVED:
            yield f"| {verdict.name} | {where[verdict.name]} | {reasons().get(verdict.name, '?')} |"
