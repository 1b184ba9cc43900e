"""Chapter 00 begins with a check that runs whatever is missing or too old, and says what to do about it."""

import tomllib
from importlib.metadata import PackageNotFoundError

import pytest

from course_lib import installation
from course_lib.tools.stored import PROJECT, read
from tests.helpers import in_fresh_python

# A Python in which each package of the course is too old, and none that course_lib imports can be imported.
OLD = """
import importlib.metadata, sys
from textwrap import dedent

sys.modules.update(dict.fromkeys(["twisted", "crochet", "matplotlib", "numpy", "PIL", "ipywidgets", "IPython", "zope"]))
importlib.metadata.version = lambda name: "0.1"
"""


def first_code_cell():
    notebook = read(PROJECT / "notebooks" / "00_start_here.ipynb")
    return next(cell.source for cell in notebook.cells if cell.cell_type == "code")


def dependencies():
    return tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]


def test_the_first_cell_says_of_each_package_that_it_is_too_old_and_how_to_get_another():
    result = in_fresh_python(OLD + first_code_cell())

    assert result.stderr == ""
    python, *packages = result.stdout.splitlines()
    assert python.endswith("yes")
    assert sorted(line.rpartition(": ")[2] for line in packages) == sorted(
        f"pip install '{requirement.replace('zope.interface', 'zope-interface')}'" for requirement in dependencies()
    )
    assert all("NO, found 0.1: install it with: pip install" in line for line in packages)


def test_a_package_that_is_missing_is_said_to_be(monkeypatch, capsys):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(installation, "version", missing)
    installation.check_installation()

    assert "NO, found nothing: install it with: pip install 'twisted>=" in capsys.readouterr().out


@pytest.mark.parametrize(("python", "end"), [("3.11.0", "yes"), ("3.14.0rc1", "yes"), ("3.10.13", "jupyter lab")])
def test_python_itself_may_be_too_old(monkeypatch, capsys, python, end):
    monkeypatch.setattr(installation.platform, "python_version", lambda: python)
    installation.check_installation()

    assert capsys.readouterr().out.splitlines()[0].endswith(end)
