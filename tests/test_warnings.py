"""A warning is an error: in a test, in a cell of a notebook, and in a Python that a test starts."""

import sys
import warnings

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course_lib.tools.stored import PROJECT, normalised
from course_lib.tools.suite import outcome_of
from tests.helpers import in_fresh_python

WARNS = {
    "of its own": "import warnings\nwarnings.warn('old', DeprecationWarning)",
    "of the library's": "import course_lib.timeline.text\nexec(compile('import warnings; warnings.warn(\"odd\")', course_lib.timeline.text.__file__, 'exec'), vars(course_lib.timeline.text))",
    "of a coroutine": "async def job(): pass\njob()\nNone",
}


def test_in_a_test():
    with pytest.raises(DeprecationWarning):
        warnings.warn("old", DeprecationWarning, stacklevel=1)


@pytest.mark.kernel
def test_in_each_cell_of_a_notebook(tmp_path):
    """What a cell warns of goes to its stderr, and no stored output has such a text."""
    cells = [new_code_cell(code, execution_count=number) for number, code in enumerate(["None", *WARNS.values()], 1)]
    (tmp_path / "00_warns.ipynb").write_text(normalised(new_notebook(cells=cells)), encoding="utf-8")

    outcome = outcome_of(
        sys.executable, ["-c", str(PROJECT / "pyproject.toml"), f"--rootdir={tmp_path}", str(tmp_path)], show=False
    )

    assert (outcome.passed, len(outcome.failed)) == (1, len(WARNS))


def test_in_a_python_that_a_test_starts():
    run = in_fresh_python("import warnings; warnings.warn('old', DeprecationWarning)")

    assert run.returncode == 1
    assert "DeprecationWarning: old" in run.stderr
