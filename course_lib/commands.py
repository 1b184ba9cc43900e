"""The command `course`: for learners their progress and their answers, for maintainers what keeps the course true."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import click

from course_lib.exercises.contents import KINDS

LEARNERS = ("progress", "check")
NAMES = click.argument("names", nargs=-1, metavar="[CHAPTER]...")
CHECK = click.option("--check", "only_check", is_flag=True, help="Run nothing; only say what is not as it would be.")


class Sections(click.Group):
    """A group of commands that lists those for learners before those for maintainers."""

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the two lists."""
        maintainers = [name for name in self.list_commands(context) if name not in LEARNERS]
        for heading, names in (("For learners", LEARNERS), ("For maintainers", maintainers)):
            with formatter.section(heading):
                formatter.write_dl([(name, self.commands[name].get_short_help_str(200)) for name in names])


class PassedOn(click.Command):
    """A command whose words all go to its tool, which has a parser of its own and takes a `--`."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Leave the words as they are."""
        context.params = {"arguments": [*args]}
        return []


@click.group(cls=Sections, context_settings={"help_option_names": ["-h", "--help"]})
def course() -> None:
    """Learn Twisted's task module, and keep the course that teaches it.

    CHAPTER is how a notebook's name begins: 02, or 02_timers. Without one, all of them are meant.
    """


@course.command()
@click.option("--reset", is_flag=True, help="Forget it all.")
def progress(*, reset: bool) -> None:
    """Tell what you have solved, chapter by chapter."""
    from course_lib.exercises import state

    if reset:
        state.reset()
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # into a pipe, Windows may write an alphabet that has no bars
    click.echo(repr(state.progress()))


@course.command()
@click.argument("name", metavar="EXERCISE")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--function", help="Which function of FILE answers, if there are several.")
def check(name: str, file: Path, function: str | None) -> None:
    """Check an answer that stands in a file of its own, as in: course check 02-5 my_debounce.py."""
    from course_lib.tools.answer_in_a_file import NoAnswer, checked

    try:
        feedback = checked(name, file, function)
    except NoAnswer as reason:
        raise click.ClickException(str(reason)) from None
    click.echo(repr(feedback))
    sys.exit(0 if feedback.right else 1)


@course.command()
@NAMES
@CHECK
def refresh(names: tuple[str, ...], *, only_check: bool) -> None:
    """Run lessons anew, each in a fresh kernel, and store them."""
    sys.exit(tool("refresh").main(names, only_check=only_check))


@course.command()
@NAMES
@CHECK
def generate(names: tuple[str, ...], *, only_check: bool) -> None:
    """Run solutions, store them, and make exercises of them."""
    sys.exit(tool("generate").main(names, only_check=only_check))


@course.command()
def ledger() -> None:
    """Tell which cell shows which misconception."""
    tool("ledger").main()


@course.command()
def overview() -> None:
    """List all exercises, with their wrong answers and misconceptions."""
    click.echo(tool("overview").overview())


@course.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--baseline", is_flag=True, help="Renew the pictures that the tests compare with.")
def gallery(folder: Path | None, *, baseline: bool) -> None:
    """Draw every kind of diagram into FOLDER, to look at, on light and on dark ground."""
    if baseline:
        tool("gallery").write_baseline()
    else:
        tool("gallery").write_gallery(folder or Path(mkdtemp(prefix="diagrams-")))


@course.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@NAMES
@click.option("--dark", is_flag=True, help="In JupyterLab's dark theme.")
def screenshots(folder: Path, names: tuple[str, ...], *, dark: bool) -> None:
    """Run notebooks in JupyterLab and photograph them into FOLDER."""
    tool("screenshots").photograph(folder, names or ("",), "Dark" if dark else "Light")


@course.command()
def bench() -> None:
    """Measure how fast it is, as ratios; exit 1 where a bar is missed."""
    sys.exit(tool("benchmarks.table").main())


@course.command(cls=PassedOn)
def matrix(arguments: list[str]) -> None:
    """Try the course on another Python, with the oldest or the newest versions."""
    sys.exit(tool("matrix").main(arguments))


@course.command()
@click.argument("names", nargs=-1, metavar="[ALTERATION]...")
@click.option("--jobs", default=1, show_default=True, help="How many at a time.")
def mutate(names: tuple[str, ...], jobs: int) -> None:
    """Try the course against altered copies of Twisted: it must notice."""
    sys.exit(tool("mutate").main(names, jobs))


@course.command()
@click.argument("times", type=click.IntRange(1))
@click.argument("notebooks", nargs=-1, type=click.Path(exists=True))
def load(times: int, notebooks: tuple[str, ...]) -> None:
    """Run all lessons so many times with every core busy, and say how late the latest call was."""
    sys.exit(tool("load").main(times, notebooks or ("notebooks",)))


@course.group()
def new() -> None:
    """Begin an exercise or a chapter: all its files, with what is to be written marked by "…"."""


@new.command("exercise")
@click.argument("name")
@click.option("--title", prompt=True)
@click.option("--kind", type=click.Choice(KINDS), default="write", show_default=True)
@click.option("--minutes", type=click.IntRange(1, 30), default=5, show_default=True)
def new_exercise(name: str, title: str, kind: str, minutes: int) -> None:
    """Begin an exercise, as in: course new exercise 05-7 --title "Three in a row"."""
    begun(lambda: tool("new").exercise(name, title, kind, minutes))


@new.command("chapter")
@click.argument("name")
@click.option("--title", prompt=True)
@click.option("--question", prompt="The question it answers")
def new_chapter(name: str, title: str, question: str) -> None:
    """Begin a chapter, as in: course new chapter 06 --title "When things fail"."""
    begun(lambda: tool("new").chapter(name, title, question))


def begun(begin: Callable[[], list[Path]]) -> None:
    """Begin something new and list its files, or say in a sentence why it cannot be begun."""
    try:
        for path in begin():
            click.echo(path)
    except tool("new").Taken as reason:
        raise click.ClickException(str(reason)) from None


def tool(name: str) -> Any:
    """Import a maintainer's tool, or say in a sentence what it lacks.

    The notebooks that it runs neither show nor change what the maintainer has solved.
    """
    from course_lib.exercises import state

    os.environ[state.VARIABLE] = os.devnull
    try:
        return import_module(f"course_lib.tools.{name}")
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("course_lib"):
            raise
        msg = (
            f"this is for maintainers and needs {(error.name or '').partition('.')[0]}, which is not here."
            " In a clone of the course's repository, run it as: uv run course …"
        )
        raise click.ClickException(msg) from None
