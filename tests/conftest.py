"""What all tests share: the count of notebook cells at the end of a run."""

import re

import pytest

CELL = re.compile(r"(?P<notebook>.*\.ipynb)::Cell \d+")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many notebook cells nbval ran and compared; the reports of all workers arrive here."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    cells = {hit[0]: hit["notebook"] for report in reports if (hit := CELL.fullmatch(report.nodeid))}
    terminalreporter.write_line(f"nbval: {len(cells)} cells compared in {len(set(cells.values()))} notebooks")
