"""Finds the answer to an exercise in a Python file of the learner's own, and has it checked."""

from __future__ import annotations

import ast
import runpy
from pathlib import Path
from typing import Any

from course_lib.exercises import exercise
from course_lib.exercises.feedback import Feedback


class NoAnswer(Exception):
    """The file holds no answer, or nobody can tell which; the message says what to do."""


def checked(name: str, file: Path, function: str | None = None) -> Feedback:
    """Check the function of the file that answers the exercise. Raises NoAnswer if there is none to be found."""
    try:
        wanted = exercise(name)
    except LookupError as error:
        raise NoAnswer(str(error)) from None
    found = function or the_only_function(file)
    namespace = run(file)
    if found not in namespace:
        msg = f"{file.name} has no {found}. It has: {', '.join(functions(file)) or 'no function'}."
        raise NoAnswer(msg)
    return wanted.check(namespace[found])


def the_only_function(file: Path) -> str:
    """Name the one function that the file defines at its top level."""
    found = functions(file)
    if len(found) == 1:
        return found[0]
    if found:
        msg = f"{file.name} has several functions: {', '.join(found)}. Say which one answers: --function {found[-1]}"
        raise NoAnswer(msg)
    msg = f"{file.name} has no function in it. An answer is a function, as in the exercise's notebook."
    raise NoAnswer(msg)


def functions(file: Path) -> list[str]:
    """List the functions that the file defines at its top level."""
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"), filename=str(file))
    except (SyntaxError, ValueError) as error:
        msg = f"{file.name} is not Python: {error}."
        raise NoAnswer(msg) from None
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def run(file: Path) -> dict[str, Any]:
    """Run the file, and return its names."""
    try:
        return runpy.run_path(str(file), run_name="answer")
    except Exception as error:  # noqa: BLE001  # the file is the learner's, and may raise anything
        msg = f"{file.name} cannot be run: {type(error).__name__}: {error}"
        raise NoAnswer(msg) from None
