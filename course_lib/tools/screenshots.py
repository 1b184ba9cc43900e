"""Run notebooks in JupyterLab and photograph them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from course_lib.tools.browser import (
    PARTS,
    browser_page,
    change_theme,
    close_notebook,
    copy_of_notebooks,
    jupyterlab,
    open_from_file_browser,
    open_lab,
    photographs,
    run_all,
)  # fmt: skip
from course_lib.tools.refresh import lessons_and_pages


def photograph(out: Path, names: Sequence[str], theme: str) -> None:
    """Write OUT/NAME-THEME-NUMBER.png for each notebook whose name begins so; the theme is Light or Dark."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = copy_of_notebooks(Path(temporary))
        with jupyterlab(folder) as lab, browser_page() as page:
            open_lab(page, lab)
            change_theme(page, theme)
            for path in (path for part in PARTS for path in lessons_and_pages(folder / part)):
                name = str(path.relative_to(folder))
                if any(name.startswith((word, f"notebooks/{word}", f"notebooks/further/{word}")) for word in names):
                    open_from_file_browser(page, name)
                    run_all(page)
                    for file in photographs(page, out / f"{path.parent.name}-{path.stem}-{theme.lower()}"):
                        print(file)
                    close_notebook(page)
