"""Is everything there that the course needs? Asks the package's own metadata, so that there is one list only."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, requires, version

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

COURSE = "twisted-task-course"


def check_installation() -> None:
    """Print a line for Python and for each package the course needs, and what to do where one is not as it should be."""
    for line in _lines():
        print(line)


def _lines() -> Iterator[str]:
    yield _line("python", platform.python_version(), SpecifierSet(metadata(COURSE)["Requires-Python"]))
    for requirement in map(Requirement, requires(COURSE) or []):
        if requirement.marker is None or requirement.marker.evaluate():
            yield _line(requirement.name, _installed(requirement.name), requirement.specifier)


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _line(name: str, found: str | None, wanted: SpecifierSet) -> str:
    asked = f"{name:<16}{wanted!s:<10}"
    if found is not None and wanted.contains(found, prereleases=True):
        return f"{asked}yes"
    cure = (
        "start the course with: uv run jupyter lab"
        if name == "python"
        else f"install it with: pip install '{name}{wanted}'"
    )
    return f"{asked}NO, found {found or 'nothing'}: {cure}"
