"""Exercise 01-5: a server that blocks while it looks something up."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from course_lib.course.parts import failing_with, heartbeat, holds, nothing
from course_lib.exercises.check import Experiment, Mistake, Program, Scenario

Reply = Callable[[str], None]


def server(serve: Callable[..., Any], clients: Mapping[str, float]) -> Experiment:
    """Clients have come, each with a look-up that takes so many seconds: serve them so that the heartbeat is never late."""

    def experiment(clock: Any, timeline: Any) -> Any:
        beating = heartbeat(clock, timeline)
        replies = {client: timeline.traced(nothing, name=client) for client in clients}
        beating.addErrback(lambda _: None)

        def reply(client: str) -> None:
            replies[client]()

        return failing_with(serve(clock, timeline, dict(clients), reply))

    return experiment


def sleeps(answer: Any) -> bool:
    """Say whether an answer names `sleep`, or `time.sleep`."""
    return "sleep" in getattr(getattr(answer, "__code__", None), "co_names", ())


BEATS = [0, 0.25, 0.5, 0.75, 1]

CHECK = Program(
    (
        Scenario(
            {"clients": {"client 1": 0.3, "client 2": 0.3, "client 3": 0.3}},
            {"heartbeat": BEATS, "client 1": [0.3], "client 2": [0.3], "client 3": [0.3]},
            until=1.1,
        ),
        Scenario(
            {"clients": {"client 1": 0.2, "client 2": 0.6, "client 3": 0.4, "client 4": 0.2}},
            {"heartbeat": BEATS, "client 1": [0.2], "client 2": [0.6], "client 3": [0.4], "client 4": [0.2]},
            until=1.1,
            hidden=True,
            words="look-ups of 0.2, 0.6, 0.4 and 0.2 s",
        ),
    ),
    (
        Mistake(
            "M17",
            "`async` changed how your function is called, not what it does: it still holds the reactor.",
            "Where in it does it give the reactor back while a look-up goes on?",
            when=lambda attempt: inspect.iscoroutinefunction(attempt.answer) and bool(holds(attempt.got)),
        ),
        Mistake(
            "M29",
            "You moved the blocking to a later turn, where it takes as long as before.",
            "What could wait in the place of `block`, without holding the reactor?",
            when=lambda attempt: any((c.ended or 0) - (c.ran or 0) > 0.05 for c in attempt.got.calls),
        ),
        Mistake(
            "M29",
            "Each look-up still holds the reactor: `time.sleep` blocks, as `block` does.",
            "What could wait in the place of `sleep`, without holding the reactor?",
            when=lambda attempt: bool(holds(attempt.got)) and sleeps(attempt.answer),
        ),
        Mistake(
            "M29",
            "Each look-up still holds the reactor.",
            "What could wait in the place of `block`, without holding the reactor?",
            when=lambda attempt: bool(holds(attempt.got)),
        ),
        Mistake(
            "M47",
            "Nothing is held up any more, but the second look-up began only when the first had ended.",
            "Who makes client 2 wait, the reactor or your function?",
            lanes=(
                {"client 1": [0.3], "client 2": [0.6], "client 3": [0.9]},
                {"client 1": [0.2], "client 2": [0.8], "client 4": []},
            ),
        ),
        Mistake(
            "M29",
            "You replied before the look-up had ended.",
            "What does deferLater return at once, and when does it call what you give it?",
            lanes=({"client 1": [0]}, {"client 1": [0]}),
        ),
    ),
    {"heartbeat": "beat {k}", "": "the reply to {lane}"},
    experiment=server,
    takes=("clock", "timeline", "clients", "reply"),
    live=True,
)
