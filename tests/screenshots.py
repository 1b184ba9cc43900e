"""Run notebooks in JupyterLab and photograph them: `uv run python -m tests.screenshots FOLDER 00 01 … [--dark]`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

from tests.jupyterlab import browser_page, copy_of_notebooks, jupyterlab, open_notebook, run_all

SCROLLER = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer"


def main(arguments: list[str]) -> None:
    """Write FOLDER/NAME-THEME-NUMBER.png for each notebook whose name begins with one of the words."""
    dark = "--dark" in arguments
    out, *words = [a for a in arguments if not a.startswith("--")]
    Path(out).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = copy_of_notebooks(Path(temporary))
        with jupyterlab(folder, dark=dark) as lab, browser_page() as page:
            for path in sorted(folder.glob("*/*.ipynb")):
                if any(str(path.relative_to(folder)).startswith((word, f"notebooks/{word}")) for word in words):
                    open_notebook(page, lab, str(path.relative_to(folder)))
                    run_all(page)
                    for file in photographs(page, Path(out) / f"{path.stem}-{'dark' if dark else 'light'}"):
                        print(file)


def photographs(page: Page, stem: Path) -> Iterator[Path]:
    """Photograph the notebook from top to bottom, a screenful each."""
    whole, seen = page.evaluate(
        f"() => {{ const s = document.querySelector('{SCROLLER}'); return [s.scrollHeight, s.clientHeight] }}"
    )
    for number in range(-(-whole // seen)):
        page.evaluate(f"() => document.querySelector('{SCROLLER}').scrollTo(0, {number * seen})")
        file = Path(f"{stem}-{number + 1}.png")
        page.locator(SCROLLER).screenshot(path=file)
        yield file


if __name__ == "__main__":
    main(sys.argv[1:])
