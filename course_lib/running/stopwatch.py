"""Notices where a run in virtual time takes real time, of which its clock knows nothing."""

from __future__ import annotations

from time import perf_counter, thread_time

# In seconds, with a wide margin: no turn of a sound experiment takes a hundredth of it, and what is said of a run must
# not depend on the machine. A busy one lets a thread wait, a tenth of a second at worst; it does not let it compute.
COMPUTING = 0.25
WAITING = 1.0
GLANCE = 0.01  # from one reading of the processor's time to the next: it costs as much as a turn


class Stopwatch:
    """Begins to run when it is made; used in one thread."""

    def __init__(self) -> None:
        self._lap_began = self._read_at = perf_counter()
        self._computed = thread_time()

    def lap(self) -> bool:
        """Say whether this thread has computed or waited for long since the last lap."""
        now = perf_counter()
        lap, self._lap_began = now - self._lap_began, now
        if now - self._read_at < GLANCE:
            return False
        computed = thread_time()
        computing, self._computed, self._read_at = computed - self._computed, computed, now
        return computing >= COMPUTING + GLANCE or lap - computing >= WAITING
