"""Every link of the course leads somewhere, to the heading that it names."""

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from course_lib.tools.links import anchors, dead, linked, pages
from course_lib.tools.stored import normalised


@pytest.mark.parametrize("page", pages(), ids=lambda page: f"{page.parent.name}/{page.name}")
def test_the_links_of_a_page_lead_somewhere(page):
    assert list(dead(page)) == []


@pytest.fixture
def page(tmp_path):
    """Write a page with a heading and the Markdown that is given, and one more beside it."""
    cells = [new_markdown_cell("# 02 · Timers\n\n## Somebody must `run` it\n\n```python\n# no heading\n```")]
    (tmp_path / "other.ipynb").write_text(normalised(new_notebook(cells=cells)), encoding="utf-8")

    def write(markdown, name="page.ipynb"):
        path = tmp_path / name
        text = normalised(new_notebook(cells=[new_markdown_cell(f"# Here\n\n{markdown}")]))
        path.write_text(text if name.endswith("ipynb") else f"# Here & there\n\n{markdown}", encoding="utf-8")
        return path

    return write


def test_links_to_a_page_to_its_headings_and_to_the_web_are_well(page):
    links = [
        "other.ipynb",
        "other.ipynb#02-·-Timers",
        "other.ipynb#Somebody-must-run-it",
        "#Here",
        "https://example.org/x",
    ]
    here = page(" ".join(f"[a]({link})" for link in links))

    assert list(dead(here)) == []
    assert linked(here) == {here.with_name("other.ipynb")}
    assert list(dead(page("`[a](code.ipynb)` and [b](#here--there)", "page.md"))) == []


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("../notebooks/99_none.ipynb", "page.ipynb: ../notebooks/99_none.ipynb is not there"),
        ("other.ipynb#Timers", "page.ipynb: other.ipynb has no heading #Timers"),
        ("other.ipynb#no-heading", "page.ipynb: other.ipynb has no heading #no-heading"),
        ("#There", "page.ipynb: page.ipynb has no heading #There"),
    ],
)
def test_a_dead_link_is_found(page, link, said):
    assert list(dead(page(f"[a]({link})"))) == [said]


def test_the_headings_of_markdown_are_named_as_on_github(page):
    assert anchors(page("## I want to …", "page.md")) == {"here--there", "i-want-to-"}
