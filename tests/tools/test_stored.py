"""A notebook has one stored form, whoever ran it, wherever and however often."""

import json
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_lib.tools.stored import METADATA, PROJECT, normalised, read


def stored(*cells, **metadata):
    notebook = new_notebook()
    notebook.update(cells=list(cells), metadata=metadata)
    return json.loads(normalised(notebook))


def outputs_of(*outputs):
    return stored(new_code_cell("f()", execution_count=1, outputs=list(outputs)))["cells"][0]["outputs"]


def error(*traceback):
    return new_output("error", ename="E", evalue="why", traceback=list(traceback))


def test_normalising_twice_changes_nothing():
    cell = new_code_cell("f()", outputs=[new_output("stream", text="a\rb\n"), new_output("stream", text="c")])

    once = normalised(new_notebook(cells=[new_markdown_cell("Words 你好"), cell]))

    assert normalised(nbformat.reads(once, as_version=4)) == once


def test_the_notebook_at_hand_is_left_alone():
    notebook = new_notebook(cells=[new_code_cell("f()", metadata={"scrolled": True})])

    normalised(notebook)

    assert notebook.cells[0].metadata == {"scrolled": True}


def test_text_is_stored_as_written_in_sorted_json_with_one_newline_at_the_end():
    text = normalised(new_notebook(cells=[new_markdown_cell("你好")]))

    assert "你好" in text
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def test_a_valid_id_is_kept_and_the_others_are_counted():
    cells = [new_markdown_cell("words") for _ in range(5)]
    for cell, name in zip(cells, ["intro", "", "intro", "not valid!", "c01"], strict=True):
        cell["id"] = name

    assert [cell["id"] for cell in stored(*cells)["cells"]] == ["intro", "c02", "c03", "c04", "c01"]


def test_nothing_of_the_machine_stays_in_the_metadata():
    assert stored(kernelspec={"name": "mine"}, widgets={}, toc={})["metadata"] == METADATA


def test_of_a_cell_s_metadata_tags_and_nbgrader_stay():
    cell = new_code_cell("f()", metadata={"tags": ["real-only"], "nbgrader": {"solution": True}, "collapsed": True})

    assert stored(cell)["cells"][0]["metadata"] == {"tags": ["real-only"], "nbgrader": {"solution": True}}


def test_what_a_stream_wrote_in_a_row_is_one_output():
    out, err = new_output("stream", text="a\n"), new_output("stream", name="stderr", text="b\n")

    assert [o["text"] for o in outputs_of(out, out, err, out)] == [["a\n", "a\n"], ["b\n"], ["a\n"]]


def test_of_a_progress_line_its_last_state_stays():
    assert outputs_of(new_output("stream", text="1 of 2\r2 of 2\ndone\n"))[0]["text"] == [
        "2 of 2\n",
        "done\n",
    ]


def test_a_widget_keeps_its_text_and_loses_the_name_of_a_model_that_is_gone():
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "abc"}, "text/plain": "a slider"}

    assert outputs_of(new_output("display_data", data=view))[0]["data"] == {"text/plain": ["a slider"]}


def test_a_traceback_names_files_as_every_machine_has_them():
    home = str(Path("/home") / "ada lovelace")
    lines = [
        f"File \x1b[32m{home}/env/lib/python3.11/site-packages/twisted/internet/task.py:251\x1b[39m, in f",
        "File ~/.pyenv/lib/python3.12/heapq.py:3, in heappush",
        f"File {PROJECT}/course_lib/clock.py:7, in advance",
    ]

    assert outputs_of(error(*lines))[0]["traceback"] == [
        "File \x1b[32mtwisted/internet/task.py:251\x1b[39m, in f",
        "File heapq.py:3, in heappush",
        "File course_lib/clock.py:7, in advance",
    ]


def test_cells_stored_without_ids_get_the_same_ones_at_each_reading(tmp_path):
    path = tmp_path / "old.ipynb"
    cells = [{"cell_type": "markdown", "metadata": {}, "source": "words"}] * 2
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))

    assert [cell["id"] for cell in json.loads(normalised(read(path)))["cells"]] == ["c01", "c02"]
