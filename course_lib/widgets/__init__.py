"""What a reader moves and presses: sliders over virtual time, and buttons on what is live in the reactor."""

from course_lib.widgets.buttons import by_hand
from course_lib.widgets.sliders import what_if

__all__ = ["by_hand", "what_if"]
