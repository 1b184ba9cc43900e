"""How the modules of course_lib hang together: arrows one way, heavy things loaded late, nothing large."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import course_lib
from tests.worlds import in_fresh_python

PACKAGE = Path(course_lib.__file__).parent

# What each module imports from course_lib when it is loaded. Each has only modules above it.
IMPORTS = {
    "times": set(),
    "timeline": {"times"},
    "compare": {"timeline"},
    "text": {"compare", "timeline"},
    "naming": set(),
    "clock": {"naming", "timeline"},
    "lanes": {"naming"},
    "recorder": {"lanes", "naming", "timeline"},
    "recording": {"lanes", "naming", "recorder", "timeline"},
    "tracing": {"naming", "recorder", "recording", "timeline"},
    "bindings": set(),
    "stand_ins": {"bindings", "recording"},
    "lifecycle": {"naming", "recorder", "recording", "stand_ins", "timeline", "tracing"},
    "surroundings": {"naming", "recorder"},
    "unhandled": {"lifecycle", "recorder", "recording", "stand_ins"},
    "guard": {"lifecycle", "recording", "stand_ins", "surroundings", "unhandled"},
    "interrupts": set(),
    "stopwatch": set(),
    "realtime": {"guard", "interrupts", "lifecycle", "recording", "stand_ins", "timeline"},
    "prints": set(),
    "live": {"guard", "lifecycle", "prints", "timeline"},
    "experiment": {
        "clock", "guard", "interrupts", "lifecycle", "live", "naming", "recording", "stopwatch", "surroundings", "timeline",
        "times",
    },
    "held": {"recorder", "recording"},
    "hand": {"held", "naming", "recorder", "recording", "timeline", "tracing"},
    "drawing": {"compare", "text", "timeline"},
    "diagram": {"compare", "drawing", "naming", "timeline"},
    "widgets": {"clock", "diagram", "experiment", "hand", "held", "live", "naming", "timeline"},
    "scripts": {"timeline"},
    "paper": set(),
    "installation": set(),
    "exercises": {
        "clock", "compare", "diagram", "drawing", "experiment", "live", "naming", "recorder", "recording", "text", "timeline",
        "times", "tracing", "unhandled",
    },
    "course_lib": set(),
}  # fmt: skip

# What is loaded only when it is wanted: to show a timeline, to run on the reactor, to draw; each name of the package.
LATE = {
    ("times", "naming"),
    ("timeline", "naming"),
    ("timeline", "text"),
    ("timeline", "diagram"),
    ("experiment", "realtime"),
    ("live", "realtime"),
    ("course_lib", "clock"),
    ("course_lib", "diagram"),
    ("course_lib", "experiment"),
    ("course_lib", "timeline"),
}

# What a module may import from elsewhere, of the things that are slow to load or start something.
HEAVY = {"twisted", "crochet", "matplotlib", "numpy", "zope"}
USES = {
    "clock": {"twisted"},
    "lanes": {"twisted"},
    "recorder": {"twisted"},
    "recording": {"twisted", "zope"},
    "stand_ins": {"twisted"},
    "lifecycle": {"twisted"},
    "surroundings": {"twisted"},
    "unhandled": {"twisted"},
    "guard": {"twisted"},
    "realtime": {"twisted", "crochet"},
    "live": {"twisted"},
    "experiment": {"twisted"},
    "held": {"twisted"},
    "hand": {"twisted"},
    "drawing": {"matplotlib", "numpy"},
    "diagram": {"matplotlib"},
    "exercises": {"twisted", "matplotlib"},
}


def module_of(path: Path) -> str:
    """Name a file as the tables do: a folder is one module."""
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "course_lib" if first == "__init__" else first


def imported(node: ast.AST) -> Iterator[str]:
    """Yield the full names of what an import statement imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are absolute"
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def arrows() -> Iterator[tuple[str, str, bool]]:
    """Yield (module, the full name it imports, whether when it is loaded)."""
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            yield from ((module_of(path), name, node in tree.body) for name in imported(node))


def inner_arrows(at_once: bool) -> set[tuple[str, str]]:
    """Find the arrows between two modules of course_lib."""
    return {
        (module, name.split(".")[1])
        for module, name, loaded in arrows()
        if loaded is at_once and name.startswith("course_lib.") and name.split(".")[1] != module
    }


def test_each_module_imports_what_the_table_says():
    assert inner_arrows(at_once=True) == {(module, other) for module, others in IMPORTS.items() for other in others}
    assert inner_arrows(at_once=False) == LATE


def test_every_module_is_in_the_table():
    assert {module_of(path) for path in PACKAGE.rglob("*.py")} == set(IMPORTS)


def test_the_arrows_go_one_way():
    modules = list(IMPORTS)

    assert [
        (module, other)
        for module in modules
        for other in IMPORTS[module]
        if modules.index(other) >= modules.index(module)
    ] == []


def test_the_packages_docstring_lists_the_modules_in_that_order():
    (listed,) = re.findall(r"each importing only those before it: (.*)\.", course_lib.__doc__, re.DOTALL)
    words = re.findall(r"\w+", re.sub(r"\([^)]*\)", "", listed))

    assert words == [module for module in IMPORTS if module != "course_lib"]


def test_only_the_modules_in_the_table_use_what_is_heavy():
    found = {(module, name.split(".")[0]) for module, name, _ in arrows()}

    assert {(module, name) for module, name in found if name in HEAVY} == {
        (module, name) for module, names in USES.items() for name in names
    }


def test_importing_course_lib_loads_neither_matplotlib_nor_crochet_nor_a_reactor():
    result = in_fresh_python("""
        import sys
        import course_lib
        from course_lib import Timeline, VirtualClock, run

        print({"matplotlib", "numpy", "crochet", "twisted.internet.reactor"} & set(sys.modules))
    """)

    assert (result.stdout, result.stderr) == ("set()\n", "")


def test_a_virtual_run_and_its_text_load_neither_matplotlib_nor_crochet_nor_a_reactor():
    result = in_fresh_python("""
        import sys
        from course_lib import VirtualClock, run

        str(run(lambda clock, timeline: None, clock=VirtualClock(), until=1))
        print({"matplotlib", "numpy", "crochet", "twisted.internet.reactor"} & set(sys.modules))
    """)

    assert (result.stdout, result.stderr) == ("set()\n", "")


@pytest.mark.parametrize("module", ["times", "timeline", "compare", "text"])
def test_what_happened_and_its_text_know_neither_twisted_nor_matplotlib(module):
    """Seen without the package's own imports, which load `run`."""
    result = in_fresh_python(f"""
        import sys
        from types import ModuleType

        package = sys.modules["course_lib"] = ModuleType("course_lib")
        package.__path__ = [{str(PACKAGE)!r}]
        import course_lib.{module}

        print({{"twisted", "zope", "matplotlib", "numpy"}} & set(sys.modules))
    """)

    assert (result.stdout, result.stderr) == ("set()\n", "")


def test_no_module_is_longer_than_250_lines():
    lengths = {str(path.relative_to(PACKAGE)): path.read_text().count("\n") for path in PACKAGE.rglob("*.py")}

    assert {path: length for path, length in lengths.items() if length > 250} == {}


def test_a_learner_sees_at_most_eight_names():
    assert len(course_lib.__all__) <= 8
    assert all(hasattr(course_lib, name) for name in course_lib.__all__)
