"""Exercise 01-4: five ways to do the same three jobs, as pictures, and which is which.

Each job computes, waits, and computes again; a bar is a stretch in which it computes, or holds whoever waits with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from course_lib.exercises.answers import Incorrect, said
from course_lib.exercises.check import Attempt, Lanes, Mistake, Prediction, Scenario

ONE_BY_ONE, LOOP, BLOCKED, THREADS, PROCESSES = WAYS = (
    "one after the other", "loop", "blocked loop", "threads", "processes"
)  # fmt: skip
BEATS = [0.25 * k for k in range(13)]

# Jobs that compute 0.2 s, wait 0.6 s and compute 0.2 s …
SHOWN: Mapping[str, Lanes] = {
    ONE_BY_ONE: {
        "A": [(0, 0.2), (0.8, 1)],
        "B": [(1, 1.2), (1.8, 2)],
        "C": [(2, 2.2), (2.8, 3)],
        "heartbeat": [],
    },
    LOOP: {
        "A": [(0, 0.2), (0.8, 1)],
        "B": [(0.2, 0.4), (1, 1.2)],
        "C": [(0.4, 0.6), (1.2, 1.4)],
        "heartbeat": [0, 0.6, 0.75, 1, 1.4, 1.5, 1.75, 2, 2.25, 2.5, 2.75, 3],
    },
    BLOCKED: {"A": [(0, 1)], "B": [(1, 2)], "C": [(2, 3)], "heartbeat": [0, 3]},
    THREADS: {
        "A": [(0, 0.1), (0.3, 0.4), (1, 1.1), (1.2, 1.3)],
        "B": [(0.1, 0.2), (0.4, 0.5), (1.1, 1.2), (1.4, 1.5)],
        "C": [(0.2, 0.3), (0.5, 0.6), (1.3, 1.4), (1.5, 1.6)],
        "heartbeat": BEATS,
    },
    PROCESSES: {lane: [(0, 0.2), (0.8, 1)] for lane in "ABC"} | {"heartbeat": BEATS},
}

# … and jobs that compute 0.4 s, wait 0.3 s and compute 0.4 s.
HIDDEN: Mapping[str, Lanes] = {
    PROCESSES: {lane: [(0, 0.4), (0.7, 1.1)] for lane in "ABC"} | {"heartbeat": BEATS},
    THREADS: {
        "A": [(0, 0.2), (0.6, 0.8), (1.2, 1.6)],
        "B": [(0.2, 0.4), (0.8, 1), (1.6, 2)],
        "C": [(0.4, 0.6), (1, 1.2), (2, 2.4)],
        "heartbeat": BEATS,
    },
    BLOCKED: {"A": [(0, 1.1)], "B": [(1.1, 2.2)], "C": [(2.2, 3.3)], "heartbeat": [0, 3.3]},
    ONE_BY_ONE: {
        "A": [(0, 0.4), (0.7, 1.1)],
        "B": [(1.1, 1.5), (1.8, 2.2)],
        "C": [(2.2, 2.6), (2.9, 3.3)],
        "heartbeat": [],
    },
    LOOP: {
        "A": [(0, 0.4), (1.2, 1.6)],
        "B": [(0.4, 0.8), (1.6, 2)],
        "C": [(0.8, 1.2), (2, 2.4)],
        "heartbeat": [0, 1.2, 2, 2.4, 2.5, 2.75, 3, 3.25],
    },
}


def named(name: Any, scenario: Scenario) -> Lanes:
    """Look up what the picture would be if it was what the learner calls it."""
    family = HIDDEN if scenario.hidden else SHOWN
    if not isinstance(name, str) or name not in family:
        msg = f"each picture is one of {', '.join(map(repr, WAYS))}. Yours was called {said(name)}."
        raise Incorrect(msg)
    return family[name]


def taken_for(attempt: Attempt, *ways: str) -> bool:
    """Say whether one of these ways was taken for another of them."""
    family = HIDDEN if attempt.scenario.hidden else SHOWN
    lanes = {way: {lane: sorted(attempt.got.times(lane)) for lane in "ABC"} for way in ways}
    starts = {way: {lane: [bar[0] for bar in family[way][lane]] for lane in "ABC"} for way in ways}  # type: ignore[index]
    return attempt.scenario.expected in [family[way] for way in ways] and any(lanes[way] == starts[way] for way in ways)


CHECK = Prediction(
    tuple(
        Scenario({"picture": lanes}, lanes, until=3.5, hidden=family is HIDDEN, words="another picture of the five")
        for family in (SHOWN, HIDDEN)
        for lanes in family.values()
    ),
    (
        Mistake(
            "M48",
            "Both this picture and the one that you named let the waits overlap.",
            "Compare the bars: in which of the two is a computation cut in pieces?",
            when=lambda attempt: taken_for(attempt, THREADS, LOOP),
        ),
        Mistake(
            "M48",
            "Both this picture and the one that you named are of several workers.",
            "Find an instant with two bars one above the other. Only one picture has it.",
            when=lambda attempt: taken_for(attempt, THREADS, PROCESSES),
        ),
        Mistake(
            "M29",
            "Both this picture and the one that you named do one job after the other.",
            "Look at the heartbeat and at the waits: in which of the two is there a loop that is held up?",
            when=lambda attempt: taken_for(attempt, ONE_BY_ONE, BLOCKED),
        ),
        Mistake(
            "M29",
            "Both this picture and the one that you named have one bar at a time, and no bar cut in pieces.",
            "In which of the two does B begin while A waits?",
            when=lambda attempt: taken_for(attempt, LOOP, BLOCKED, ONE_BY_ONE),
        ),
    ),
    {"heartbeat": "beat {k} of the heartbeat", "": "bar {k} of {lane}"},
    read=named,
    title="the picture",
)
