"""Sliders over an experiment in virtual time: see what would happen if the interval were shorter, or the job longer."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from IPython.display import display
from ipywidgets import HTML, Checkbox, Dropdown, FloatSlider, IntSlider, VBox

from course_lib.clock import VirtualClock
from course_lib.running.run import run
from course_lib.timeline.timeline import Timeline
from course_lib.widgets.picture import picture_of
from course_lib.words import name_of

Range = tuple[float, float, float]


class WhatIf(VBox):  # type: ignore[misc]
    """Sliders, and below them the picture of the experiment for the values they are set to."""

    def __init__(self, make: Callable[..., Any], until: float, controls: Mapping[str, Any]) -> None:
        self.make, self.until, self.named = make, until, dict(controls)
        self.picture = HTML()
        super().__init__([*self.named.values(), self.picture])
        self.still = self.timeline()  # at once, so that an error is raised in the learner's cell
        for control in self.named.values():
            control.observe(self.redraw, names="value")

    def timeline(self) -> Timeline:
        """Run the experiment in virtual time, with the values that the controls are set to."""
        experiment = self.make(**{name: control.value for name, control in self.named.items()})
        return run(experiment, clock=VirtualClock(), until=self.until)

    def redraw(self, _: object = None) -> None:
        """Show the picture for the values now set; an error is shown in its place."""
        try:
            seen: Timeline | BaseException = self.timeline()
        except Exception as error:  # noqa: BLE001 nobody else would show it
            seen = error
        self.picture.value = picture_of(seen)

    def _ipython_display_(self) -> None:
        """Show a plain picture first: it is what a saved notebook shows, where no kernel moves the sliders."""
        display(self.still)
        self.redraw()
        display(self._repr_mimebundle_(), raw=True)

    def __repr__(self) -> str:
        return f"what if … move a slider: {', '.join(self.named)} (needs a running kernel)"


def what_if(make: Callable[..., Any], *, until: float, **values: Range | list[Any] | bool) -> WhatIf:
    """Show an experiment in virtual time with a slider for each of its parameters; it is redrawn as they move.

    `make(**values)` returns an experiment, a function of (clock, timeline); its defaults are where the sliders start.
    A value is (least, most, step), a list to choose from, or a bool for a switch. `until` is in seconds.

    In a notebook: what_if(overlong, until=10, interval=(0.5, 3, 0.25), duration=(0, 4, 0.25))
    """
    parameters = inspect.signature(make).parameters
    unknown = [name for name in values if name not in parameters]
    if unknown:
        msg = f"{name_of(make)}{inspect.signature(make)} has no parameter {unknown[0]!r}: name a slider as a parameter."
        raise TypeError(msg)
    return WhatIf(make, until, {name: _control(name, parameters[name].default, of) for name, of in values.items()})


def _control(name: str, default: Any, of: Range | list[Any] | bool) -> Any:
    described = {"description": name.replace("_", " "), "style": {"description_width": "9em"}}
    if isinstance(of, bool):
        return Checkbox(value=default if isinstance(default, bool) else of, indent=False, **described)
    if isinstance(of, list):
        return Dropdown(options=of, value=default if default in of else of[0], **described)
    least, most, step = of
    start = least if default is inspect.Parameter.empty else default
    kind = IntSlider if all(isinstance(number, int) for number in (least, most, step, start)) else FloatSlider
    return kind(value=start, min=least, max=most, step=step, layout={"width": "30em"}, **described)
