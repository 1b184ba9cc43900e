"""How the parts of course_lib hang together: arrows one way, heavy things loaded late."""

import re
from pathlib import Path

import pytest

import course_lib
from tests.helpers import in_fresh_python

PACKAGE = Path(course_lib.__file__).parent

FOLDERS = ("timeline", "recording", "running", "drawing", "widgets", "exercises", "course", "tools")


def test_every_import_keeps_to_the_layers():
    """The contracts are in pyproject.toml: what may import what, and who may know Twisted, crochet and matplotlib."""
    result = in_fresh_python("from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))")

    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout


def test_the_packages_docstring_lists_its_folders_in_that_order():
    (listed,) = re.findall(r"each importing only those before it: (.*)\.", course_lib.__doc__, re.DOTALL)
    words = re.findall(r"\w+", re.sub(r"\([^)]*\)", "", listed))

    assert words == list(FOLDERS)
    assert {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()} == set(FOLDERS)


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


@pytest.mark.parametrize(
    "module", ["timeline", "timeline.times", "timeline.compare", "timeline.text", "words", "errors"]
)
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


def test_a_learner_sees_at_most_eight_names():
    assert len(course_lib.__all__) <= 8
    assert all(hasattr(course_lib, name) for name in course_lib.__all__)
    assert set(course_lib.__all__) <= set(dir(course_lib))


def test_a_name_that_is_not_there_is_refused_as_python_does():
    with pytest.raises(AttributeError, match="module 'course_lib' has no attribute 'draws'"):
        course_lib.draws  # noqa: B018  # to look it up is what is tried
