"""A course: reads its table of contents, course.toml, and knows its chapters and exercises as values."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

from course_lib.exercises.check import Check

KINDS = ("predict", "trace", "order", "match", "fix", "break", "write", "combine")


class ContentsError(ValueError):
    """course.toml is not as it should be; the message says where and how."""


@dataclass(frozen=True)
class Entry:
    """An exercise as the table of contents has it."""

    name: str
    check: str
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


@dataclass(frozen=True)
class Course:
    """A course as the engine takes it: a package of course.toml and checks, and a folder of notebooks beside it.

    `package` holds course.toml and the packages chapters.chapter01, chapters.chapter02 … with a module for each
    exercise, whose CHECK says what is right. `folder` holds notebooks/, exercises/ and solutions/.
    """

    package: str
    folder: Path

    @cached_property
    def chapters(self) -> tuple[Chapter, ...]:
        """Read the chapters from course.toml."""
        text = files(self.package).joinpath("course.toml").read_text(encoding="utf-8")
        return chapters_of(tomllib.loads(text))

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """List the exercises of all chapters."""
        return tuple(entry for chapter in self.chapters for entry in chapter.exercises)

    def entry(self, name: str) -> Entry:
        """Find an exercise by its name."""
        found = next((entry for entry in self.entries if entry.name == name), None)
        if found is None:
            msg = f"there is no exercise {name!r}. There are: {', '.join(entry.name for entry in self.entries)}."
            raise LookupError(msg)
        return found

    def chapter_of(self, name: str) -> Chapter:
        """Find the chapter of an exercise."""
        return next(chapter for chapter in self.chapters if chapter.name == self.entry(name).chapter)

    def check(self, name: str) -> Check:
        """Find the check of an exercise."""
        entry = self.entry(name)
        check: Check = import_module(f"{self.package}.chapters.chapter{entry.chapter}.{entry.check}").CHECK
        return check


# The course that is meant where none is named.
COURSE = Course("course_lib.course", Path(__file__).parent.parent.parent)


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
    if not entry.check.isidentifier():
        yield f"has the check {entry.check!r}: it is the name of the module that holds its CHECK"
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
