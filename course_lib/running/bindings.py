"""Binds names anew for the length of a run, in the learner's own modules and in the closures of an experiment.

Whoever wrote `from time import sleep` before the run would not meet a changed `time.sleep`: a name is a binding of its
own. What is missed here (a partial made before, a name in an installed package) takes real time, and a stopwatch sees it.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import Any


@contextmanager
def bound_anew(
    experiment: Callable[..., Any], instead: Mapping[int, Any], homes: Iterable[ModuleType]
) -> Iterator[None]:
    """Bind each name of an object anew to what is to be there instead, {id: object}; afterwards as it was.

    Names are looked for in the `homes` of these objects and wherever the learner may have some.
    """
    functions = _functions_in(experiment, [])
    globals_ = [f.__globals__ for f in functions if not _is_installed(f.__globals__.get("__file__"))]
    spaces = {id(space): space for space in [*map(vars, homes), *_modules_of_the_learner(), *globals_]}
    names = [(space, name) for space in spaces.values() for name, value in [*space.items()] if id(value) in instead]
    cells = [cell for f in functions for cell in f.__closure__ or () if id(_contents(cell)) in instead]
    before = [space[name] for space, name in names], [cell.cell_contents for cell in cells]
    try:
        for space, name in names:
            space[name] = instead[id(space[name])]
        for cell in cells:
            cell.cell_contents = instead[id(cell.cell_contents)]
        yield
    finally:
        for (space, name), value in zip(names, before[0], strict=True):
            if space.get(name) is instead[id(value)]:  # or else the experiment has bound it to something of its own
                space[name] = value
        for cell, value in zip(cells, before[1], strict=True):
            if _contents(cell) is instead[id(value)]:
                cell.cell_contents = value


def _functions_in(f: Any, found: list[FunctionType]) -> list[FunctionType]:
    """List a function and those in its closure: of an answer, a check makes an experiment that calls it."""
    if isinstance(f, partial | MethodType):
        f = f.func if isinstance(f, partial) else f.__func__
    if isinstance(f, FunctionType) and f not in found:
        found.append(f)
        for cell in f.__closure__ or ():
            _functions_in(_contents(cell), found)
    return found


def _contents(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # it is empty as yet
        return None


def _modules_of_the_learner() -> Iterator[dict[str, Any]]:
    for name, module in [*sys.modules.items()]:
        if name not in _others and isinstance(module, ModuleType):
            names = object.__getattribute__(module, "__dict__")  # a lazy module is not to be loaded by this look
            if name in sys.builtin_module_names or _is_installed(names.get("__file__")):
                _others.add(name)
            else:
                yield names


def _is_installed(file: str | None) -> bool:
    return file is not None and file.startswith(INSTALLED)


_others: set[str] = set()  # the names of modules that are not the learner's; there are hundreds, seen at each run
PLACES = ("stdlib", "platstdlib", "purelib", "platlib")
INSTALLED = (f"{Path(__file__).parent}{os.sep}", *(sysconfig.get_path(name) for name in PLACES))
