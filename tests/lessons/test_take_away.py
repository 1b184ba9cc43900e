"""The pages to take away: a recipe works as it is copied, its test can fail, and what the cheat sheet says was tried."""

import re
import shutil
from contextlib import redirect_stdout
from io import StringIO

import pytest
from nbconvert import HTMLExporter
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.task import Clock, CooperativeTask, Cooperator, LoopingCall

from course_lib.tools.browser import CHROMIUM, NO_CHROMIUM, browser_page
from course_lib.tools.contract import said, tags
from course_lib.tools.refresh import NOTEBOOKS
from course_lib.tools.stored import FURTHER, read
from tests.helpers import in_fresh_python

CHEAT_SHEET, GLOSSARY, RECIPES = (NOTEBOOKS / FURTHER / f"{n}.ipynb" for n in ("cheat_sheet", "glossary", "recipes"))


def sections(path):
    """Give the cells under each heading of a page."""
    heading, found = "", {}
    for cell in read(path).cells:
        if cell.cell_type == "markdown" and (headings := re.findall(r"^## (.+)", cell.source, re.MULTILINE)):
            heading = headings[-1]
        found.setdefault(heading, []).append(cell)
    return {heading: cells for heading, cells in found.items() if heading}


def sources(cells, tag):
    return [cell.source for cell in cells if tag in tags(cell)]


@pytest.mark.parametrize("path", [CHEAT_SHEET, GLOSSARY, RECIPES], ids=lambda path: path.stem)
def test_no_cell_writes_to_stderr(path):
    outputs = [output for cell in read(path).cells for output in cell.get("outputs", [])]

    assert [output.text for output in outputs if output.get("name") == "stderr"] == []


# Recipes: each in a namespace of its own, as in a file of its own.

SECTIONS = sections(RECIPES)
each_recipe = pytest.mark.parametrize("name", SECTIONS)

# What is broken in a recipe, and how; many are the mistake that it is there to avoid.
BROKEN = [
    ("Poller", ".addCallback(keep).addErrback(report)\n", ".addCallback(keep)\n"),
    ("Poller", "return maybeDeferred(ask)", "maybeDeferred(ask)"),
    ("Poller", "loop.start(interval)", "loop.start(2 * interval)"),
    ("Debounce", "call is not None and call.active()", "call is not None"),
    ("Debounce", "call.cancel()", "return"),
    ("Debounce", "f, *args, **kw", "f"),
    ("Time-out", "failure.trap(defer.TimeoutError)", "pass"),
    ("Time-out", ".addTimeout(seconds, clock)", ""),
    ("Run N times", "left == 0", "left < 0"),
    ("Run N times", "return job()", "job()"),
    ("Pausable loop", "f() if self.gate is None else self.gate", "f()"),
    ("Pausable loop", "self.resume()", "pass"),
    ("Supervised loop", "loop.starttime, loop.interval = clock.seconds(), wait", "pass"),
    ("Supervised loop", "wait = min(2 * wait, longest)", "pass"),
    ("Supervised loop", "loop.interval, wait = interval, shortest", "loop.interval = interval"),
    ("Supervised loop", "report(Failure())", "raise"),
    ("Worker pool", ".addErrback(report) for job", " for job"),
    ("Worker pool", "range(width)", "range(width + 1)"),
    ("Lag monitor", "count - 1", "count"),
    ("Lag monitor", "count > 1", "count"),
    ("Stop all, in order", "with contextlib.suppress(SchedulerError):", "if True:"),
    ("Stop all, in order", "if loop.running:", "if True:"),
    ("Stop all, in order", "task.stop()", "pass"),
    ("Stop all, in order", "return over.addCallback(lambda _: release())", "release()"),
]
WITH_ASSERTIONS = sorted({name for name, _, _ in BROKEN})


def tried(recipe, *tests):
    """Run a recipe and then its tests, and return what they print."""
    namespace, printed = {"__name__": "copied"}, StringIO()
    with redirect_stdout(printed):
        for source in (recipe, *tests):
            exec(source, namespace)
    return printed.getvalue()


@each_recipe
def test_each_recipe_is_said_shown_and_tested(name):
    cells = SECTIONS[name]
    (recipe,) = sources(cells, "recipe")

    assert "**Use it**" in cells[0].source
    assert "**The mistake it avoids:**" in cells[0].source
    assert "course_lib" not in recipe
    assert [cell for cell in cells if "<img" in said(cell)]
    assert sources(cells, "test") or sources(cells, "real-only")


@each_recipe
def test_a_recipe_needs_nothing_but_twisted(name):
    (recipe,) = sources(SECTIONS[name], "recipe")

    tried(recipe)


@pytest.mark.parametrize("name", WITH_ASSERTIONS)
def test_a_recipe_and_its_test_are_copied_as_they_stand(name):
    (recipe,), (test,) = sources(SECTIONS[name], "recipe"), sources(SECTIONS[name], "test")

    assert len(tried(recipe, test).splitlines()) == 1


@pytest.mark.parametrize(("name", "right", "wrong"), BROKEN)
def test_the_test_of_a_recipe_fails_when_the_recipe_is_broken(name, right, wrong):
    (recipe,), (test,) = sources(SECTIONS[name], "recipe"), sources(SECTIONS[name], "test")
    assert right in recipe

    broken = recipe.replace(right, wrong)
    tried(broken)

    with pytest.raises(Exception):  # noqa: B017, PT011 an assertion, or what the mistake raises
        tried(broken, test)


def test_the_script_ends_as_stored_and_not_so_when_it_is_broken():
    cells = SECTIONS["A script"]
    (recipe,) = sources(cells, "recipe")
    stored = "".join(output.text for cell in cells if "real-only" in tags(cell) for output in cell.outputs)

    def ending(right="", wrong=""):
        return tried(recipe.replace(right, wrong), *sources(cells, "real-only"))

    assert ending() == stored
    assert ending("left == 0", "left == 1") != stored
    assert ending("return loop.start(0.5)", "loop.start(0.5)") != stored


def test_the_test_to_copy_fails_for_every_broken_poller():
    (poller,), (test,) = (sources(SECTIONS[name], "recipe") for name in ("Poller", "A test"))
    outcome = next(cell.source for cell in SECTIONS["A test"] if "def outcome" in cell.source)

    def not_passed(right="", wrong=""):
        """Name them, each once: the error that nobody handles may come to light as a second failure of the same test."""
        code = "\n".join([poller.replace(right, wrong), test, outcome, "print(outcome())"])
        said = in_fresh_python(code).stdout  # trial would take what other tests have left for an error of these
        return set(said.partition("passed: ")[2].strip().split(", "))

    assert not_passed() == {"none"}
    assert not_passed(".addErrback(report)\n\n", "\n\n") == {"test_goes_on_after_a_failure"}
    assert "test_asks_each_second_until_it_is_stopped" in not_passed(
        "return loop, over", "loop.stop()\n    return loop, over"
    )


# The cheat sheet: a row names a call, what it returns and what it raises, and cells below have tried just that.

ASYNCIO = "In asyncio you would write"
RESULTS = {"returns", "raises", "fires with", "fails with"}
CODE = re.compile(r"`([^`]+)`")
TRIED = re.compile(r"^(?=\w+[.(])(\w+(?:\.\w+)*)(?:\(.*\))? +([A-Za-z]\w*)(?: +after .*| \d)?$", re.MULTILINE)
SHEET = sections(CHEAT_SHEET)


def rows(cells):
    """Give each row of the tables in these cells, its columns by their titles."""
    for cell in cells:
        lines = [line.strip("|").split("|") for line in cell.source.splitlines() if line.startswith("|")]
        titles, *rest = [[column.strip() for column in line] for line in lines] or [[]]
        yield from (dict(zip(titles, columns, strict=True)) for columns in rest[1:])


def promised(cells):
    """Give for each call the types that its rows say it returns, raises or ends with."""
    found = {}
    for row in rows(cell for cell in cells if cell.cell_type == "markdown"):
        results = " ".join(row[title] for title in row.keys() & RESULTS)
        for call in CODE.findall(next(iter(row.values()))):
            found.setdefault(call.partition("(")[0], set()).update(filter(str.isidentifier, CODE.findall(results)))
    return found


def seen(cells):
    """Give for each call the types that code cells have printed for it."""
    found = {}
    for cell in cells:
        for output in cell.get("outputs", []):
            for call, result in TRIED.findall(output.get("text", "")):
                found.setdefault(call, set()).add(result)
    return found


def of_the_sheet_itself():
    return [cell for heading, cells in SHEET.items() if heading != ASYNCIO for cell in cells]


def test_the_sheet_promises_what_its_cells_have_seen():
    assert promised(of_the_sheet_itself()) == seen(of_the_sheet_itself())


@pytest.mark.parametrize(
    ("right", "wrong"), [("`bool`", "`int`"), ("`NotPaused`", ""), ("`loop.stop()`", "`loop.end()`")]
)
def test_a_wrong_row_of_the_sheet_is_found(right, wrong):
    cells = [cell.copy() for cell in of_the_sheet_itself()]
    for cell in cells:
        if cell.cell_type == "markdown":
            cell["source"] = cell.source.replace(right, wrong)

    assert promised(cells) != seen(cells)


def test_the_sheet_has_every_call():
    listed = promised(of_the_sheet_itself())
    kinds = {"loop": LoopingCall, "task": CooperativeTask, "cooperator": Cooperator, "clock": Clock}
    calls = {
        f"{name}.{m}" for name, kind in kinds.items() for m in vars(kind) if callable(getattr(kind, m)) and m[0] != "_"
    }
    calls |= {f"call.{m}" for m in IDelayedCall.names()}
    other = {
        "loop.withCount": "LoopingCall.withCount",
        "cooperator.cooperate": "cooperate",
        "cooperator.coiterate": "coiterate",
    }

    assert {other.get(call, call) for call in calls} - set(listed) == set()
    assert {"deferLater", "LoopingCall", "Cooperator", "Clock", "react", "cooperate", "coiterate"} <= set(listed)


def squeezed(text):
    """Drop what differs between a line in a table and the same in a cell."""
    return re.sub(r"[\s;]", "", text)


def test_each_line_of_the_asyncio_table_was_tried_on_both_sides():
    code = [cell for cells in SHEET.values() for cell in cells if cell.cell_type == "code"]
    text = squeezed("".join(cell.source for cell in code))
    lines = [
        line for row in rows(SHEET[ASYNCIO][:1]) for side in ("Twisted", "asyncio") for line in CODE.findall(row[side])
    ]

    assert len(lines) > 20
    assert [line for line in lines if squeezed(line) not in text] == []


@pytest.mark.browser
@pytest.mark.skipif(shutil.which(CHROMIUM) is None, reason=NO_CHROMIUM)
def test_the_sheet_is_printed_on_two_pages_without_its_code(tmp_path):
    html, _ = HTMLExporter().from_filename(str(CHEAT_SHEET))
    file = tmp_path / "sheet.html"
    file.write_text(html, encoding="utf-8")
    with browser_page() as page:
        page.goto(file.as_uri())
        pdf = page.pdf(prefer_css_page_size=True, print_background=True)
        page.emulate_media(media="print")
        printed = page.locator("body").inner_text()

    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2
    assert "callLater" in printed
    assert "tried(" not in printed
    assert "AssertionError\n" not in printed


# The glossary.


def entries():
    """Give each term with its sentence and the page where it is shown."""
    text = "\n".join(cell.source for cell in read(GLOSSARY).cells if cell.cell_type == "markdown")
    return re.findall(r"^#### (.+)\n\n(.+\.) → \[chapter \d\d\]\((.+)\)$", text, re.MULTILINE)


def test_the_terms_are_in_order_and_linked_at_the_top():
    terms = [term for term, _, _ in entries()]
    first = read(GLOSSARY).cells[0].source
    headings = re.findall(r"^#### (.+)", read(GLOSSARY).cells[1].source, re.MULTILINE)

    assert len(terms) >= 20
    assert terms == sorted(terms, key=str.lower) == headings == re.findall(r"\[(.+?)\]\(#", first)


def test_a_term_has_one_sentence():
    assert [sentence for _, sentence, _ in entries() if re.search(r"\. \S", sentence)] == []


def is_in(term, path):
    """Tell whether the words of a notebook hold a term, in whatever form."""
    words = " ".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    return re.search(rf"\b{re.escape(term)}", words, re.IGNORECASE) is not None


@pytest.mark.parametrize(("term", "page"), [(term, page) for term, _, page in entries()])
def test_the_link_of_a_term_leads_to_a_page_that_has_it(term, page):
    assert is_in(term, GLOSSARY.parent / page)


def test_a_link_to_a_page_without_the_term_is_found():
    assert not is_in("back-off", NOTEBOOKS / "00_start_here.ipynb")
