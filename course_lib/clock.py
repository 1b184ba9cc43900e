"""Virtual time: Twisted's own test clock on a heap, and a step that does what one turn of a reactor does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import heapify, heappop, heappush
from math import inf
from typing import Any, cast

from twisted.internet.base import DelayedCall
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.task import Clock

from course_lib.errors import Runaway
from course_lib.words import Absent, name_of, seconds

# A call that fires exactly when it is due makes LoopingCall tick twice: 0.1 s over 100 s gives 1177 ticks.
# A billionth of a second later is late enough for its arithmetic, and far below what is ever printed.
NANOSECOND = 1e-9
# Due times closer than this are one instant: a real reactor, woken a little late, runs them in one turn.
INSTANT = 1e-6
MILLISECOND = 1e-3
SPINS = 10_000  # turns within a millisecond after which a program is taken to go round in circles

ONLY_REAL = {
    "listenTCP", "connectTCP", "listenSSL", "connectSSL", "listenUDP", "listenUNIX", "connectUNIX", "adoptStreamPort",
    "callFromThread", "callInThread", "getThreadPool", "suggestThreadPoolSize", "spawnProcess", "resolve",
    "addReader", "addWriter", "removeReader", "removeWriter", "getReaders", "getWriters", "callWhenRunning",
    "addSystemEventTrigger", "removeSystemEventTrigger", "fireSystemEvent", "run", "stop", "crash", "iterate",
}  # fmt: skip

NOT_IN_VIRTUAL_TIME = (
    "a VirtualClock has no {}: in virtual time there is time, but no network, no threads and no processes. Run this"
    " experiment with clock=reactor."
)

Entry = tuple[float, int, "VirtualCall"]


class VirtualCall(DelayedCall):
    """Twisted's DelayedCall, lighter: what is the same for each is asked of the clock when it is wanted."""

    cancelled = 0
    called = 0
    delayed_time = 0.0

    def __init__(self, clock: VirtualClock, time: float, func: Callable[..., Any], args: Any, kw: Any) -> None:
        self.clock, self.time, self.func, self.args, self.kw = clock, time, func, args, kw

    def seconds(self) -> float:
        """Read the clock, in seconds."""
        return self.clock.seconds()

    def resetter(self, _: DelayedCall) -> None:
        """Tell the clock that the call is due sooner than its entry says."""
        self.clock._push(self)

    def canceller(self, _: DelayedCall) -> None:
        """Tell the clock that the call's entry is void."""
        self.clock._note_void(self)

    def reset(self, secondsFromNow: float) -> None:
        """Make the call due that many seconds from now: IDelayedCall."""
        if self.clock._in_turn:
            self.clock.rightNow += NANOSECOND
        super().reset(secondsFromNow)


class VirtualClock(Clock):
    """Make time: a `task.Clock` on a heap, with a `step` that behaves as one turn of the real reactor.

    `advance` and `pump` mean what they mean in Twisted: all calls that are due run at the end of the leap.
    `step` goes to the next due time only, which is what makes a true picture. Seconds everywhere.

    >>> clock = VirtualClock()
    >>> _ = clock.callLater(2, print, "two seconds have passed")
    >>> clock.step()
    two seconds have passed
    True
    """

    locals().update({name: Absent(NOT_IN_VIRTUAL_TIME) for name in ONLY_REAL})

    def __init__(self) -> None:
        self._heap: list[Entry] = []
        self._new: list[Entry] = []  # scheduled during a turn: for the next one, as in ReactorBase
        self._made = 0
        self._void = 0  # entries of calls that were cancelled, or moved to a sooner time
        self._in_turn = False
        self._turn_began = -inf
        self._spins = 0
        self._instant = -inf
        super().__init__()

    @property  # type: ignore[override]
    def calls(self) -> list[VirtualCall]:
        """List the calls that are still to come, in the order in which they will run."""
        pending = [(e[2].getTime(), e[1], e[2]) for e in self._heap + self._new if _holds(e)]
        return list(dict.fromkeys(call for _, _, call in sorted(pending)))

    @calls.setter
    def calls(self, calls: list[VirtualCall]) -> None:
        self._heap, self._new = [(call.time, i, call) for i, call in enumerate(calls, self._made)], []
        self._made, self._void = self._made + len(calls), 0
        heapify(self._heap)

    def getDelayedCalls(self) -> Sequence[IDelayedCall]:
        """List the calls that are still to come: IReactorTime."""
        return cast("Sequence[IDelayedCall]", self.calls)

    def callLater(
        self,
        delay: float,
        callable: Callable[..., Any],  # noqa: A002  # the interface's own word
        *args: object,
        **kw: object,
    ) -> IDelayedCall:
        """Schedule a call `delay` seconds from now: IReactorTime. Refuse what the real reactor refuses."""
        if not delay >= 0:  # NaN is not >= 0 either
            msg = f"callLater was asked for a delay of {delay!r} s: a delay is a number of seconds from now, 0 or more."
            raise AssertionError(msg)
        if self._in_turn:
            # On a real reactor a little time passes before the clock is read again: ties run in the order made.
            self.rightNow += NANOSECOND
        due = self.seconds() + delay
        call = VirtualCall(self, due, callable, args, kw)
        self._made += 1
        if self._in_turn:
            self._new.append((due, self._made, call))
        else:
            heappush(self._heap, (due, self._made, call))
        return call

    def step(self) -> bool:
        """Go to the next due time and run one turn there; say whether anything was due at all.

        What a callback schedules with a delay of 0 belongs to the next turn, as on the real reactor.
        Raises Runaway when time no longer moves.
        """
        if self._new:
            self._merge_new()
        call = self._pop_due(inf)
        if call is None:
            return False
        due = call.time + NANOSECOND
        if due > self.rightNow:
            self.rightNow = due
        self._spins += 1
        if self._spins == SPINS:
            self._watch_for_runaway(call)
        self._turn_began = self.rightNow
        limit = max(self.rightNow, due + INSTANT)  # one reading of the time a turn, as ReactorBase does
        self._in_turn = True
        try:
            while call is not None:
                call.called = 1
                call.func(*call.args, **call.kw)
                call = self._pop_due(limit) if (heap := self._heap) and heap[0][0] <= limit else None
                if call is not None and call.time + NANOSECOND > self.rightNow:
                    self.rightNow = call.time + NANOSECOND
        finally:
            self._in_turn = False
        return True

    def advance(self, amount: float) -> None:
        """Leap `amount` seconds and run, at the end of the leap, whatever is due by then: Twisted's meaning."""
        self.rightNow += amount
        in_turn, self._in_turn = self._in_turn, False
        try:
            self._merge_new()
            many = len(self._heap) + 10 * SPINS
            while (call := self._pop_due(self.seconds())) is not None:
                many -= 1
                if many < 0:
                    raise self._runaway(call.func)
                call.called = 1
                call.func(*call.args, **call.kw)
        finally:
            self._in_turn = in_turn

    def _push(self, call: VirtualCall) -> None:
        """File a call that was moved to a sooner time; its older entry is void."""
        is_new = any(entry[2] is call for entry in self._new)
        self._note_void(call)
        self._made += 1
        if self._in_turn and (is_new or call.time > self._turn_began):
            self._new.append((call.time, self._made, call))
        else:
            heappush(self._heap, (call.time, self._made, call))

    def _merge_new(self) -> None:
        for entry in self._new:
            heappush(self._heap, entry)
        self._new.clear()

    def _pop_due(self, limit: float) -> VirtualCall | None:
        """Take the next call that is due by `limit`, or None, letting go of entries that no longer hold."""
        heap = self._heap
        while heap and heap[0][0] <= limit:
            due, number, call = heappop(heap)
            if call.called or call.cancelled:
                self._void -= 1
            elif call.delayed_time > 0.0:
                call.activate_delay()
                heappush(heap, (call.time, number, call))
            elif call.time == due:
                return call
            else:
                self._void -= 1
        return None

    def _note_void(self, call: VirtualCall) -> None:
        """Count one more entry of no use, and sweep once most are, as ReactorBase does."""
        self._void += 1
        if self._void > 50 and self._void > (len(self._heap) + len(self._new)) // 2:
            for entries in (self._heap, self._new):
                entries[:] = [entry for entry in entries if _holds(entry) and entry[2] is not call]
            heapify(self._heap)
            self._void = 0

    def _watch_for_runaway(self, call: VirtualCall) -> None:
        """Look every so many turns whether time has moved since the last look."""
        before, self._instant, self._spins = self._instant, self.rightNow, 0
        if abs(self.rightNow - before) < MILLISECOND:
            raise self._runaway(call.func)

    def _runaway(self, callback: object) -> Runaway:
        return Runaway(
            f"{name_of(callback)} asks to be called again at once, over and over: {SPINS} turns and more at"
            f" {seconds(self.rightNow)} and time does not move. Give the call a delay, or an end."
        )


def _holds(entry: Entry) -> bool:
    """Say whether an entry is not void: its call is still to come, and was not moved to a sooner time."""
    due, _, call = entry
    return call.active() and call.time == due
