"""What all tests share: both clocks, Twisted's log, and what is said at the end of a run."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from twisted.internet import reactor
from twisted.logger import LogLevel, globalLogPublisher

from course_lib import VirtualClock
from course_lib.exercises import state
from course_lib.exercises.exercise import _hints_given


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take a folder in which the screenshots of the browser tests are kept."""
    parser.addoption("--screenshots", metavar="DIR", type=Path, help="keep screenshots of every notebook in DIR")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the mutation suite, which takes long, unless it is asked for."""
    if "mutation" not in config.option.markexpr:
        items[:] = [item for item in items if not item.get_closest_marker("mutation")]


@pytest.fixture(params=["virtual", pytest.param("real", marks=pytest.mark.reactor)])
def either_clock(request: pytest.FixtureRequest) -> Any:
    """A VirtualClock, then the reactor: what a test shows holds in both worlds."""
    return VirtualClock() if request.param == "virtual" else reactor


@pytest.fixture(autouse=True)
def _as_in_a_fresh_kernel() -> None:
    """What a test has solved, or asked hints for, is nothing to the next one: a process remembers it."""
    state._remembered.clear()
    _hints_given.clear()


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
    """Say how the wrong answers and the browser fared; the reports of all workers arrive here."""
    _say_how_wrong_answers_fared(terminalreporter)
    _say_what_the_browser_tried(terminalreporter)


def _say_how_wrong_answers_fared(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many of the known wrong answers got the words of their misconception, and how long a check takes."""
    tried = {
        outcome: [dict(r.user_properties) for r in terminalreporter.getreports(outcome) if r.when == "call"]
        for outcome in ("passed", "failed")
    }
    found = {outcome: [p["check"] for p in several if "check" in p] for outcome, several in tried.items()}
    if times := found["passed"] + found["failed"]:
        rate = len(found["passed"]) / len(times)
        terminalreporter.write_line(
            f"wrong answers: {len(found['passed'])} of {len(times)} got their own words ({rate:.0%});"
            f" median time of a check {1000 * median(times):.0f} ms"
        )


def _say_what_the_browser_tried(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how much of the notebooks was seen and pressed in a browser."""
    tried: Counter[str] = Counter()
    for report in terminalreporter.getreports("passed"):
        if report.when == "call" and "test_browser.py" in report.nodeid:
            for what, number in report.user_properties:
                tried[what] += number
    if tried:
        terminalreporter.write_line(f"browser: {', '.join(f'{number} {what}' for what, number in tried.items())}")
