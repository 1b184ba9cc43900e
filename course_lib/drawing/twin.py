"""What a diagram shows, in words: its twin in text, and the sentence that says what it is a picture of."""

from __future__ import annotations

from collections.abc import Sequence

from course_lib.drawing.frame import is_prediction, lanes_of
from course_lib.timeline.compare import first_difference
from course_lib.timeline.text import comparison_text
from course_lib.timeline.timeline import Timeline
from course_lib.words import number


def compared(timelines: Sequence[Timeline]) -> tuple[Timeline, Timeline] | None:
    """Find which timeline says what is expected of which other one: a prediction, or virtual time of a live run."""
    predictions = [t for t in timelines if is_prediction(t)]
    others = [t for t in timelines if not is_prediction(t)]
    if predictions and others:
        return predictions[0], others[0]
    if len(timelines) == 2 and timelines[0].live != timelines[1].live:
        virtual, live = sorted(timelines, key=lambda t: t.live)
        return virtual, live
    return None


def twin(timelines: Sequence[Timeline]) -> str:
    """Tell in text what the picture shows, without anything that was measured."""
    pair = compared(timelines)
    if pair is None:
        return "\n\n".join(map(repr, timelines))
    expected, got = pair
    difference = first_difference(expected, got)
    if is_prediction(expected):
        others = [repr(t) for t in timelines if not is_prediction(t)]
        return "\n".join([str(difference or "as predicted"), *others])
    texts = [comparison_text(expected), comparison_text(got)]
    if texts[0].split("\n")[1:] == texts[1].split("\n")[1:]:
        return f"virtual and live agree, times floored to 0.25 s\n{texts[0]}"
    sentence = f"virtual and live differ: {difference}" if difference else "virtual and live differ"
    return "\n".join([sentence, *texts])


def alternative(timelines: Sequence[Timeline]) -> str:
    """Say in a sentence what the picture is of; what happened in it is told by its text."""
    said = [f"{t.name} ({_kind(t)}), lanes {', '.join(lanes_of(t))}" for t in timelines]
    # Of what is not timed, the end of the axis may be measured, too.
    extent = f" from 0 to {number(max(t.until for t in timelines))} s" if all(t.timed for t in timelines) else ""
    return f"Timing diagram{extent}: {'; '.join(said)}."


def _kind(timeline: Timeline) -> str:
    return "expected" if is_prediction(timeline) else "live reactor" if timeline.live else "virtual time"
