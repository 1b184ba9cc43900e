"""Buttons on what is live: start, pause, resume, stop and cancel it in the real reactor, and see the picture follow."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple

from IPython import get_ipython
from IPython.display import display
from ipywidgets import HTML, Button, Checkbox, HBox, Label, VBox

from course_lib.clock import VirtualClock
from course_lib.running.live import LiveRun, end_live_run
from course_lib.running.run import run
from course_lib.timeline.timeline import Timeline
from course_lib.widgets.hand import Hand, in_hand
from course_lib.widgets.kinds import METHODS
from course_lib.widgets.picture import picture_of

AFTER = 0.2  # seconds from one picture to the next look
HELD = 1.0  # seconds without an answer after which something is said to hold the reactor
LINES = 4  # of the log that are shown
ICONS = {"start": "play", "pause": "pause", "resume": "step-forward", "stop": "stop", "cancel": "times"}
WRAPPED = {"flex_flow": "row wrap", "align_items": "center"}


class Look(NamedTuple):
    """What there is to show of a live run: its record or its error, what may be pressed, how things stand, what it prints."""

    seen: Timeline | BaseException
    right: frozenset[tuple[str, str]]
    states: dict[str, str]
    log: list[str]
    prints: str


class ByHand(VBox):  # type: ignore[misc]
    """A button that runs an experiment live, and a row of buttons for each thing that it returns; below, the picture.

    The kernel's own loop asks for a look and draws it; the reactor's thread presses and looks, and draws nothing.
    """

    def __init__(self, experiment: Callable[..., Any], until: float, presses: Mapping[float, str]) -> None:
        self.experiment, self.until = experiment, until
        self.still = run(in_hand(experiment, self._take, presses), clock=VirtualClock(), until=until)
        self.live: LiveRun | None = None
        self.look: Look | None = None
        self.timers: list[asyncio.TimerHandle] = []
        self.run_button = Button(description="Run live", icon="play", tooltip="run it on the reactor, from the start")
        self.end_button = Button(description="End", icon="stop", tooltip="end the live run")
        self.anyway = Checkbox(description="do it anyway", indent=False, layout={"width": "auto"})
        self.buttons = {(name, method): _button(name, method) for name in self.hand.things for method in METHODS}
        self.states = {name: Label() for name in self.hand.things}
        self.said, self.picture, self.prints = HTML(), HTML(), HTML()
        self.run_button.on_click(lambda _: self._try(self.begin))
        self.end_button.on_click(lambda _: self._try(end_live_run))
        self.anyway.observe(lambda _: self._enable(), names="value")
        for press, button in self.buttons.items():
            button.on_click(partial(self._press, press))
        first = HBox([self.run_button, self.end_button, self.anyway], layout=WRAPPED)
        super().__init__([first, *map(self._row, self.hand.things), self.said, self.picture, self.prints])
        self._enable()

    def begin(self) -> None:
        """Run the experiment on the reactor, from the start."""
        end_live_run()
        self._loop = asyncio.get_running_loop()
        self.said.layout.min_height = f"{1.8 * LINES}em"  # so that the picture below does not jump
        self.live = LiveRun(in_hand(self.experiment, self._take, {}), until=self.until, ended=self._look)
        self.live.begin()
        if shell := get_ipython():
            shell.events.register("pre_run_cell", end_live_run)  # who runs the next cell has left this one
        self._ask()

    def _try(self, f: Callable[[], object]) -> None:
        """Call f; an error is shown in the place of the picture: nobody else would."""
        try:
            f()
        except Exception as error:  # noqa: BLE001
            self.picture.value = picture_of(error)
            self._enable()

    def _press(self, press: tuple[str, str], _: object) -> None:
        """Have the reactor press, and look at once."""
        if self.live is not None:
            self.live.inside(lambda: self.hand.press(*press))
            self.live.inside(self._look)

    def _ask(self) -> None:
        """Ask the reactor for a look."""
        if self.live is not None and self.live.on:
            self.live.inside(self._look)
            self._later(HELD, self._say_held)

    def _look(self) -> None:
        """Look at the run, in the reactor's thread, and hand over to the kernel's what there is to show."""
        live, hand = self.live, self.hand
        assert live is not None
        right = frozenset(press for press in self.buttons if live.on and hand.is_right(*press))
        seen: Timeline | BaseException
        try:
            seen = live.so_far()
        except BaseException as error:  # noqa: BLE001 what the experiment raised
            seen = error
        look = Look(seen, right, {name: hand.state(name) for name in hand.things}, hand.log[-LINES:], str(live.prints))
        self._loop.call_soon_threadsafe(self._show, live, look)

    def _show(self, live: LiveRun, look: Look) -> None:
        """Show a look, unless the run has been started anew since, and ask for the next one."""
        if live is not self.live:
            return
        self.look = look
        self._enable()
        for name, state in look.states.items():
            self.states[name].value = state if live.on else ""
        self.said.value = said(look.log)
        self.picture.value = picture_of(look.seen)
        self.prints.value = printed(look.prints)
        self._later(AFTER, self._ask)

    def _say_held(self) -> None:
        self.said.value = said(["the reactor does not answer: something holds it"])

    def _later(self, delay: float, f: Callable[[], object]) -> None:
        """Do this, and nothing else, when so many seconds have passed."""
        for timer in self.timers:
            timer.cancel()
        self.timers = [self._loop.call_later(delay, f)]

    def _enable(self) -> None:
        on = self.live is not None and self.live.on
        right = self.look.right if self.look else frozenset()
        self.end_button.disabled = not on
        for press, button in self.buttons.items():
            button.disabled = not (on and (self.anyway.value or press in right))

    def _take(self, hand: Hand) -> None:
        self.hand = hand

    def _row(self, name: str) -> HBox:
        buttons = [self.buttons[name, method] for method in METHODS]
        return HBox([Label(name, layout={"min_width": "5em"}), *buttons, self.states[name]], layout=WRAPPED)

    def _ipython_display_(self) -> None:
        """Show a plain picture first: it is what a saved notebook shows, where no kernel answers the buttons."""
        display(self.still)
        display(self._repr_mimebundle_(), raw=True)

    def __repr__(self) -> str:
        return f"by hand … press a button: {', '.join(self.hand.things)} (needs a running kernel)"


def by_hand(experiment: Callable[..., Any], *, until: float, presses: Mapping[float, str] | None = None) -> ByHand:
    """Show an experiment with buttons that start, pause, resume, stop and cancel what it makes, live in the reactor.

    `experiment(clock, timeline)` returns what there is to press on, by name: LoopingCalls that it has started,
    CooperativeTasks, delayed calls, or what else has such methods. `until` is in seconds. `presses` are those of the
    picture that stands above the buttons, which is one of virtual time: {1.5: "work.pause"}.

    Nothing is live until Run live is pressed. A live run ends at `until`, with End, with the next cell that is run and
    with the next experiment. A button is enabled where it is right to press it, all of them with "do it anyway".

    In a notebook: by_hand(reading, until=12, presses={2.2: "pages.pause", 4.6: "pages.resume"})
    """
    return ByHand(experiment, until, presses or {})


def said(lines: Iterable[str]) -> str:
    """Write lines that a screen reader reads out when they change."""
    return f'<div role="status">{"<br>".join(map(html.escape, lines))}</div>'


def printed(text: str) -> str:
    """Write what has been printed, under the picture, which does not jump then."""
    return f'<pre style="white-space: pre-wrap">{html.escape(text)}</pre>' if text else ""


def _button(name: str, method: str) -> Button:
    layout = {"width": "7em"}
    return Button(description=method.capitalize(), icon=ICONS[method], tooltip=f"{name}.{method}()", layout=layout)
