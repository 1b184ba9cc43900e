"""What a hand can hold: of each kind of thing, what is right to press now, how it stands, and what a wrong press does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.task import CooperativeTask, LoopingCall, TaskStopped
from twisted.python.failure import Failure

from course_lib.recording.calls import RecordedCall
from course_lib.words import in_a_line

METHODS = ("start", "pause", "resume", "stop", "cancel")
NOT_REFUSED = "was not refused, and did nothing"


class Held:
    """A thing of the reader's own: known of it is only what the hand has pressed."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing
        self.stopped = False
        self.pauses = 0

    @property
    def state(self) -> str:
        """Tell in a few words how it stands."""
        return "stopped" if self.stopped else self._paused or "running"

    @property
    def _paused(self) -> str:
        return f"paused {'once' if self.pauses == 1 else f'{self.pauses} times'} by you" if self.pauses else ""

    def is_right(self, method: str) -> bool:
        """Say whether it is right to call a method now."""
        if method == "start" or self.stopped:
            return method == "start" and self.stopped and hasattr(self.thing, method)
        rights = {"pause": not self.pauses, "resume": self.pauses > 0}
        return hasattr(self.thing, method) and rights.get(method, True)

    def press(self, method: str) -> None:
        """Call a method; what it raises passes through."""
        getattr(self.thing, method)()
        self.stopped = method == "stop" or (self.stopped and method != "start")
        self.pauses = int(method == "pause")

    def unrefused(self, method: str) -> str:  # noqa: ARG002  # other kinds look at it
        """Say what it means that a press which is wrong now was not refused; asked before the press."""
        return NOT_REFUSED


class HeldTask(Held):
    """A CooperativeTask, which counts its pauses; those of its Cooperator, while it waits for a Deferred, are among them."""

    def __init__(self, thing: CooperativeTask[Any]) -> None:
        super().__init__(thing)
        self._end = ""
        thing.whenDone().addBoth(self._ended)

    @property
    def state(self) -> str:
        """Tell how it ended, or whose pauses it has."""
        if self._end:
            return self._end
        waits = "waits for its Deferred" if self.thing._pauseCount > self._left else ""
        return ", and ".join(filter(None, [self._paused, waits])) or "running"

    @property
    def _left(self) -> int:
        """Count our pauses that are left: once a stranger's resume has taken one away, the Deferred takes one of ours."""
        self.pauses = min(self.pauses, self.thing._pauseCount)
        return self.pauses

    def is_right(self, method: str) -> bool:
        """Say whether it is right: to resume, only as often as this hand has paused (Twisted does not look whose it is)."""
        rights = {"pause": True, "resume": self._left > 0, "stop": True}
        return not self._end and rights.get(method, False)

    def press(self, method: str) -> None:
        """Call a method, and count."""
        getattr(self.thing, method)()
        self.pauses = max(0, self.pauses + {"pause": 1, "resume": -1}.get(method, 0))

    def unrefused(self, method: str) -> str:
        """Say what a resume took away, or nothing."""
        if self._end or method != "resume":
            return NOT_REFUSED
        return "was not refused. But that pause was the Cooperator's: the task no longer waits for its Deferred"

    def _ended(self, result: Any) -> None:
        if not isinstance(result, Failure):
            self._end = "done"
        else:
            self._end = "stopped" if result.check(TaskStopped) else f"failed: {type(result.value).__name__}"


class HeldLoop(Held):
    """A LoopingCall that has been started."""

    def __init__(self, thing: LoopingCall, told: Callable[[str], object]) -> None:
        super().__init__(thing)
        self._told = told

    @property
    def state(self) -> str:
        """Tell whether it runs, and whether it is over."""
        if self.thing.running:
            return "running"
        return "stopped" if self.thing._deferred is None else "stopped, its job still on"

    def is_right(self, method: str) -> bool:
        """Say whether it is right: to start, only when the job of before is over, too, or there would be two chains."""
        running = bool(self.thing.running)
        return {"start": not running and self.thing._deferred is None, "stop": running}.get(method, False)

    def press(self, method: str) -> None:
        """Call a method; start begins at once, with the interval of before."""
        f = getattr(self.thing, method)
        if method == "start":
            f(self.thing.interval).addErrback(lambda failure: self._told(f"has ended: {in_a_line(failure.value)}"))
        else:
            f()

    def unrefused(self, method: str) -> str:  # noqa: ARG002
        """Say what a start brought about: all else is refused."""
        return "was not refused. But its job was still on: there are two chains of calls now"


class HeldCall(Held):
    """A delayed call."""

    @property
    def state(self) -> str:
        """Tell what has become of it."""
        return str(self.thing.record().outcome)

    def is_right(self, method: str) -> bool:
        """Say whether it is right: to cancel what is still to come."""
        return method == "cancel" and bool(self.thing.active())


def held(thing: Any, told: Callable[[str], object]) -> Held:
    """Hold a thing as its kind wants it; what it says later, of itself, is `told`."""
    if isinstance(thing, LoopingCall):
        return HeldLoop(thing, told)
    if isinstance(thing, CooperativeTask):
        return HeldTask(thing)
    return HeldCall(thing) if isinstance(thing, RecordedCall) else Held(thing)
