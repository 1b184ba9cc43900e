"""The README is short, and what it says can be done."""

import re
import subprocess

import pytest

from course_lib.tools.refresh import NOTEBOOKS
from course_lib.tools.stored import FURTHER, PROJECT, read
from course_lib.tools.tables import chapters_table, minutes_table, missing_lines

LINK = re.compile(r"\[[^\]]*\]\((?!https?:)([^)#\s]+)[^)]*\)")
ROW = re.compile(r"^\| \[(\d\d) [^\]]+\]\(notebooks/(\1_\w+\.ipynb)\) \| .+\? \|$", re.MULTILINE)
FURTHER_LINK = re.compile(rf"\]\(notebooks/{FURTHER}/(\w+\.ipynb)\)")
COMMANDS = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def readme():
    return (PROJECT / "README.md").read_text(encoding="utf-8")


def commands(text):
    """List the lines of all console blocks, without their comments."""
    lines = "".join(COMMANDS.findall(text)).splitlines()
    return [line.split("  #")[0].strip() for line in lines]


def dead(text):
    """List the relative links that lead nowhere."""
    return [target for target in LINK.findall(text) if not (PROJECT / target).is_file()]


def test_it_is_read_in_two_minutes(readme):
    assert len(readme.splitlines()) <= 80


def test_its_links_lead_somewhere(readme):
    assert dead(readme) == []


def test_a_dead_link_is_found():
    assert dead("[a](notebooks/99_none.ipynb), [b](https://example.org/) and [c](README.md#test)") == [
        "notebooks/99_none.ipynb"
    ]


def test_its_table_links_every_notebook_in_order(readme):
    assert [name for _, name in ROW.findall(readme)] == sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))


def test_it_links_every_page_of_the_folder_further(readme):
    assert set(FURTHER_LINK.findall(readme)) == {path.name for path in (NOTEBOOKS / FURTHER).glob("*.ipynb")}


def test_its_commands_are_the_ones_that_are_meant(readme):
    once = [line for line in commands(readme) if line.startswith("uv ")]

    assert once == [
        "uv run jupyter lab notebooks/00_start_here.ipynb",
        "uv run pytest",
        "uv run course refresh",
    ]


def test_the_check_of_a_change_runs_the_readme_s_test_command_and_then_the_other_pythons():
    """The lines of .ci/run that read the README, run as they stand there, give exactly that command."""
    script = (PROJECT / ".ci" / "run").read_text(encoding="utf-8")
    last = script[script.index("read -r -a tests") :].replace("step ", "printf '%s ' ")

    run = subprocess.run(["bash", "-euc", last], cwd=PROJECT, capture_output=True, text=True, check=True)

    assert run.stdout.split("uv run ")[1:] == ["pytest ", "course matrix --others "]


def test_the_check_of_a_change_can_be_executed():
    assert (PROJECT / ".ci" / "run").stat().st_mode & 0o111 == 0o111


def test_its_table_is_that_of_course_toml(readme):
    assert missing_lines(readme, chapters_table()) == []


def test_chapter_00_has_the_minutes_of_course_toml():
    notebook = read(PROJECT / "notebooks" / "00_start_here.ipynb")
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")

    assert missing_lines(prose, minutes_table()) == []
