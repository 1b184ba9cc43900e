"""Runs tests with any Python, in a process of its own, and counts what came of them."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

PROJECT = Path(__file__).resolve().parent.parent.parent

# What a new Python or a new Twisted makes untrue first: what the course shows, and what it says of Twisted.
LESSONS = ("notebooks", "solutions", "tests/twisted")
WHOLE = ("-m", "not browser")


class Outcome(NamedTuple):
    """What came of a test run: how many passed and were skipped, the names of those that failed, `seconds` it took."""

    passed: int
    failed: tuple[str, ...]
    skipped: int
    seconds: float
    code: int  # pytest's exit code: it is not 0 either when nothing could be collected

    @property
    def good(self) -> bool:
        """Say whether tests were run and all passed."""
        return self.code == 0 and not self.failed and self.passed > 0

    def __str__(self) -> str:
        said = [f"{self.passed} passed"]
        said += [f"{len(self.failed)} FAILED"] if self.failed else []
        said += [f"{self.skipped} skipped"] if self.skipped else []
        said += [] if self.good or self.failed else [f"pytest ended with exit code {self.code}"]
        return ", ".join(said)


def outcome_of(
    python: str | Path, tests: Sequence[str], environment: Mapping[str, str] | None = None, *, show: bool = True
) -> Outcome:
    """Run pytest with `python` on tests of this project; its output goes to the terminal, or nowhere."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        options = ["-p", "no:cacheprovider", f"--junitxml={report}", "-o", "junit_family=xunit2"]
        done = subprocess.run(
            [python, "-m", "pytest", "--quiet", *options, *tests],
            cwd=PROJECT,
            env=environment,
            check=False,
            stdout=None if show else subprocess.DEVNULL,
        )
        cases = list(ElementTree.parse(report).iter("testcase")) if report.exists() else []
    return counted(cases, time.monotonic() - began, done.returncode)


def counted(cases: Sequence[ElementTree.Element], seconds: float, code: int) -> Outcome:
    """Count the cases of a report in JUnit's form."""
    failed = tuple(name_of(case) for case in cases if has(case, "failure") or has(case, "error"))
    skipped = sum(has(case, "skipped") for case in cases)
    return Outcome(len(cases) - len(failed) - skipped, failed, skipped, seconds, code)


def has(case: ElementTree.Element, kind: str) -> bool:
    """Say whether a case of a report holds something of that kind."""
    return case.find(kind) is not None


def name_of(case: ElementTree.Element) -> str:
    """Name a case by its module, or notebook, and its test, or cell."""
    where = case.get("classname", "").removeprefix("tests.")
    return f"{where}: {case.get('name')}" if where else str(case.get("name"))
