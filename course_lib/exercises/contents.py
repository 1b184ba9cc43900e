"""The table of contents: reads course.toml, checks it, and knows chapters and exercises as values."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent.parent / "course.toml"
KINDS = ("predict", "trace", "order", "match", "fix", "break", "write", "combine")


class ContentsError(ValueError):
    """course.toml is not as it should be; the message says where and how."""


@dataclass(frozen=True)
class Entry:
    """An exercise as the table of contents has it."""

    name: str
    title: str
    kind: str
    minutes: int
    difficulty: int
    core: bool
    misconceptions: tuple[str, ...]
    hints: tuple[str, ...]

    @property
    def chapter(self) -> str:
        """Name the chapter that the exercise belongs to."""
        return self.name.partition("-")[0]


@dataclass(frozen=True)
class Chapter:
    """A chapter, its minutes of reading, and its exercises."""

    name: str
    title: str
    question: str
    notebook: str
    reading: int
    exercises: tuple[Entry, ...] = ()

    @property
    def exercising(self) -> int:
        """Add up the minutes of the core exercises."""
        return sum(entry.minutes for entry in self.exercises if entry.core)


@cache
def contents() -> tuple[Chapter, ...]:
    """Read the chapters from course.toml."""
    return chapters_of(tomllib.loads(FILE.read_text(encoding="utf-8")))


def entries() -> tuple[Entry, ...]:
    """List the exercises of all chapters."""
    return tuple(entry for chapter in contents() for entry in chapter.exercises)


def entry_of(name: str) -> Entry:
    """Find an exercise by its name."""
    found = next((entry for entry in entries() if entry.name == name), None)
    if found is None:
        known = ", ".join(entry.name for entry in entries())
        msg = f"there is no exercise {name!r}. There are: {known}."
        raise LookupError(msg)
    return found


def chapter_of(name: str) -> Chapter:
    """Find the chapter of an exercise."""
    return next(chapter for chapter in contents() if chapter.name == name.partition("-")[0])


def chapters_of(data: Mapping[str, Any]) -> tuple[Chapter, ...]:
    """Make chapters of what course.toml holds, or say in a sentence what is wrong with it."""
    chapters = tuple(_chapter(item) for item in data.get("chapter", ()))
    names = [chapter.name for chapter in chapters] + [entry.name for c in chapters for entry in c.exercises]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        _wrong(twice[0], "is there twice")
    return chapters


def _chapter(item: Mapping[str, Any]) -> Chapter:
    where = f"chapter {item.get('name', '?')}"
    _has_fields(where, item, Chapter)
    entries = tuple(_entry(item["name"], entry) for entry in item.get("exercises", ()))
    return Chapter(**{**item, "exercises": entries})


def _entry(chapter: str, item: Mapping[str, Any]) -> Entry:
    where = f"exercise {item.get('name', '?')}"
    _has_fields(where, item, Entry)
    entry = Entry(**{**item, "misconceptions": tuple(item["misconceptions"]), "hints": tuple(item["hints"])})
    for sentence in _breaches(chapter, entry):
        _wrong(where, sentence)
    return entry


def _has_fields(where: str, item: Mapping[str, Any], kind: type[Chapter | Entry]) -> None:
    wanted = {field.name for field in fields(kind)}
    needed = wanted - ({"exercises"} if kind is Chapter else set())
    for missing in sorted(needed - set(item)):
        _wrong(where, f"has no {missing}")
    for unknown in sorted(set(item) - wanted):
        _wrong(where, f"has {unknown!r}, which means nothing here")


def _breaches(chapter: str, entry: Entry) -> Iterator[str]:
    if not re.fullmatch(rf"{chapter}-\d+", entry.name):
        yield f"is in chapter {chapter}: its name should be {chapter}- and a number"
    if entry.kind not in KINDS:
        yield f"is of kind {entry.kind!r}: the kinds are {', '.join(KINDS)}"
    if entry.difficulty not in (1, 2, 3):
        yield f"has difficulty {entry.difficulty}: it is 1, 2 or 3"
    if not 1 <= entry.minutes <= 30:
        yield f"takes {entry.minutes} minutes: 1 to 30 are meant"
    if len(entry.hints) not in (2, 3) or not all(hint.strip() for hint in entry.hints):
        yield f"has {len(entry.hints)} hints: a ladder has 2 or 3"
    if not entry.misconceptions or not all(re.fullmatch(r"M\d+", m) for m in entry.misconceptions):
        yield "names no misconception, or one that is not M and a number"


def _wrong(where: str, what: str) -> None:
    msg = f"course.toml: {where} {what}."
    raise ContentsError(msg)
