"""Every import is declared in pyproject.toml; environment.yml, for conda and Binder, says what pyproject.toml says."""

import re
import shutil
import subprocess
import sys
import tomllib

import pytest
import yaml

from course_lib.tools.stored import PROJECT

ENVIRONMENT = PROJECT / "environment.yml"
# conda-forge splits matplotlib; the base is the same code without a desktop's window toolkit.
CONDA_NAMES = {"matplotlib": "matplotlib-base"}
ITSELF = "-e ."
FOR_CONDA_ITSELF = {"python", "pip"}


def split(requirement):
    """Split "name>=bound" into its two halves."""
    return re.fullmatch(r"([A-Za-z0-9_.-]+)(.*)", requirement.replace(" ", "")).groups()


def of_pyproject(text):
    requirements = dict(map(split, tomllib.loads(text)["project"]["dependencies"]))
    return {CONDA_NAMES.get(name, name): bound for name, bound in requirements.items()}


def of_conda(text):
    *by_conda, by_pip = yaml.safe_load(text)["dependencies"]
    requirements = [entry for entry in [*by_conda, *by_pip["pip"]] if entry != ITSELF]
    return {name: bound for name, bound in map(split, requirements) if name not in FOR_CONDA_ITSELF}


def python_of(folder):
    """Ask Binder's own builder which Python it would install for `folder`; it writes a Dockerfile, no more."""
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(folder)]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)
    return ".".join(re.search(r"environment-2epy-2d(\d+)-2e(\d+)-2d", run.stdout).groups())


@pytest.fixture
def pyproject():
    return (PROJECT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.fixture
def environment():
    return ENVIRONMENT.read_text(encoding="utf-8")


MAINTAINERS = "course_lib/tools/"  # run with the dev group, as tests are


def undeclared(*options):
    """List what deptry finds: an import that is not declared, a dependency that is not imported."""
    command = [sys.executable, "-m", "deptry", ".", "--no-ansi", *options]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, cwd=PROJECT)
    assert run.returncode in (0, 1), run.stderr  # or it has looked at nothing
    return re.findall(r"^.*: (DEP\d+ .*)$", run.stderr, re.MULTILINE) or [""] * run.returncode


def test_what_the_library_and_the_notebooks_import_is_declared_and_nothing_else():
    assert undeclared("--extend-exclude", MAINTAINERS) == []


def test_what_the_tests_import_is_declared():
    assert undeclared("--exclude", r"\.venv", "--ignore", "DEP002,DEP004") == []


def test_an_import_that_is_not_declared_is_found(tmp_path, pyproject):
    (tmp_path / "pyproject.toml").write_text(pyproject.replace('"numpy', '"numba'), encoding="utf-8")

    assert "DEP003 'numpy' imported but it is a transitive dependency" in undeclared(
        "--config", str(tmp_path / "pyproject.toml"), "--extend-exclude", MAINTAINERS
    )


def test_both_files_name_the_same_packages_with_the_same_bounds(pyproject, environment):
    assert of_conda(environment) == of_pyproject(pyproject)


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("twisted>=24.11", "twisted>=24.3"),
        ("twisted>=24.11", "twisted"),
        ("crochet>=2.0", "pip"),
        ("ipywidgets>=8.1", "ipywidgets8>=8.1"),
    ],
)
def test_a_difference_is_found(pyproject, environment, line, instead):
    assert line in environment

    assert of_conda(environment.replace(line, instead)) != of_pyproject(pyproject)


def test_a_package_that_only_pyproject_has_is_found(pyproject, environment):
    more = pyproject.replace('"crochet>=2.0",', '"crochet>=2.0", "treq>=24",')

    assert of_conda(environment) != of_pyproject(more)


def test_course_lib_is_installed_from_the_folder_itself(environment):
    assert ITSELF in yaml.safe_load(environment)["dependencies"][-1]["pip"]


def test_binder_builds_the_pinned_python(tmp_path):
    shutil.copy(ENVIRONMENT, tmp_path)

    assert python_of(tmp_path) == "3.12"


def test_binder_does_not_understand_a_range(tmp_path, environment):
    """The reason for the single pin: with a range, Binder silently takes its own default."""
    ranged = environment.replace("python=3.12", "python>=3.12")
    (tmp_path / "environment.yml").write_text(ranged, encoding="utf-8")

    assert python_of(tmp_path) != "3.12"
