"""The sliders: what they start from, what a move redraws, and what a notebook without a kernel keeps."""

from functools import partial

import pytest
from ipywidgets import Checkbox, Dropdown, FloatSlider, IntSlider, Output
from twisted.internet.task import LoopingCall

from course_lib.widgets import what_if


def overlong(interval=1.0, duration=2.5, now=True):
    def job_and_interval(clock, timeline):
        loop = LoopingCall(timeline.traced(lambda: timeline.block(duration), name="job"))
        loop.clock = clock
        return loop.start(interval, now=now)

    return job_and_interval


@pytest.fixture
def sliders():
    return what_if(overlong, until=10, interval=(0.5, 3, 0.25), duration=(0, 4, 0.25), now=True)


def test_the_controls_start_from_the_defaults(sliders):
    found = {name: (type(control), control.value) for name, control in sliders.named.items()}

    assert found == {"interval": (FloatSlider, 1.0), "duration": (FloatSlider, 2.5), "now": (Checkbox, True)}


def test_whole_numbers_have_a_slider_of_whole_numbers_and_a_list_a_menu():
    shown = what_if(
        lambda workers=2, order="ab": lambda clock, timeline: None, until=1, workers=(1, 5, 1), order=["ab", "ba"]
    )

    assert [type(control) for control in shown.named.values()] == [IntSlider, Dropdown]


def test_the_run_is_that_of_the_values_set(sliders):
    sliders.named["duration"].value = 0.25
    sliders.named["interval"].value = 3

    assert sliders.timeline().times("job") == [0, 3, 6, 9]


def test_a_move_redraws_the_picture_and_its_text(sliders):
    sliders.redraw()
    before = sliders.picture.value
    sliders.named["duration"].value = 0.5

    assert sliders.picture.value != before
    assert "job      ran 0–0.5, 1–1.5" in sliders.picture.value
    assert 'alt="' in sliders.picture.value


def test_an_error_is_shown_in_the_place_of_the_picture():
    def fails(value=0):
        def experiment(clock, timeline):
            if value:
                raise ValueError("no <such> value")

        return experiment

    shown = what_if(fails, until=1, value=(0, 1, 1))
    shown.named["value"].value = 1

    assert shown.picture.value == "<pre>ValueError: no &lt;such&gt; value</pre>"


def test_a_plain_picture_comes_first_and_the_sliders_have_a_text(sliders, monkeypatch):
    shown = []
    monkeypatch.setattr("course_lib.widgets.sliders.display", lambda item, **kw: shown.append(item))
    sliders._ipython_display_()

    assert str(shown[0]) == str(sliders.timeline())
    assert shown[1]["text/plain"] == "what if … move a slider: interval, duration, now (needs a running kernel)"
    assert "application/vnd.jupyter.widget-view+json" in shown[1]


def test_no_output_widget_is_used(sliders):
    assert not any(isinstance(widget, Output) for widget in sliders.children)


def test_an_error_for_the_first_values_is_raised_in_the_cell():
    def fails(value=0):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        what_if(fails, until=1, value=(0, 1, 1))


def test_a_slider_without_a_parameter_is_named():
    with pytest.raises(TypeError, match=r"overlong\(interval=1.0.*\) has no parameter 'speed'"):
        what_if(overlong, until=1, speed=(0, 1, 1))


def test_of_a_partial_too_a_slider_without_a_parameter_is_named():
    def make(job, interval=1.0):
        return overlong(interval)

    with pytest.raises(TypeError, match=r"^make\(.*job=1, interval=1.0\) has no parameter 'speed': name a slider"):
        what_if(partial(make, job=1), until=1, speed=(0, 1, 1))
