"""What the cells of lessons and solutions say, they say in virtual time alone too, and without a kernel."""

import pytest

from course_lib.tools.refresh import lessons_and_pages
from course_lib.tools.stored import SOLUTIONS
from tests.lessons.virtually import untrue

PATHS = [*lessons_and_pages(), *sorted(SOLUTIONS.glob("*.ipynb"))]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_cells_of_a_notebook_say_in_virtual_time_what_is_stored(path):
    assert list(untrue(path)) == []
