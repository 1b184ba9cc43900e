"""The colours of the diagrams, and which lane has which."""

from __future__ import annotations

from collections.abc import Iterable

# Blue and orange, then colours found by a search: at least 20 apart in CIELAB, to deuteranopes and protanopes too.
LANES = ("#2a6f97", "#e07a1f", "#229967", "#601c51", "#55afe0", "#ecc71b", "#d293a5", "#543c21")
BODY = "#a8adb4"  # the experiment's own body, which is no lane
RED = "#c1121f"  # late, missed, failed; nothing else, and each has a shape of its own as well

CARD = "#fdfcf9"  # the card the picture lies on: opaque, so that it is legible on a dark page
INK = "#1d2733"
FAINT = "#5f6875"  # small text
GREY = "#767e89"  # signs of what did not happen
LINE = "#dcd9d2"
GRID = "#efede7"
BAND = "#f3f0e9"  # behind the reactor's lane
PAUSE = "#dfe3ec"
AFTER = "#e9e7e2"  # the time after the run ended
CONSTANT = {"heartbeat": LANES[0]}  # the same blue in every picture of the course


def lane_colours(lanes: Iterable[str]) -> dict[str, str]:
    """Give each lane its colour, in order; a heartbeat is always blue, and only it where there is one."""
    names = list(dict.fromkeys(lanes))
    fixed = {lane: colour for lane, colour in CONSTANT.items() if lane in names}
    free = [colour for colour in LANES if colour not in fixed.values()]
    rest = [lane for lane in names if lane not in fixed]
    return {lane: free[k % len(free)] for k, lane in enumerate(rest)} | fixed | {"": BODY}


def pale(colour: str, share: float) -> str:
    """Mix a colour with the card's; `share` is how much of the colour is left, 0 to 1."""
    parts = zip((colour[k : k + 2] for k in (1, 3, 5)), (CARD[k : k + 2] for k in (1, 3, 5)), strict=True)
    mixed = (round(int(own, 16) * share + int(ground, 16) * (1 - share)) for own, ground in parts)
    return "#" + "".join(f"{value:02x}" for value in mixed)
