"""Every notebook keeps the contract of a chapter, and every clause of it can be broken."""

from base64 import b64encode
from html import escape
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_lib.drawing.png import sealed
from course_lib.exercises.contents import COURSE
from course_lib.tools import contract
from course_lib.tools.links import linked
from course_lib.tools.refresh import NOTEBOOKS, lessons_and_pages
from course_lib.tools.stored import FURTHER, PROJECT, normalised, read

LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))
PAGES = sorted((NOTEBOOKS / FURTHER).glob("*.ipynb"))
PATHS = lessons_and_pages()


def name(parameter):
    """Name a notebook or a clause in the name of a test."""
    return parameter.stem if isinstance(parameter, Path) else parameter.__name__


each_notebook = pytest.mark.parametrize("path", PATHS, ids=name)
each_clause = pytest.mark.parametrize("clause", contract.CLAUSES, ids=name)


def test_there_are_lessons_and_pages():
    assert LESSONS
    assert PAGES
    assert PATHS == LESSONS + PAGES


def test_the_table_of_contents_names_every_notebook_and_each_is_there():
    folder = {path for path in NOTEBOOKS.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts}

    assert folder - set(PAGES) == {NOTEBOOKS / f"{chapter.notebook}.ipynb" for chapter in COURSE.chapters}


@pytest.mark.parametrize(
    ("clause", "path"), [(clause, path) for path in PATHS for clause in contract.clauses(path)], ids=name
)
def test_a_notebook_keeps(clause, path):
    assert list(clause(read(path))) == []


@each_notebook
def test_a_notebook_is_stored_as_normalised(path):
    stored = contract.stored_as_normalised(path)

    assert stored, f"run: uv run course refresh {path.stem}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_page_is_linked_from_a_lesson_and_leads_back_to_one(page):
    assert [lesson for lesson in LESSONS if page in linked(lesson)]
    assert linked(page) & set(LESSONS)


# The other half: a chapter that keeps every clause, and one way or more to break each.


PNG = b"the bytes of a picture, and its last chunk"


def image(text, sealed_with=None, png=PNG):
    """Write a picture with an alternative text as a diagram does, sealed with that text or another."""
    data = b64encode(sealed(png, text if sealed_with is None else sealed_with)).decode()
    return f'<img src="data:image/png;base64,{data}" width="9" height="9" alt="{escape(text)}">'


def sound():
    """Make a chapter of two code cells that breaks no clause."""
    picture = {
        "text/html": image("a <heartbeat>"),
        "text/plain": "beat   |▮  ▮  ▮  ▮| 0, 0.25, 0.5 and 0.75 s, none late",
    }
    return new_notebook(
        cells=[
            new_markdown_cell("What does a heartbeat look like? " * 3),
            new_code_cell("from course_lib import run", execution_count=1),
            new_markdown_cell("Predict it."),
            new_code_cell(
                "run(heartbeat)",
                execution_count=2,
                outputs=[new_output("execute_result", data=picture, execution_count=2)],
            ),
        ]
    )


def prints(text):
    return {"outputs": [new_output("stream", text=text)]}


def raises(evalue="why", traceback=()):
    output = new_output("error", ename="ValueError", evalue=evalue, traceback=list(traceback))
    return {"outputs": [output], "metadata": {"tags": ["raises-exception"]}}


def shows_picture(text):
    data = {"text/html": '<img src="data:image/png;base64,iVBORw0KGgo=">'} | ({"text/plain": text} if text else {})
    return {"outputs": [new_output("display_data", data=data)]}


def shows(html):
    return {"outputs": [new_output("display_data", data={"text/html": html, "text/plain": "a text twin " * 9})]}


def says(prose):
    return {"cell_type": "markdown", "source": prose}


def tagged(*tags):
    return {"metadata": {"tags": list(tags)}}


HOME = str(Path("/home") / "ada")
BROKEN = {
    "skip comment": (contract.nothing_is_skipped, {"source": "# NBVAL_SKIP\nf()"}),
    "skip comment in lower case": (contract.nothing_is_skipped, {"source": "# nbval_skip\nf()"}),
    "ignore comment": (contract.nothing_is_skipped, {"source": "f()\n# NBVAL_IGNORE_OUTPUT"}),
    "old ignore comment": (contract.nothing_is_skipped, {"source": "# PYTEST_VALIDATE_IGNORE_OUTPUT\nf()"}),
    "skip tag": (contract.nothing_is_skipped, tagged("nbval-skip")),
    "ignore tag in capitals": (contract.nothing_is_skipped, tagged("real-only", "NBVAL-Ignore-Output")),
    "error comment": (contract.nothing_is_skipped, {"source": "# NBVAL_RAISES_EXCEPTION\nf()"}),
    "captured output": (contract.nothing_is_skipped, {"source": "%%capture\nf()"}),
    "empty cell": (contract.no_cell_is_empty, {"source": " \n"}),
    "not executed": (contract.executed_in_order, {"execution_count": None}),
    "executed twice": (contract.executed_in_order, {"execution_count": 3}),
    "untagged error": (contract.errors_are_meant, raises() | tagged()),
    "tag without error": (contract.errors_are_meant, tagged("raises-exception")),
    "error nobody speaks of": (contract.errors_are_the_lesson, raises()),
    "picture of another text": (contract.pictures_are_of_their_text, shows(image("four beats", "five beats"))),
    "picture changed afterwards": (
        contract.pictures_are_of_their_text,
        shows(image("a beat").replace(b64encode(PNG[:9]).decode(), b64encode(b"THE BYTES").decode())),
    ),
    "picture without a seal": (
        contract.pictures_are_of_their_text,
        shows(f'<img src="data:image/png;base64,{b64encode(PNG).decode()}" alt="a heartbeat">'),
    ),
    "figure out of the air": (contract.figures_are_backed, says("It took 1.6 s.")),
    "figure in a list": (contract.figures_are_backed, says("It beats at 0, 0.25 and 1.5 s.")),
    "picture alone": (contract.pictures_have_a_text_twin, shows_picture(None)),
    "picture with a short text": (contract.pictures_have_a_text_twin, shows_picture("a heartbeat")),
    "picture with a repr": (
        contract.pictures_have_a_text_twin,
        shows_picture("<Axes: title={'center': 'A heartbeat'}, xlabel='seconds'>"),
    ),
    "address in a stream": (contract.no_address, prints("<function beat at 0x7f3a5c0d9e40>")),
    "address in an error": (contract.no_address, raises("<Clock object at 0x10a2b3c4d>")),
    "address in a traceback": (
        contract.no_address,
        raises(traceback=["f(<C at \x1b[32m0x10a2b3c4d\x1b[0m>)"]),
    ),
    "home in a stream": (contract.no_machine, prints(f"reading {HOME}/course/data.csv")),
    "home in a traceback": (contract.no_machine, raises(traceback=["File \x1b[32m~/course/task.py:3"])),
    "home in the code": (contract.no_machine, {"source": f"open('{HOME}/data.csv')"}),
    "temporary folder": (contract.no_machine, prints("/tmp/ipython/1.py:3: Warning")),
    "drive": (contract.no_machine, prints(r"C:\Users\ada\course")),
    "this checkout": (contract.no_machine, prints(f"{PROJECT}/course_lib/clock.py:3: Warning")),
    "long cell": (contract.cells_are_short, {"source": "f()\n" * 26}),
    "code without prose": (contract.prose_carries_the_code, {"source": "f()\n" * 9}),
}


@each_clause
def test_a_sound_chapter_keeps(clause):
    assert list(clause(sound())) == []


@pytest.mark.parametrize(("clause", "change"), BROKEN.values(), ids=BROKEN)
def test_a_breach_is_found(clause, change):
    broken = sound()
    broken.cells[3].update(nbformat.from_dict(change))

    assert len(list(clause(broken))) == 1


@pytest.mark.parametrize("lengths", [[5, 5, 5], [1] * 8 + [13, 13, 13]], ids=["median", "p90"])
def test_long_cells_are_found(lengths):
    broken = new_notebook(cells=[new_code_cell("f()\n" * length) for length in lengths])

    assert len(list(contract.cells_are_short(broken))) == 1


def test_what_is_to_be_copied_whole_may_be_longer_but_not_too_long():
    def found(lines, tag):
        whole = [new_code_cell("f()\n" * lines, metadata={"tags": [tag]}) for _ in range(9)]
        return len(list(contract.cells_are_short(new_notebook(cells=[new_code_cell("f()"), *whole]))))

    assert [found(25, "recipe"), found(25, "test"), found(25, "M1"), found(26, "recipe")] == [0, 0, 1, 1]


def test_prose_without_code_is_found():
    broken = sound()
    broken.cells[0].source *= 9

    assert len(list(contract.prose_carries_the_code(broken))) == 1


def test_code_before_the_imports_is_found():
    broken = sound()
    broken.cells[1].source = "beat = 0.25"

    assert list(contract.starts_with_imports(broken)) == ["the first code cell is not the imports"]


def test_every_clause_has_a_breach():
    shown = {clause for clause, _ in BROKEN.values()} | {contract.starts_with_imports}

    assert shown == set(contract.CLAUSES)


def test_one_byte_off_the_normal_form_is_found(tmp_path):
    text = normalised(sound())
    path = tmp_path / "00_sound.ipynb"

    found = []
    for variant in (text, text + "\n", text.replace('"language": "python"', '"language": "Python"')):
        path.write_text(variant, encoding="utf-8")
        found.append(contract.stored_as_normalised(path))

    assert found == [True, False, False]


def test_a_page_to_look_up_keeps_every_clause_but_one():
    lesson, page = (contract.clauses(NOTEBOOKS / name) for name in ("07_last.ipynb", f"{FURTHER}/glossary.ipynb"))

    assert lesson == contract.CLAUSES
    assert set(lesson) - set(page) == {contract.prose_carries_the_code}
