"""Alterations of twisted.internet.task as data, and how one is made; each keeps the number of lines.

A traceback shows line numbers: an alteration that moved them would be noticed for that alone.
"""

import ast
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
BY_HAND = FOLDER / "by_hand.toml"
GENERATED = FOLDER / "generated.toml"
REASONS = FOLDER / "survivors.toml"
HOOK = FOLDER / "hook"
VARIABLE = "ALTERED_TASK"  # names the file that Python is to take for twisted.internet.task
MODULE = "twisted.internet.task"


class NotApplicable(ValueError):
    """The text that is to be altered is not in this version of Twisted."""


class Alteration(NamedTuple):
    """In the class or function `where`, `old` is replaced by `new`; then the sentence `untrue` is."""

    name: str
    where: str
    old: str
    new: str
    untrue: str = ""
    operator: str = ""

    def of(self, source: str) -> str:
        """Return the altered source, or raise NotApplicable."""
        lines = source.splitlines(keepends=True)
        first, last = place(source, self.where)
        part = "".join(lines[first:last])
        if part.count(self.old) != 1:
            raise NotApplicable(f"{self.name}: {self.where} has {part.count(self.old)} times {self.old!r}")
        return "".join([*lines[:first], part.replace(self.old, self.new), *lines[last:]])


def alterations() -> list[Alteration]:
    """List those by hand, then those that were generated."""
    return [*read(BY_HAND), *read(GENERATED)]


def read(file: Path) -> list[Alteration]:
    """Read a file of alterations."""
    return [Alteration(name, **fields) for name, fields in tomllib.loads(file.read_text(encoding="utf-8")).items()]


def reasons() -> dict[str, str]:
    """Read why an alteration cannot be noticed, by its name."""
    return dict(tomllib.loads(REASONS.read_text(encoding="utf-8")))


def task_source() -> str:
    """Read twisted.internet.task as it is installed."""
    spec = find_spec(MODULE)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).read_text(encoding="utf-8")


def place(source: str, where: str) -> tuple[int, int]:
    """Find the lines of a class or function by its qualified name, as a slice."""
    for name, node in definitions(ast.parse(source)):
        if name == where:
            return node.lineno - 1, node.end_lineno or node.lineno
    raise NotApplicable(f"there is no {where}")


def definitions(tree: ast.AST, within: str = "") -> Iterator[tuple[str, ast.stmt]]:
    """Yield each class and each function with its qualified name; what is inside a function belongs to it."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield within + node.name, node
        if isinstance(node, ast.ClassDef):
            yield from definitions(node, f"{within}{node.name}.")
