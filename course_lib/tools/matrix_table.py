"""The results of the matrix, kept as data, and the table that is made of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "matrix.json"
TABLE = Path(__file__).parent / "MATRIX.md"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")

# The rows that the course promises to be true on: system, Python, versions. What is stored may be more.
PROMISED = (
    *(("Linux", python, "dated") for python in PYTHONS),
    ("Linux", "3.11", "oldest"),
    ("Linux", "3.14", "newest"),
    *((system, python, "dated") for system in ("macOS", "Windows") for python in ("3.11", "3.14")),
)

HEAD = """\
# Where the course was tried

Made by `uv run course matrix … --store` of `matrix.json`; a row is there only if it was run, on that day, with those versions.
"Dated" versions are the newest of the day that `pyproject.toml` names, "oldest" the lower bounds there, "newest" the newest of the day of the run.
"Lessons" are all cells of `notebooks/` and `solutions/`, with every output compared, and the tests of what the course says of Twisted and needs of it; "whole" is every test but those in the browser.
"""


def stored() -> list[dict[str, Any]]:
    """Read the results that are kept."""
    results: list[dict[str, Any]] = json.loads(DATA.read_text(encoding="utf-8")) if DATA.exists() else []
    return results


def table(results: Sequence[Mapping[str, Any]]) -> str:
    """Make the page: what was run, what failed, and what of the promised was not run."""
    return "\n".join([HEAD, *_rows(results), *_failures(results), *_missing(results)]) + "\n"


def _rows(results: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    packages = list(dict.fromkeys(name for result in results for name in result["packages"]))
    head = ["Python", "system", "versions", "tests", "result", "day", *packages]
    yield _line(head)
    yield _line(["---"] * len(head))
    for result in results:
        own = [result["packages"].get(name, "–") for name in packages]
        what = "whole" if result["whole"] else "lessons"
        place = [result["python"], result["machine"], result["versions"], what]
        yield _line([*place, result["result"], result["date"], *own])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _failures(results: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for result in results:
        if result["failed"]:
            yield f"\nFailed on Python {result['python']}, {result['system']}, {result['versions']} versions:\n"
            yield from (f"- {name}" for name in result["failed"])


def _missing(results: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    run = {(result["system"], result["row"], result["versions"]) for result in results}
    missing = [row for row in PROMISED if row not in run]
    if missing:
        yield "\nNot run by hand so far, and so known only to the workflow in `.github/workflows/ci.yml`:\n"
        yield from (f"- Python {python}, {system}, {versions} versions" for system, python, versions in missing)
