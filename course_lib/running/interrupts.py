"""Kernel → Interrupt during a run: however often it is pressed, the reactor is left clean and one error is raised."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from time import monotonic, sleep

ONE_HAND = 0.1  # seconds; a second press this soon belongs to the first, and must not hit IPython at its traceback


@contextmanager
def interrupts_held(pressed: Callable[[], object]) -> Iterator[list[float]]:
    """Note when SIGINT comes, and call `pressed`; raise the one KeyboardInterrupt at the end.

    A KeyboardInterrupt raised at once could hit the cleaning itself, or be swallowed by a Deferred.
    """
    presses: list[float] = []
    if current_thread() is not main_thread():
        yield presses  # only the main thread is ever interrupted
        return

    def note(*_: object) -> None:
        presses.append(monotonic())
        pressed()

    before = signal.signal(signal.SIGINT, note)
    try:
        yield presses
    finally:
        while presses and monotonic() < presses[-1] + ONE_HAND:
            sleep(ONE_HAND / 10)
        signal.signal(signal.SIGINT, before)
    if presses:
        raise KeyboardInterrupt
