"""Run notebooks in JupyterLab and photograph them: `uv run python -m tests.screenshots FOLDER 00 01 … [--dark]`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.jupyterlab import (
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
from tests.refresh import lessons_and_pages


def main(arguments: list[str]) -> None:
    """Write FOLDER/NAME-THEME-NUMBER.png for each notebook whose name begins with one of the words."""
    theme = "Dark" if "--dark" in arguments else "Light"
    out, *words = [a for a in arguments if not a.startswith("--")]
    Path(out).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = copy_of_notebooks(Path(temporary))
        with jupyterlab(folder) as lab, browser_page() as page:
            open_lab(page, lab)
            change_theme(page, theme)
            for path in (path for part in PARTS for path in lessons_and_pages(folder / part)):
                name = str(path.relative_to(folder))
                if any(name.startswith((word, f"notebooks/{word}", f"notebooks/further/{word}")) for word in words):
                    open_from_file_browser(page, name)
                    run_all(page)
                    for file in photographs(page, Path(out) / f"{path.parent.name}-{path.stem}-{theme.lower()}"):
                        print(file)
                    close_notebook(page)


if __name__ == "__main__":
    main(sys.argv[1:])
