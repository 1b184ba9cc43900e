"""The page on the article judges each of the article's claims, and its table says the same as the page."""

import re
from collections import Counter
from typing import NamedTuple

import pytest

from course_lib.tools.refresh import NOTEBOOKS
from course_lib.tools.stored import FURTHER, read

PAGE = NOTEBOOKS / FURTHER / "the_article.ipynb"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
CLAIM = re.compile(
    r"### (?P<title>(?P<number>\d+)\. .+)\n\n"
    r"> (?P<quoted>.+)\n>\n> \*(?P<translated>.+)\*\n\n"
    r"\*\*(?P<verdict>True|Imprecise|False)\.\*\* (?P<so>.+)"
)
ROW = re.compile(r"^\| \[(\d+\. .+?)\]\(#(.+?)\) \| (\w+) \| (.+) \|$", re.MULTILINE)
TOTALS = re.compile(r"^(\d+) are true, (\d+) imprecise, (\d+) false\.$", re.MULTILINE)
LESSON = re.compile(r"\(\.\./((\d\d)_\w+\.ipynb)")


class Row(NamedTuple):
    """A claim, as the table has it or is to have it."""

    title: str
    heading: str
    verdict: str
    lessons: tuple[str, ...]


@pytest.fixture
def cells():
    return read(PAGE).cells


def claims(cells):
    """Match the cells that state a claim."""
    return [hit for cell in cells if cell.cell_type == "markdown" and (hit := CLAIM.match(cell.source))]


def table(cells):
    """Read the table at the end."""
    return [
        Row(title, heading, verdict, tuple(dict.fromkeys(file for file, _ in LESSON.findall(where))))
        for title, heading, verdict, where in ROW.findall(cells[-1].source)
    ]


def meant(cells):
    """Make the rows that the table is to have, of the claims themselves."""
    return [
        Row(
            claim["title"],
            claim["title"].replace(" ", "-"),
            claim["verdict"].lower(),
            tuple(dict.fromkeys(file for file, _ in LESSON.findall(claim["so"]))),
        )
        for claim in claims(cells)
    ]


def untried(cells):
    """List the claims that no code cell stands below."""
    found, kinds = [], [cell.cell_type for cell in cells]
    at = [n for n, cell in enumerate(cells) if cell.cell_type == "markdown" and CLAIM.match(cell.source)]
    for begin, end in zip(at, [*at[1:], len(cells)], strict=True):
        if "code" not in kinds[begin:end]:
            found.append(cells[begin].source.splitlines()[0])
    return found


def test_it_has_31_claims_in_the_order_of_the_article(cells):
    assert [int(claim["number"]) for claim in claims(cells)] == list(range(1, 32))


def test_each_claim_is_quoted_translated_and_leads_to_a_lesson(cells):
    for claim in claims(cells):
        assert CHINESE.search(claim["quoted"]), claim["title"]
        assert not CHINESE.search(claim["translated"]), claim["title"]
        assert LESSON.search(claim["so"]), claim["title"]


def test_each_claim_is_tried(cells):
    assert untried(cells) == []


def test_its_table_says_what_the_claims_say(cells):
    assert table(cells) == meant(cells)


def test_it_counts_its_verdicts_rightly(cells):
    counted = Counter(claim["verdict"] for claim in claims(cells))

    (totals,) = TOTALS.findall(cells[-1].source)
    assert [int(total) for total in totals] == [counted[verdict] for verdict in ("True", "Imprecise", "False")]


def test_a_claim_that_is_not_tried_and_a_table_that_differs_are_found(cells):
    at = next(n for n, cell in enumerate(cells) if cell.source.startswith("### 15. "))
    assert cells[at + 1].cell_type == "code"
    cells[at].source = cells[at].source.replace("**Imprecise.**", "**True.**")
    del cells[at + 1]

    assert untried(cells) == ["### 15. A series of timers"]
    assert [row.title for row, other in zip(table(cells), meant(cells), strict=True) if row != other] == [
        "15. A series of timers"
    ]
