"""What stands in a widget's picture: a timeline as an HTML image, or an error in its place."""

from __future__ import annotations

from html import escape

from course_lib.drawing.diagram import draw
from course_lib.timeline.timeline import Timeline

REDRAWN_AT = 96  # dots an inch: half the pixels of a printed picture, in half the time


def picture_of(seen: Timeline | BaseException) -> str:
    """Draw a timeline; of an error, also of the drawing's own, show the words: nobody else would."""
    try:
        if isinstance(seen, BaseException):
            raise seen
        return draw(seen).html(REDRAWN_AT)
    except BaseException as error:  # noqa: BLE001
        return f"<pre>{escape(f'{type(error).__name__}: {error}')}</pre>"
