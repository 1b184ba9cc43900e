"""A figure of the prose is backed by a number near it, or reckoned from such numbers."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_lib.tools.figures import reckoned, unbacked
from course_lib.tools.refresh import lessons_and_pages
from course_lib.tools.stored import SOLUTIONS, read


def lesson(*parts):
    """Make a lesson: a text of digits and spaces is printed by a cell, any other is prose."""
    return new_notebook(
        cells=[
            new_code_cell("f()", outputs=[new_output("stream", text=part)])
            if part.replace(".", "").replace(" ", "").isdigit()
            else new_markdown_cell(part)
            for part in parts
        ]
    )


@pytest.mark.parametrize(
    "prose", ["It takes 1.6 s.", "It takes 1600 ms.", "At 0.5, 1 and 1.6 s", "1.6 times", "16 jobs"]
)
def test_a_figure_is_backed_by_its_value_in_any_unit_and_what_has_no_unit_is_no_figure(prose):
    assert list(unbacked(lesson("0.5 1 1.6", prose), {})) == []


@pytest.mark.parametrize(
    ("prose", "said"),
    [
        ("It takes 1.7 s.", "1.7 s"),
        ("At 0.5, 0.75 and 1.6 s", "0.5, 0.75 and 1.6 s"),
        ("from 0.5 to 1.7 seconds", "0.5 to 1.7 seconds"),
        ("13 times as much", "13 times"),
        ("**20 %**", "20 %"),
    ],
)
def test_a_figure_that_nothing_backs_is_found(prose, said):
    assert list(unbacked(lesson("0.5 1 1.6", prose), {})) == [f"cell 2: nothing backs {said!r}"]


def test_a_code_span_backs_a_figure_and_is_none_itself():
    assert list(unbacked(lesson("With `f(1.6)` it takes 1.6 s; `2.5 s` is no figure."), {})) == []


def test_a_figure_is_backed_no_farther_away_than_the_section_before_except_in_the_last_section():
    near = lesson("## A", "1.6", "## B\n\n1.6 s", "## C")
    far = lesson("## A", "1.6", "## B", "## C\n\n1.6 s", "## D\n\n1.6 s")

    assert list(unbacked(near, {})) == []
    assert list(unbacked(far, {})) == ["cell 4: nothing backs '1.6 s'"]


@pytest.mark.parametrize(
    ("quoted", "backed"),
    [
        ({"in all 2.1 s": "0.5 + 1.6"}, True),
        ({"in all 2.1 s": "0.5 + 1"}, False),
        ({"in all 2.1 s": "0.4 + 1.7"}, False),
        ({"in all 2.1 s": "2.1"}, False),
        ({"another 2.1 s": "0.5 + 1.6"}, False),
    ],
    ids=["a sum", "another sum", "of nothing", "out of the air", "elsewhere"],
)
def test_a_figure_may_be_reckoned_from_numbers_of_its_notebook(quoted, backed):
    assert (list(unbacked(lesson("0.5 1 1.6", "It is in all 2.1 s."), quoted)) == []) is backed


def test_a_figure_may_be_that_of_an_exercise():
    prose = lesson("runs of 0.4, 2.5, 0.4, 1.7 and 0.4 seconds")

    assert list(unbacked(prose, {"0.4, 2.5, 0.4, 1.7 and 0.4 seconds": "05-1"})) == []
    assert len(list(unbacked(prose, {"0.4, 2.5, 0.4, 1.7 and 0.4 seconds": "05-2"}))) > 0


def test_every_passage_that_is_quoted_stands_in_a_notebook_and_is_needed():
    notebooks = [read(path) for path in (*lessons_and_pages(), *sorted(SOLUTIONS.glob("*.ipynb")))]
    prose = [cell.source for n in notebooks for cell in n.cells if cell.cell_type == "markdown"]
    for quote in reckoned():
        others = {other: source for other, source in reckoned().items() if other != quote}

        assert any(quote in text for text in prose), quote
        with_it = [n for n in notebooks if any(quote in cell.source for cell in n.cells)]
        assert any(list(unbacked(notebook, others)) for notebook in with_it), f"not needed any more: {quote}"
