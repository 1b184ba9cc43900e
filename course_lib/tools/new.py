"""Begins an exercise or a chapter: every file that it takes, with what is still to be written marked as such."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from course_lib.exercises.contents import COURSE, Chapter, Course
from course_lib.tools.refresh import replace
from course_lib.tools.stored import normalised, read

ENTRY = """
[[chapter.exercises]]
name = "{name}"
check = "{check}"
title = "{title}"
kind = "{kind}"
minutes = {minutes}
difficulty = 1
core = false
misconceptions = ["M0"]  # which of misconceptions.toml
hints = [
    "A question that leads to the next step?",
    "A plainer one, that names the method, and never the line?",
]
"""
CHECK = '''"""Exercise {name}: {title}."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from course_lib.exercises.check import Experiment, Mistake, Program, Scenario
from course_lib.course.parts import nothing


def {check}(answer: Callable[..., Any], seconds: float) -> Experiment:
    """Say here what the learner's function is to do."""

    def experiment(clock: Any, timeline: Any) -> None:
        answer(clock, seconds, timeline.traced(nothing, name="job"))

    return experiment


CHECK = Program(
    (
        Scenario({{"seconds": 1}}, {{"job": [1]}}, until=2.5),
        Scenario({{"seconds": 0.75}}, {{"job": [0.75]}}, until=2.5, hidden=True),
    ),
    (Mistake("M0", "You …", "What …?", lanes=({{"job": []}},)),),
    {{"": "run {{k}} of {{lane}}"}},
    experiment={check},
    takes=("clock", "seconds", "job"),
)
'''
ANSWER = '''def {check}(clock, seconds, job):
    """Say what this is to do, and in which unit it takes its numbers."""
    ### BEGIN SOLUTION
    clock.callLater(seconds, job)
    ### END SOLUTION'''
CHAPTER = """
[[chapter]]
name = "{name}"
title = "{title}"
question = "{question}"
notebook = "{notebook}"
reading = 30
"""
WRONG = '''"""Wrong answers to the exercises of chapter {chapter}."""

from tests.exercises.wrong_answers import Wrong

WRONG: dict[str, list[Wrong]] = {{
}}
'''


class Taken(Exception):
    """What is to be made is there already, or has no place; the message says what to do."""


def exercise(name: str, title: str, kind: str = "write", minutes: int = 5, course: Course = COURSE) -> list[Path]:
    """Begin an exercise, and return the files that were written or changed. Raises Taken."""
    chapter = _chapter_for(name, course)
    package = package_folder(course)
    check = slug(title)
    module = package / "chapters" / f"chapter{chapter.name}" / f"{check}.py"
    if module.exists():
        msg = f"{module.name} is there already: give the exercise another title."
        raise Taken(msg)
    toml = package / "course.toml"
    entry = ENTRY.format(name=name, check=check, title=title, kind=kind, minutes=minutes)
    replace(toml, with_entry(toml.read_text(encoding="utf-8"), chapter.name, entry))
    replace(module, CHECK.format(name=name, check=check, title=title))
    solutions = course.folder / "solutions" / f"{chapter.notebook}.ipynb"
    notebook = read(solutions)
    end = _last_words(notebook)
    notebook.cells[end:end] = cells(name, title, check)
    replace(solutions, normalised(notebook))
    wrong = wrong_answers(course, chapter.name)
    table, _, _ = wrong.read_text(encoding="utf-8").rpartition("}")
    replace(wrong, f'{table}    "{name}": [],\n}}\n')
    return [toml, module, solutions, wrong]


def chapter(name: str, title: str, question: str, course: Course = COURSE) -> list[Path]:
    """Begin a chapter, and return the files that were written or changed. Raises Taken."""
    if not re.fullmatch(r"\d\d", name) or any(chapter.name == name for chapter in course.chapters):
        msg = f"a chapter is called by two digits that no other has. There are: {', '.join(c.name for c in course.chapters)}."
        raise Taken(msg)
    package, notebook = package_folder(course), f"{name}_{slug(title)}"
    toml, init = package / "course.toml", package / "chapters" / f"chapter{name}" / "__init__.py"
    replace(
        toml,
        toml.read_text(encoding="utf-8") + CHAPTER.format(name=name, title=title, question=question, notebook=notebook),
    )
    init.parent.mkdir(parents=True, exist_ok=True)
    replace(init, f'"""Chapter {name}: {title}. One module an exercise."""\n')
    lesson, solutions = (course.folder / kind / f"{notebook}.ipynb" for kind in ("notebooks", "solutions"))
    replace(lesson, normalised(page(f"# {name} · {title}\n\n**{question}**\n\nYou will see:\n\n- …")))
    head = f"# {name} · Exercises: {title.lower()}\n\n**{question}**\n\nNo exercises, 0 minutes."
    replace(
        solutions,
        normalised(page(head, "from course_lib import exercise", "## Done\n\n`course progress` shows the rest.")),
    )
    wrong = wrong_answers(course, name)
    replace(wrong, WRONG.format(chapter=name))
    return [toml, init, lesson, solutions, wrong]


def package_folder(course: Course) -> Path:
    """Find the folder of the course's package."""
    return Path(str(files(course.package)))


def wrong_answers(course: Course, chapter: str) -> Path:
    """Say where the wrong answers to a chapter's exercises are."""
    return course.folder / "tests" / "exercises" / "wrong_answers" / f"chapter{chapter}.py"


def slug(title: str) -> str:
    """Make a module's name of a title: "Are we there yet?" is are_we_there_yet."""
    return re.sub(r"\W+", "_", title.lower()).strip("_")


def with_entry(toml: str, chapter: str, entry: str) -> str:
    """Put an exercise's entry behind the others of its chapter."""
    start = toml.index(f'\n[[chapter]]\nname = "{chapter}"\n') + 1
    end = toml.find("\n[[chapter]]\n", start)
    return toml[:end] + entry + toml[end:] if end >= 0 else toml.rstrip("\n") + "\n" + entry


def cells(name: str, title: str, check: str) -> list[NotebookNode]:
    """Make the four cells of an exercise: task, answer, check, explanation."""
    return [
        new_markdown_cell(f"## {name} {title}\n\n*…*\n\nThe task, in words that a learner understands."),
        new_code_cell(ANSWER.format(check=check), metadata={"tags": [name]}),
        new_code_cell(f'exercise("{name}").check({check})', metadata={"tags": [name, "check"]}),
        new_markdown_cell("**Why.** …", metadata={"tags": [name, "explanation"]}),
    ]


def page(
    first: str, code: str = "from course_lib import VirtualClock, draw, run", last: str = "## What you have seen\n\n- …"
) -> NotebookNode:
    """Make a notebook of a first cell, its imports, and a last cell."""
    notebook: NotebookNode = nbformat.v4.new_notebook(
        cells=[new_markdown_cell(first), new_code_cell(code), new_markdown_cell(last)]
    )
    return notebook


def _chapter_for(name: str, course: Course) -> Chapter:
    """Find the chapter that a new exercise belongs to, and make sure that its number is the next."""
    found = next((chapter for chapter in course.chapters if name.startswith(f"{chapter.name}-")), None)
    if found is None:
        msg = f"{name} belongs to no chapter. There are: {', '.join(c.name for c in course.chapters)}. An exercise is called 05-7."
        raise Taken(msg)
    following = f"{found.name}-{len(found.exercises) + 1}"
    if name != following:
        msg = f"the next exercise of chapter {found.name} is {following}, not {name}."
        raise Taken(msg)
    return found


def _last_words(notebook: NotebookNode) -> int:
    """Find where the notebook's last words begin, "## Done": exercises come before them."""
    found = [k for k, cell in enumerate(notebook.cells) if cell.source.startswith("## Done")]
    return found[-1] if found else len(notebook.cells)
