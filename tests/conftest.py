"""What all tests share: both clocks, Twisted's log, and the count of notebook cells at the end of a run."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from twisted.internet import reactor
from twisted.logger import LogLevel, globalLogPublisher

from course_lib import VirtualClock

CELL = re.compile(r"(?P<notebook>.*\.ipynb)::Cell \d+")


@pytest.fixture(params=["virtual", pytest.param("real", marks=pytest.mark.reactor)])
def either_clock(request: pytest.FixtureRequest) -> Any:
    """A VirtualClock, then the reactor: what a test shows holds in both worlds."""
    return VirtualClock() if request.param == "virtual" else reactor


@pytest.fixture
def twisted_errors() -> Iterator[list[str]]:
    """What Twisted logs as an error, which a notebook would show on stderr."""
    errors: list[str] = []

    def observe(event: Any) -> None:
        if event["log_level"] in (LogLevel.error, LogLevel.critical):
            errors.append(str(event.get("log_failure", event["log_format"])))

    globalLogPublisher.addObserver(observe)
    yield errors
    globalLogPublisher.removeObserver(observe)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many notebook cells nbval ran and compared; the reports of all workers arrive here."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    cells = {hit[0]: hit["notebook"] for report in reports if (hit := CELL.fullmatch(report.nodeid))}
    terminalreporter.write_line(f"nbval: {len(cells)} cells compared in {len(set(cells.values()))} notebooks")
