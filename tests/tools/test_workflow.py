"""The workflow of the public CI is valid, runs rows that the command knows, and opens one issue when a week is red."""

import os
import re
import subprocess
import sys

import pytest
import yaml

from course_lib.tools import matrix
from course_lib.tools.matrix_table import PROMISED
from course_lib.tools.stored import PROJECT

FILE = PROJECT / ".github" / "workflows" / "ci.yml"
ROW = "uv run course matrix ${{ matrix.row }}"
WEEKLY = "github.event_name == 'schedule'"
SYSTEMS = {"ubuntu-latest": "Linux", "macos-latest": "macOS", "windows-latest": "Windows"}
GH = """\
#!/bin/sh
echo "$@" >> "$CALLS"
if [ "$1 $2" = "issue list" ]; then printf '%s\\n' "$OPEN"; fi
"""


@pytest.fixture
def text():
    return FILE.read_text(encoding="utf-8")


@pytest.fixture
def jobs(text):
    return yaml.safe_load(text)["jobs"]


def validation(path):
    """Validate a file with the schema of GitHub's workflows, which check-jsonschema brings along."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", path]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def rows_of(job):
    """List what a job's matrix runs, as (system, words after the command)."""
    strategy = job["strategy"]["matrix"]
    product = [(system, row) for system in strategy.get("system", [job["runs-on"]]) for row in strategy["row"]]
    more = [(entry["system"], entry["row"]) for entry in strategy.get("include", [])]
    return [(SYSTEMS[system], row.split()) for system, row in product + more]


def commands(job):
    return [step["run"] for step in job["steps"] if "run" in step]


def promises(job):
    """Read a job's rows as the command itself reads them."""
    found = [(system, matrix.parser().parse_args(words)) for system, words in rows_of(job)]
    return {(system, python, options.versions) for system, options in found for python in options.pythons}


def test_it_is_valid():
    done = validation(FILE)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("    runs-on: ubuntu-latest\n", ""),
        ("timeout-minutes: 60", "timeout-minutes: an hour"),
        ("    needs: [newest, mutation]\n", "    need: [newest, mutation]\n"),
        ("      issues: write", "      issues: yes please"),
    ],
)
def test_a_broken_one_is_refused(tmp_path, text, line, instead):
    assert line in text
    broken = tmp_path / "ci.yml"
    broken.write_text(text.replace(line, instead), encoding="utf-8")

    assert validation(broken).returncode == 1


def test_its_rows_are_those_that_the_course_promises(jobs):
    assert promises(jobs["rows"]) == set(PROMISED)


def test_a_row_that_the_command_does_not_know_is_refused(jobs):
    jobs["rows"]["strategy"]["matrix"]["row"].append("3.14 --latest")

    with pytest.raises(SystemExit):
        promises(jobs["rows"])


def test_a_row_is_run_by_the_command_that_a_person_runs(jobs):
    assert commands(jobs["rows"]) == commands(jobs["newest"]) == [ROW]


def test_everything_with_the_browser_is_what_a_change_must_pass(jobs):
    assert commands(jobs["debian"])[-1] == ".ci/run"


def test_once_a_week_the_whole_suite_meets_the_newest_of_everything(text, jobs):
    weekly = [matrix.parser().parse_args(words) for _, words in rows_of(jobs["newest"])]

    assert re.search(r'schedule:\n    - cron: "\d+ \d+ \* \* \d"', text)
    assert jobs["newest"]["if"].startswith(WEEKLY)
    assert {(options.versions, options.whole) for options in weekly} == {("newest", True)}


def test_once_a_week_altered_copies_of_twisted_are_tried(jobs):
    assert commands(jobs["mutation"]) == ["uv run pytest -m mutation"]
    assert jobs["mutation"]["if"].startswith(WEEKLY)


def test_only_the_job_that_opens_an_issue_may_write(text, jobs):
    allowed = {name: job["permissions"] for name, job in jobs.items() if "permissions" in job}

    assert yaml.safe_load(text)["permissions"] == {"contents": "read"}
    assert allowed == {"report": {"issues": "write"}}
    assert jobs["report"]["needs"] == [name for name, job in jobs.items() if job.get("if", "").startswith(WEEKLY)]
    assert jobs["report"]["if"] == f"failure() && {WEEKLY}"


@pytest.mark.parametrize(
    ("issues", "action"),
    [
        ("", "issue create"),
        ("7 Another thing", "issue create"),
        ("7 Re: The weekly run is red", "issue create"),
        ("7 Another thing\n12 The weekly run is red", "issue comment 12"),
    ],
)
def test_a_red_week_opens_an_issue_unless_one_is_open(tmp_path, jobs, issues, action):
    (script,) = commands(jobs["report"])
    (tmp_path / "gh").write_text(GH, encoding="utf-8")
    (tmp_path / "gh").chmod(0o755)
    given = {"TITLE": jobs["report"]["env"]["TITLE"], "RUN": "address of the run", "OPEN": issues}
    path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    environment = {**os.environ, **given, "PATH": path, "CALLS": str(tmp_path / "calls")}

    subprocess.run(["bash", "-eo", "pipefail", "-c", script], env=environment, check=True)

    asked, done = (tmp_path / "calls").read_text(encoding="utf-8").split("\n", 1)
    assert asked.startswith("issue list --state open")
    assert done.startswith(action)
    assert "address of the run" in done
