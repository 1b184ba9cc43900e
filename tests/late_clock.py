"""A virtual reactor that is as late as a real one: it finds in milliseconds what real runs find in hours."""

from random import Random

from course_lib import VirtualClock

USUAL = (2e-6, 20e-6)  # seconds that a reading of the clock takes
PREEMPTED = 5e-3  # seconds it takes at most when another process gets the processor first
ONE_IN = 50
LATE = 1e-3  # seconds by which timers are late, on average


class JitteredClock(VirtualClock):
    """A VirtualClock on which time passes at each reading, and which wakes up late.

    Two clocks of one seed behave alike.

    >>> clock = JitteredClock(seed=1)
    >>> 0 < clock.seconds() < clock.seconds() < 0.02
    True
    """

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)
        super().__init__()

    def seconds(self) -> float:
        """Read the clock, in seconds; it goes on meanwhile."""
        slowest = self._chance.randrange(ONE_IN) == 0
        self.rightNow += self._chance.uniform(0, PREEMPTED) if slowest else self._chance.uniform(*USUAL)
        return self.rightNow

    def step(self) -> bool:
        """Go past the next due time, and run in one turn whatever is due by then."""
        if pending := self.calls:
            asleep_until = max(self.rightNow, pending[0].getTime())
            self.rightNow = asleep_until + self._chance.expovariate(1 / LATE)
        return super().step()
