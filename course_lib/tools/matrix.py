"""Try the course on one Python with one choice of versions: a row, in an environment of its own outside of the tree.

uv run course matrix 3.13              lessons, solutions, canaries and facts on Python 3.13
uv run course matrix 3.11 --oldest     with each dependency as old as pyproject.toml allows
uv run course matrix 3.14 --newest     with each as new as there is, whatever day pyproject.toml names
uv run course matrix 3.13 --whole      all tests but those in the browser
uv run course matrix --all             each Python of the course that is found on this machine
uv run course matrix --others          the same without this one, which runs the command
uv run course matrix 3.12 --store      keep the result in course_lib/tools/matrix.json, and make the table anew
uv run course matrix 3.12 -- tests/test_clock.py -k heap       what you like, with that row's environment

Exit code 1: a test failed, or a row that was named could not be run. It needs uv, and nothing else that is not Python's.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from course_lib.tools.matrix_table import DATA, PYTHONS, TABLE, stored, table
from course_lib.tools.suite import LESSONS, PROJECT, WHOLE, Outcome, outcome_of

NOT_FOUND = "no such Python was found on this machine"

# Asked of the environment of a row: which versions are there of what the course depends on by itself.
PROBE = """
import json, platform, re
from importlib.metadata import PackageNotFoundError, requires, version
versions = {}
for requirement in requires("twisted-task-course"):
    name = re.match(r"[\\w.-]+", requirement)[0].lower()
    try:
        versions[name] = version(name)
    except PackageNotFoundError:
        pass  # of another system
print(json.dumps({"python": platform.python_version(), "packages": versions}))
"""


class Row(NamedTuple):
    """One row of the matrix: a Python, as "3.13", which versions it gets, and whether it tries the whole suite."""

    python: str
    versions: str = "dated"
    whole: bool = False

    def __str__(self) -> str:
        return f"Python {self.python}, {self.versions} versions, {'the whole suite' if self.whole else 'lessons'}"


class NotRun(Exception):
    """A row could not be run; the message says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the rows that were asked for, say which could not be, and return the exit code."""
    given, chosen_tests = split(sys.argv[1:] if arguments is None else arguments)
    options = parser().parse_args(given)
    if not (options.pythons or options.all or options.others):
        parser().error("name a Python, as 3.13; or --all, or --others")
    named = bool(options.pythons)
    ran, not_run = [], []
    for row in rows(options):
        print(f"== {row}", flush=True)
        try:
            ran.append(result_of(row, chosen_tests, may_fetch=named))
        except NotRun as reason:
            not_run.append((row, reason))
    print(*summary(ran, not_run), sep="\n", flush=True)
    if options.store and not chosen_tests:
        store(ran)
    return int(any(not result["good"] for result in ran) or (named and bool(not_run)))


def split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part what is meant for this command from what comes after --, which is pytest's."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return list(arguments[:end]), list(arguments[end + 1 :])


def parser() -> argparse.ArgumentParser:
    """Know the options; `split` has taken away what is pytest's."""
    result = argparse.ArgumentParser(
        prog="course matrix",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    result.add_argument("pythons", nargs="*", metavar="3.N", type=of_the_course, help="which Pythons")
    result.add_argument("--all", action="store_true", help="each Python of the course that is found here")
    result.add_argument("--others", action="store_true", help="each that is found here, but this one")
    versions = result.add_mutually_exclusive_group()
    for kind, what in (("oldest", "that pyproject.toml allows"), ("newest", "there is, whatever its date")):
        versions.add_argument(f"--{kind}", dest="versions", action="store_const", const=kind, help=f"the {kind} {what}")
    result.add_argument("--whole", action="store_true", help="all tests but those in the browser")
    result.add_argument("--store", action="store_true", help=f"keep the results, and make {TABLE.name} anew")
    result.set_defaults(versions="dated")
    return result


def of_the_course(python: str) -> str:
    """Refuse a Python that the course does not promise to run on."""
    if python not in PYTHONS:
        raise argparse.ArgumentTypeError(f"{python} is none of {', '.join(PYTHONS)}")
    return python


def rows(options: argparse.Namespace) -> Iterator[Row]:
    """List the rows that were asked for."""
    here = ".".join(platform.python_version_tuple()[:2])
    several = [python for python in PYTHONS if options.all or (options.others and python != here)]
    for python in options.pythons or several:
        yield Row(python, options.versions, options.whole)


def result_of(row: Row, tests: Sequence[str], *, may_fetch: bool) -> dict[str, Any]:
    """Make the row's environment, run its tests there, and return what the table needs; raises NotRun."""
    with tempfile.TemporaryDirectory(prefix="matrix-", ignore_cleanup_errors=True) as folder:
        make(row, folder, may_fetch=may_fetch)
        scripts = sysconfig.get_path("scripts", "venv", {"base": folder})
        python = Path(scripts, f"python{sysconfig.get_config_var('EXE') or ''}")
        environment = {**os.environ, "PATH": os.pathsep.join([scripts, os.environ["PATH"]]), "VIRTUAL_ENV": folder}
        probed = json.loads(asked([python, "-c", PROBE], environment))
        outcome = outcome_of(python, tests or (WHOLE if row.whole else LESSONS), environment)
    return described(row, probed, outcome)


def make(row: Row, folder: str, *, may_fetch: bool) -> None:
    """Make an environment with the row's Python and versions; it takes seconds, since uv keeps what it fetched."""
    fetch = [] if may_fetch else ["--no-python-downloads"]
    try:
        asked([uv(), "venv", *fetch, "--no-project", "--python", row.python, folder], searching(row.python))
    except NotRun as reason:
        raise NotRun(NOT_FOUND if "No interpreter found" in str(reason) else str(reason)) from None
    print("making its environment …", flush=True)
    choice = versions_of(row.versions)
    asked([uv(), "pip", "install", "--python", folder, *choice, "--editable", ".", "--group", "dev"], os.environ)


def versions_of(kind: str) -> list[str]:
    """Tell uv which versions to take; the dated ones are those of the day that pyproject.toml names."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return {"dated": [], "oldest": ["--resolution", "lowest-direct"], "newest": ["--exclude-newer", now]}[kind]


def asked(command: Sequence[str | Path], environment: Mapping[str, str]) -> str:
    """Run a command and return what it printed; raises NotRun with its last words, if it fails."""
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, check=False, capture_output=True, text=True, encoding="utf-8"
    )
    if done.returncode:
        raise NotRun(
            done.stderr.rpartition("error: ")[2].strip() or f"{command[0]} ended with exit code {done.returncode}"
        )
    return done.stdout


def uv() -> str:
    """Find uv: the one that runs this command, or the one on the path; raises NotRun."""
    found = os.environ.get("UV") or shutil.which("uv")
    if not found:
        raise NotRun("uv is not installed: pip install uv")
    return found


def searching(python: str) -> dict[str, str]:
    """Let uv look where pyenv keeps such a Python, too: of itself it knows only those that are switched on."""
    places = [os.environ["PATH"]]
    if pyenv := shutil.which("pyenv"):
        root = Path(asked([pyenv, "root"], os.environ).strip())
        places += sorted(map(str, root.glob(f"versions/{python}.*/bin")), reverse=True)
    return {**os.environ, "PATH": os.pathsep.join(places)}


def described(row: Row, probed: Mapping[str, Any], outcome: Outcome) -> dict[str, Any]:
    """Put together what is kept of a row that ran."""
    return {
        "row": row.python,
        "versions": row.versions,
        "whole": row.whole,
        "system": {"Darwin": "macOS"}.get(platform.system(), platform.system()),
        "machine": f"{system_name()}, {platform.machine()}",
        "date": datetime.now(UTC).date().isoformat(),
        "seconds": round(outcome.seconds),
        "good": outcome.good,
        "result": str(outcome),
        "passed": outcome.passed,
        "failed": list(outcome.failed),
        "skipped": outcome.skipped,
        **probed,
    }


def system_name() -> str:
    """Name the system with its version, as "Debian GNU/Linux 12 (bookworm)"."""
    if platform.system() == "Linux":
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    return f"{platform.system()} {platform.release()}"


def summary(ran: Sequence[Mapping[str, Any]], not_run: Sequence[tuple[Row, NotRun]]) -> Iterator[str]:
    """Say which rows were run, with what result, and which were not, and why."""
    yield "\n== rows that were run" if ran else "\n== no row was run"
    for result in ran:
        what = "the whole suite" if result["whole"] else "lessons"
        yield f"Python {result['python']}, {result['versions']} versions, {what}: {result['result']}; {result['seconds']} s"
    if not_run:
        yield "== rows that were not run"
        yield from (f"{row}: {reason}" for row, reason in not_run)


def store(results: Sequence[Mapping[str, Any]]) -> None:
    """Keep the results in place of earlier ones of the same rows, and make the table anew."""
    kept = {key(result): result for result in [*stored(), *results]}
    in_order = [kept[name] for name in sorted(kept)]
    DATA.write_text(json.dumps(in_order, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    TABLE.write_text(table(in_order), encoding="utf-8", newline="\n")
    print(f"{TABLE.relative_to(PROJECT)} is made anew")


def key(result: Mapping[str, Any]) -> tuple[str, int, str, bool]:
    """Say which row of the table a result is for."""
    return result["system"], int(result["row"].split(".")[1]), result["versions"], result["whole"]
