"""The links of notebooks and Markdown files: each must lead to a file, and to a heading of it if it names one."""

import re
from collections.abc import Iterator
from pathlib import Path

from course_lib.tools.stored import PROJECT, read

LINK = re.compile(r"\[[^\]]*\]\((?!https?:)([^)\s]*)[^)]*\)")
HEADING = re.compile(r"^#{1,6} +(.*?) *#*$", re.MULTILINE)
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
FOLDERS = ("notebooks", "exercises", "solutions")


def pages() -> list[Path]:
    """List what a reader clicks through: the notebooks, README and CONTRIBUTING."""
    notebooks = [path for folder in FOLDERS for path in sorted((PROJECT / folder).rglob("*.ipynb"))]
    return [*(path for path in notebooks if ".ipynb_checkpoints" not in path.parts), *sorted(PROJECT.glob("*.md"))]


def dead(path: Path) -> Iterator[str]:
    """Say which relative links of a page lead nowhere."""
    for target in LINK.findall(CODE.sub("", prose(path))):
        file, _, heading = target.partition("#")
        there = path.parent / file if file else path
        if not there.exists():
            yield f"{path.name}: {target} is not there"
        elif heading and heading not in anchors(there):
            yield f"{path.name}: {there.name} has no heading #{heading}"


def linked(path: Path) -> set[Path]:
    """List the files that a page links to."""
    targets = (target.partition("#")[0] for target in LINK.findall(CODE.sub("", prose(path))))
    return {(path.parent / file).resolve() for file in targets if file}


def anchors(path: Path) -> set[str]:
    """List the names of a page's headings: in a notebook as JupyterLab makes them, else as GitHub does."""
    headings = HEADING.findall(re.sub(r"^```.*?^```", "", prose(path), flags=re.MULTILINE | re.DOTALL))
    if path.suffix == ".ipynb":
        return {re.sub(r"[`*]", "", heading).replace(" ", "-") for heading in headings}
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


def prose(path: Path) -> str:
    """Return the Markdown of a page."""
    if path.suffix != ".ipynb":
        return path.read_text(encoding="utf-8") if path.is_file() else ""
    return "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
