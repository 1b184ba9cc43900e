"""At the end of a run: what was compared, of what the table of contents has. A run that compared less is red.

Of a run of a part, all that the part has is asked for; of a selection by name (`-k`, `::`, `--lf` …), nothing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from course_lib.exercises.contents import COURSE
from course_lib.tools.contract import PICTURE, code_cells, looks_away
from course_lib.tools.stored import FURTHER, PROJECT, read

CELL = re.compile(r"(?P<notebook>.*\.ipynb)::Cell (?P<number>\d+)")
COLLECTION = PROJECT / "tests" / "exercises" / "test_collection.py"
EXERCISE = re.compile(r".*::test_what_is_expected_is_what_happens\[(.*)\]")
WRONG_ANSWER = re.compile(r".*::test_a_wrong_answer_is_answered_in_its_own_words\[(.*)\]")
NEGATIVE = re.compile(r"(not \w+( and not \w+)*)?")  # marks that are left out; no notebook cell has one
SELECTING = ("keyword", "deselect", "lf", "maxfail", "stepwise", "collectonly")
KEY = pytest.StashKey[list[str]]()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Count, and make a green run red that has compared less than was asked for."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if hasattr(session.config, "workerinput") or reporter is None:
        return
    reports = [*reporter.getreports("passed"), *reporter.getreports("failed")]
    nodeids = {report.nodeid for report in reports if report.when == "call"}
    if getattr(session.config.option, "nbval_lax", False):  # the cells are run, and no output is compared
        nodeids = {nodeid for nodeid in nodeids if not CELL.fullmatch(nodeid)}
    compared, wanted = compared_in(nodeids, session.config.rootpath), wanted_by(whole(session.config))
    session.config.stash[KEY] = list(sentences(compared, wanted))
    if exitstatus == pytest.ExitCode.OK and wanted - compared:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts."""
    for sentence in terminalreporter.config.stash.get(KEY, []):
        terminalreporter.write_line(sentence, red=sentence.startswith("NOT"))


def sentences(compared: Counter[str], wanted: Counter[str]) -> Iterator[str]:
    """Say what was compared, and what was not and should have been."""
    if compared:
        yield "compared: " + ", ".join(
            f"{number} of {wanted[what]} {what}" if wanted[what] else f"{number} {what}"
            for what, number in compared.items()
        )
    if missing := wanted - compared:
        yield "NOT compared: " + ", ".join(f"{number} {what}" for what, number in missing.items())


def compared_in(nodeids: Iterable[str], root: Path) -> Counter[str]:
    """Count what the tests with these names have compared."""
    cells: dict[Path, set[int]] = {}
    counted: Counter[str] = Counter()
    for nodeid in sorted(nodeids):
        if hit := CELL.fullmatch(nodeid):
            cells.setdefault(root / hit["notebook"], set()).add(int(hit["number"]))
    for path, numbers in cells.items():
        counted += content(path, numbers, compared=True)
    found = {"exercises": EXERCISE, "wrong answers": WRONG_ANSWER}
    return counted + Counter({what: sum(bool(p.fullmatch(n)) for n in nodeids) for what, p in found.items()})


def wanted_by(parts: list[Path]) -> Counter[str]:
    """Count what the table of contents has in these files and folders."""
    wanted: Counter[str] = Counter()
    for path in filter(lambda path: within(path, parts), notebooks()):
        wanted += content(path)
    if within(COLLECTION, parts):
        from tests.exercises.wrong_answers import wrong_answers  # installs a reactor, which not every run needs

        names = [entry.name for entry in COURSE.entries]
        wanted += Counter({"exercises": len(names), "wrong answers": sum(len(wrong_answers(n)) for n in names)})
    return wanted


def content(path: Path, numbers: set[int] | None = None, *, compared: bool = False) -> Counter[str]:
    """Count what those cells of a notebook hold, from 0 as nbval numbers them; all of them if none is named.

    A cell that asks not to be compared was not, even if it ran.
    """
    cells = [cell for _, cell in code_cells(read(path))] if path.exists() else []
    chosen = [cell for k, cell in enumerate(cells) if numbers is None or k in numbers]
    chosen = [cell for cell in chosen if not (compared and looks_away(cell))]
    outputs = [output for cell in chosen for output in cell.outputs]
    pictures = sum(len(PICTURE.findall(output.get("data", {}).get("text/html", ""))) for output in outputs)
    return Counter({"notebooks": 1, "cells": len(chosen), "outputs": len(outputs), "pictures": pictures})


def notebooks() -> list[Path]:
    """List the notebooks that are stored with their outputs: of the table of contents, and the pages to look things up."""
    lessons = [PROJECT / "notebooks" / f"{chapter.notebook}.ipynb" for chapter in COURSE.chapters]
    solutions = [
        PROJECT / "solutions" / f"{chapter.notebook}.ipynb" for chapter in COURSE.chapters if chapter.exercises
    ]
    return [*lessons, *sorted((PROJECT / "notebooks" / FURTHER).glob("*.ipynb")), *solutions]


def whole(config: pytest.Config) -> list[Path]:
    """List the files and folders of which everything was asked for."""
    selected = any(getattr(config.option, name, None) for name in SELECTING)
    if selected or not NEGATIVE.fullmatch(config.option.markexpr):
        return []
    return [config.invocation_params.dir / arg for arg in config.args if "::" not in arg]


def within(path: Path, parts: list[Path]) -> bool:
    """Tell whether a file is one of these or lies in one of them."""
    return any(part.resolve() in (path, *path.parents) for part in parts)
