"""One command re-executes notebooks and stores them; what fails is named, and its file is left as it was."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_lib.tools import contract
from course_lib.tools.refresh import main
from course_lib.tools.stored import normalised, read

RAISES = {"tags": ["raises-exception"]}


@pytest.fixture
def folder(tmp_path):
    """A folder for notebooks, with a space in its name."""
    path = tmp_path / "a course"
    path.mkdir()
    return path


def write(path, *cells):
    path.write_text(normalised(new_notebook(cells=list(cells))), encoding="utf-8")


@pytest.mark.kernel
def test_a_notebook_is_executed_and_stored_and_again_with_the_same_bytes(folder, capsys):
    path = folder / "00_start.ipynb"
    lesson = new_code_cell("import os\nprint('你好')\nprint(os.path.basename(os.getcwd()))")
    write(path, new_markdown_cell("Words."), lesson, new_code_cell("1 / 0", metadata=RAISES), new_code_cell("_"))

    codes = main(folder=folder), main(["00"], folder=folder)

    assert codes == (0, 0)
    first, failing, last = read(path).cells[1:]
    assert first.outputs[0].text == "你好\na course\n"
    assert failing.outputs[0].ename == "ZeroDivisionError"
    assert [cell.execution_count for cell in (first, failing, last)] == [1, 2, 3]
    assert contract.stored_as_normalised(path)
    assert capsys.readouterr().out.count("00_start.ipynb … ") == 2


@pytest.mark.kernel
def test_the_kernel_warns_of_nothing(folder, capfd):
    """As it does where what it sends is not encrypted."""
    write(folder / "00_start.ipynb", new_code_cell("1"))

    main(folder=folder)

    assert capfd.readouterr().err == ""


@pytest.mark.kernel
def test_a_cell_that_raises_is_named_and_the_file_stays_as_it_was(folder, capsys):
    path = folder / "01_bad.ipynb"
    write(path, new_markdown_cell("Words."), new_code_cell("1"), new_code_cell("int('x')"))
    before = path.read_bytes()

    code = main(folder=folder)

    assert code == 1
    assert "Cell 3 raised ValueError: invalid literal for int() with base 10: 'x'." in capsys.readouterr().out
    assert path.read_bytes() == before
    assert [file.name for file in folder.iterdir()] == ["01_bad.ipynb"]


@pytest.mark.kernel
def test_a_kernel_that_dies_is_told_from_a_cell_that_raises(folder, capsys):
    write(folder / "01_dies.ipynb", new_code_cell("import os\nos._exit(1)"))

    assert main(folder=folder) == 1
    assert "The kernel died in cell 1." in capsys.readouterr().out


def test_check_runs_nothing_and_names_what_is_not_normalised(folder, capsys):
    write(folder / "00_good.ipynb", new_code_cell("1 / 0"))
    (folder / "01_bad.ipynb").write_text((folder / "00_good.ipynb").read_text() + "\n")

    assert main(only_check=True, folder=folder) == 1
    assert capsys.readouterr().out.splitlines() == [
        "00_good.ipynb: normalised",
        "01_bad.ipynb: NOT normalised: course refresh 01_bad",
    ]


def test_an_unknown_name_is_answered_with_the_known_ones(folder, capsys):
    write(folder / "02_timers.ipynb")

    assert main(["7"], folder=folder) == 2
    assert capsys.readouterr().err == "No notebook's name begins with '7'. There are: 02_timers.\n"


def test_a_page_in_the_folder_further_is_found_by_its_name_too(folder, capsys):
    (folder / "further").mkdir()
    for name in ("02_timers", "further/glossary", "further/.ipynb_checkpoints/glossary"):
        (folder / name).parent.mkdir(exist_ok=True)
        write(folder / f"{name}.ipynb")

    assert (main(only_check=True, folder=folder), main(["gloss"], only_check=True, folder=folder)) == (0, 0)
    assert capsys.readouterr().out.split(": normalised\n") == ["02_timers.ipynb", *2 * ["glossary.ipynb"], ""]
