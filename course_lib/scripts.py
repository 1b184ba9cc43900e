"""A program in a Python of its own: what it printed, its last error and how it ended, the same on every machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any

from course_lib.words import seconds

LIMIT = 30.0  # seconds
COLOURFUL = {"FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR"}  # Jupyter sets all three; from 3.13 on Python heeds the first
PLAIN = {"NO_COLOR": "1", "PYTHON_COLORS": "0", "PYTHONIOENCODING": "utf-8"}
# In UTF-8; each line at once, so that nothing is lost at the limit; without warnings, of which each Python has its own.
OPTIONS = ("-X", "utf8", "-u", "-W", "ignore")
LIBRARIES = tuple(sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib"))  # the outermost last
GUESS = re.compile(r"\. Did you (?:mean|forget)\b.*")  # at what was meant; a newer Python has more guesses


@dataclass(frozen=True)
class Ending:
    """What a program has written to stdout and to stderr, and how it ended."""

    stdout: str
    stderr: str
    how: str

    @property
    def last_error(self) -> str:
        """The last line on stderr: of a traceback, the one that says what was raised."""
        lines = self.stderr.split("\n")
        return next((GUESS.sub("", line) for line in reversed(lines) if line.strip()), "")


def run_script(source: str, *, limit: float = LIMIT) -> None:
    """Run a program for at most `limit` seconds; print what it printed, its last error, and how it ended."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        file = Path(folder, "script.py")
        file.write_text(source, encoding="utf-8")
        ending = run_python(file.name, folder=folder, limit=limit)
    said = (ending.stdout.rstrip("\n"), ending.last_error, ending.how)
    print(*filter(None, said), sep="\n")


def run_python(*arguments: str, folder: str | Path, limit: float = LIMIT) -> Ending:
    """Run `python arguments…` in a folder for at most `limit` seconds. A file inside the folder is named without it."""
    command = [sys.executable, *OPTIONS, *arguments]
    # Files and no pipes: a pipe is read until the last of the program's own children has closed it.
    with _file() as stdout, _file() as stderr:
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, cwd=folder, env=plain(os.environ),
                timeout=limit, check=False,
            )  # fmt: skip
            how = f"exit code {done.returncode}"
        except subprocess.TimeoutExpired:
            how = f"still running after {seconds(limit)}: stopped"
        return Ending(_read(stdout, folder), _read(stderr, folder), how)


def plain(environment: Mapping[str, str]) -> dict[str, str]:
    """Copy an environment for a program whose output is read: no colours are asked for, and all is UTF-8."""
    return {name: value for name, value in environment.items() if name not in COLOURFUL} | PLAIN


def _file() -> Any:
    return TemporaryFile("w+", encoding="utf-8", errors="replace")


def _read(file: IO[str], folder: str | Path) -> str:
    """Read what a program has written, its paths shortened to what is the same everywhere: twisted/internet/task.py."""
    file.seek(0)
    text = file.read()
    for place in (str(Path(folder).resolve()), str(folder), *LIBRARIES):
        for written in (place.replace("\\", "\\\\"), place):  # as in a repr, and as it is: they differ on Windows
            text = re.sub(re.escape(written) + r"[\\/]+", "", text)
    return text
