"""What a learner reads: feedback, hints and solutions, as values that print and that a notebook renders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from course_lib.timeline.compare import Difference
from course_lib.timeline.timeline import Timeline


class Outcome(Enum):
    """What a check can come to."""

    RIGHT = "right"
    WRONG = "wrong"
    NOT_ATTEMPTED = "not attempted"
    RAISED = "your code raised"


SIGNS = {Outcome.RIGHT: "✓", Outcome.WRONG: "✗", Outcome.NOT_ATTEMPTED: "○", Outcome.RAISED: "⚠"}


class Shown:
    """A value that prints as its paragraphs; a notebook renders them, and a picture below them."""

    def paragraphs(self) -> Iterator[str]:
        """Yield the paragraphs, in Markdown that is also good to read as it stands."""
        raise NotImplementedError

    def diagram(self) -> Any:
        """Draw the picture, None if there is none."""
        return None

    def in_words(self) -> str:
        """Say the same in plain text."""
        return "\n".join(map(plain, self.paragraphs()))

    def __repr__(self) -> str:
        diagram = self.diagram()
        return self.in_words() if diagram is None else f"{self.in_words()}\n{diagram!r}"

    def _ipython_display_(self) -> None:
        """Show the sentences and the picture as two outputs: of one with both, a notebook would show the picture only."""
        from IPython.display import display

        show: Any = display
        show({"text/markdown": "\n\n".join(self.paragraphs()), "text/plain": self.in_words()}, raw=True)
        diagram = self.diagram()
        if diagram is not None:
            show(diagram)


@dataclass(frozen=True, repr=False)
class Feedback(Shown):
    """What a check has found. `misconception` is the ledger's name of the mistake, which no learner needs."""

    exercise: str
    outcome: Outcome
    verdict: str
    tried: str = ""  # what was given, where the task does not say it
    difference: str = ""
    cause: str = ""
    hint: str = ""
    lines: tuple[str, ...] = ()  # the learner's own, where the code raised
    printed: str = ""
    then: str = ""  # what to do next
    aside: str = ""  # what has to do with the machine, not with the answer
    rows: tuple[Timeline, ...] = ()
    ring: Difference | None = None
    misconception: str = ""

    @property
    def right(self) -> bool:
        """Say whether the answer is right."""
        return self.outcome is Outcome.RIGHT

    def paragraphs(self) -> Iterator[str]:
        """Yield verdict, first difference, likely cause and hint, in this order."""
        yield f"**{SIGNS[self.outcome]} {self.verdict}**"
        if self.lines:
            yield code_block("\n".join(self.lines))
        if self.tried and not self.difference:
            yield escaped(f"That was with {self.tried}; with the numbers of the task it runs.")
        if self.difference:
            told = f"{self.difference[:1].upper()}{self.difference[1:]}."
            yield escaped(f"With {self.tried}: {self.difference}." if self.tried else told)
        if self.cause:
            yield f"*Likely cause:* {escaped(self.cause)}"
        if self.hint:
            yield f"*Ask yourself:* {escaped(self.hint)}"
        yield from filter(None, (self.then, escaped(self.aside)))
        if self.printed:
            yield "Your code printed:"
            yield code_block(self.printed)

    def diagram(self) -> Any:
        """Draw what was expected and what came of the answer, with the first difference ringed."""
        if not self.rows:
            return None
        from course_lib.exercises.picture import picture  # matplotlib is slow to load

        return picture(self.rows, self.ring, self.difference)


@dataclass(frozen=True, repr=False)
class Hint(Shown):
    """One rung of the ladder of hints."""

    exercise: str
    number: int
    of: int
    text: str
    repeated: bool = False

    def paragraphs(self) -> Iterator[str]:
        """Yield the hint, and how to get the next."""
        yield f"**Hint {self.number} of {self.of}.** {escaped(self.text)}"
        if self.repeated:
            yield "There are no more hints; this was the last."
        elif self.number < self.of:
            yield f'For the next one: `exercise("{self.exercise}").hint()`'
        else:
            yield "This was the last hint."


@dataclass(frozen=True, repr=False)
class Solution(Shown):
    """The solution as it stands in its notebook, or why it is not shown."""

    exercise: str
    cells: tuple[tuple[str, str], ...] = ()  # (kind, source)
    instead: str = ""
    where: str = ""

    def paragraphs(self) -> Iterator[str]:
        """Yield the cells of the solution, and where they are from."""
        if self.instead:
            yield self.instead
            return
        yield f"**One solution of {self.exercise}**, from `{self.where}`:"
        for kind, source in self.cells:
            yield code_block(source, "python") if kind == "code" else source


def code_block(text: str, language: str = "") -> str:
    """Make a block of code of a text."""
    fence = "```" if "```" not in text else "~~~~"
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def escaped(text: str) -> str:
    """Keep Markdown from reading signs into a sentence; what stands in backticks is code and stays."""
    parts = text.split("`")
    for k in range(0, len(parts), 2):
        for sign in "\\*_<":
            parts[k] = parts[k].replace(sign, f"\\{sign}")
    return "`".join(parts)


def plain(paragraph: str) -> str:
    """Take the Markdown out of a paragraph, for those who read it as text."""
    if paragraph.startswith(("```", "~~~~")):
        return "\n".join(f"    {line}" for line in paragraph.split("\n")[1:-1])
    text = (
        paragraph.replace("**", "")
        .replace("*Likely cause:*", "Likely cause:")
        .replace("*Ask yourself:*", "Ask yourself:")
    )
    for sign in "*_<\\":
        text = text.replace(f"\\{sign}", sign)
    return text
