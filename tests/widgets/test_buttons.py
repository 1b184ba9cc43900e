"""The buttons on what is live: what they start from, what a press brings about, and what is left when it is over."""

import asyncio
import re
from collections.abc import Callable
from threading import Event, current_thread, main_thread

import pytest
from IPython.core.interactiveshell import InteractiveShell
from ipywidgets import Output, Widget
from twisted.internet import reactor
from twisted.internet.task import Cooperator, LoopingCall

from course_lib import VirtualClock, run
from course_lib.errors import ExperimentError
from course_lib.running.live import LiveRun, end_live_run
from course_lib.running.real import in_reactor, start_reactor
from course_lib.widgets import buttons, by_hand

pytestmark = pytest.mark.reactor

PATIENCE = 30  # seconds


def reading(clock, timeline):
    """Read a page every 20 ms, beside a heart and an alarm."""
    cooperator = Cooperator(
        scheduler=lambda turn: clock.callLater(0.02, turn), terminationPredicateFactory=lambda: lambda: True
    )
    task = cooperator.cooperate(timeline.traced(iter(range(100_000)), name="page"))
    loop = LoopingCall(timeline.traced(lambda: None, name="beat"))
    loop.clock = clock
    loop.start(0.02)
    return {"pages": task, "heart": loop, "alarm": clock.callLater(50, print)}


@pytest.fixture
def panel(monkeypatch):
    monkeypatch.setattr(buttons, "AFTER", 0.01)
    return by_hand(reading, until=20, presses={0.1: "pages.pause", 0.2: "pages.resume"})


@pytest.fixture(autouse=True)
def _nothing_is_left():
    start_reactor()
    yield
    assert [call for call in in_reactor(reactor.getDelayedCalls) if "reapAllProcesses" not in str(call)] == []


async def until(true: Callable[[], object]) -> None:
    """Let the loop go on until a condition holds."""
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0)


def play(scene) -> None:
    """Run a scene as a kernel would, in its loop, and end what it leaves live."""

    async def to_its_end():
        try:
            await scene()
        finally:
            end_live_run()

    asyncio.run(to_its_end())


def ran(panel, lane):
    """Count how often a lane has run in the record of the picture that is shown now."""
    assert panel.live is not None
    return len(panel.look.seen.times(lane))


def enabled(panel):
    """List what may be pressed."""
    return {f"{name}.{method}" for (name, method), button in panel.buttons.items() if not button.disabled}


def alive(panel):
    """Look whether something has run since the last look."""
    before = ran(panel, "beat")
    return lambda: ran(panel, "beat") > before


def test_before_the_first_press_nothing_is_live_and_nothing_but_run_can_be_pressed(panel):
    assert panel.live is None
    assert enabled(panel) == set()
    assert not panel.run_button.disabled
    assert panel.end_button.disabled
    assert panel.said.layout.min_height is None  # no gap for a log that is not there


def test_the_picture_above_is_the_one_of_the_presses_in_virtual_time(panel):
    assert [(round(mark.at, 3), mark.label) for mark in panel.still.marks] == [
        (0.1, "pages.pause"), (0.2, "pages.resume"),
    ]  # fmt: skip
    assert not panel.still.live


def test_run_shows_a_picture_that_follows_and_enables_what_is_right(panel):
    async def scene():
        panel.run_button.click()
        await until(lambda: panel.picture.value)
        await until(alive(panel))
        assert 'alt="Timing diagram from 0 to 20 s: reading (live reactor)' in panel.picture.value
        assert "so far" in panel.picture.value
        assert enabled(panel) == {"pages.pause", "pages.stop", "heart.stop", "alarm.cancel"}
        assert not panel.end_button.disabled
        assert panel.said.layout.min_height == "7.2em"

    play(scene)


def test_pause_stops_the_steps_and_resume_lets_them_go_on(panel):
    async def scene():
        panel.run_button.click()
        await until(lambda: panel.picture.value and ran(panel, "page"))
        panel.buttons["pages", "pause"].click()
        await until(lambda: panel.states["pages"].value == "paused once by you")
        assert "pages.resume" in enabled(panel)
        pages = ran(panel, "page")
        await until(alive(panel))
        assert ran(panel, "page") == pages
        panel.buttons["pages", "resume"].click()
        await until(lambda: ran(panel, "page") > pages)
        assert "pages.resume" not in enabled(panel)
        assert re.search(r"[\d.]+ s: pages.pause\(\)<br>[\d.]+ s: pages.resume\(\)", panel.said.value)

    play(scene)


def test_done_anyway_a_wrong_press_shows_what_is_raised(panel):
    async def scene():
        panel.anyway.value = True
        assert enabled(panel) == set()
        panel.run_button.click()
        await until(lambda: len(enabled(panel)) == 15)
        panel.buttons["heart", "pause"].click()
        await until(lambda: "AttributeError: &#x27;LoopingCall&#x27; object has no attribute" in panel.said.value)
        panel.anyway.value = False
        assert "heart.pause" not in enabled(panel)

    play(scene)


def test_end_ends_it_and_shows_the_whole(panel):
    async def scene():
        panel.run_button.click()
        await until(lambda: panel.picture.value and ran(panel, "beat"))
        panel.end_button.click()
        assert panel.live.over
        await until(lambda: panel.end_button.disabled)
        assert enabled(panel) == set()
        assert "by hand" in panel.picture.value
        assert {state.value for state in panel.states.values()} == {""}

    play(scene)


def test_run_pressed_again_starts_anew(panel):
    async def scene():
        panel.run_button.click()
        await until(lambda: panel.picture.value and ran(panel, "beat") > 5)
        first = panel.live
        panel.run_button.click()
        assert first.over
        await until(lambda: panel.look.seen.end < 0.1)
        await until(alive(panel))

    play(scene)


def test_the_next_experiment_ends_it_and_the_panel_shows_so(panel):
    async def scene():
        panel.run_button.click()
        await until(lambda: panel.picture.value)
        run(lambda clock, timeline: None, clock=VirtualClock(), until=1)
        await until(lambda: panel.end_button.disabled)
        assert "by hand" in panel.picture.value

    play(scene)


def test_the_next_cell_ends_it(panel):
    shell = InteractiveShell.instance()

    async def scene():
        panel.run_button.click()
        await until(lambda: panel.picture.value)
        shell.events.trigger("pre_run_cell", None)
        assert panel.live.over

    try:
        play(scene)
    finally:
        InteractiveShell.clear_instance()


def test_a_press_that_comes_too_late_does_nothing(panel):
    async def scene():
        panel.run_button.click()
        await until(lambda: panel.picture.value)
        panel.end_button.click()
        panel.buttons["heart", "stop"].click()
        in_reactor(lambda: None)
        await until(lambda: panel.end_button.disabled)
        assert panel.hand.log == []

    play(scene)


def test_a_reactor_that_is_held_is_said_to_be_held(panel, monkeypatch):
    monkeypatch.setattr(buttons, "HELD", 0.05)
    let_go = Event()

    async def scene():
        panel.run_button.click()
        await until(lambda: panel.picture.value)
        panel.live.inside(lambda: let_go.wait(PATIENCE))
        await until(lambda: "the reactor does not answer: something holds it" in panel.said.value)
        let_go.set()
        await until(lambda: "does not answer" not in panel.said.value)
        await until(alive(panel))

    play(scene)


def test_what_the_experiment_raises_is_shown_in_the_place_of_the_picture(monkeypatch):
    def fails(clock, timeline):
        if clock.seconds() > 1e6:  # on the reactor, whose time is that of the wall
            raise ValueError("no <such> thing")
        return {"alarm": clock.callLater(1, print)}

    shown = by_hand(fails, until=1)

    async def scene():
        shown.run_button.click()
        await until(lambda: shown.picture.value)
        assert shown.picture.value == "<pre>ValueError: no &lt;such&gt; thing</pre>"
        assert enabled(shown) == set()

    play(scene)


def test_what_a_job_prints_is_shown_under_the_picture_in_order_and_not_lost(monkeypatch, capsys):
    monkeypatch.setattr(buttons, "AFTER", 0.01)

    def talks(clock, timeline):
        numbers = iter(range(10_000))
        loop = LoopingCall(lambda: print(f"<tick> {next(numbers)}"))
        loop.clock = clock
        loop.start(0.02)
        return {"heart": loop}

    shown = by_hand(talks, until=2)
    assert capsys.readouterr().out.splitlines()[:2] == ["<tick> 0", "<tick> 1"]  # of the still picture: by the cell
    assert (shown.prints.value, shown.children[-2:]) == ("", (shown.picture, shown.prints))

    async def scene():
        shown.run_button.click()
        await until(lambda: "earlier lines" in shown.prints.value)
        earlier = int(re.search(r"\((\d+) earlier lines\)", shown.prints.value)[1])
        assert re.findall(r"&lt;tick&gt; (\d+)", shown.prints.value) == [str(earlier + k) for k in range(10)]

    play(scene)
    assert capsys.readouterr() == ("", "")


def held(*_):
    raise ExperimentError("something holds the reactor")


def test_a_run_that_cannot_begin_says_why_and_enables_nothing(panel, monkeypatch):
    monkeypatch.setattr(LiveRun, "begin", held)

    async def scene():
        panel.anyway.value = True
        panel.run_button.click()
        assert panel.picture.value == "<pre>ExperimentError: something holds the reactor</pre>"
        assert enabled(panel) == set()
        assert panel.end_button.disabled

    play(scene)


def test_a_run_that_cannot_be_ended_says_why(panel, monkeypatch):
    async def scene():
        panel.run_button.click()
        await until(lambda: panel.picture.value)
        with monkeypatch.context() as patch:
            patch.setattr(LiveRun, "end", held)
            panel.end_button.click()
        assert panel.picture.value == "<pre>ExperimentError: something holds the reactor</pre>"
        assert not panel.end_button.disabled

    play(scene)


def test_an_error_in_virtual_time_is_raised_in_the_cell():
    def fails(clock, timeline):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        by_hand(fails, until=1)


def test_nothing_is_drawn_in_the_reactors_thread(panel, monkeypatch):
    threads = set()
    draw = buttons.picture_of
    monkeypatch.setattr(buttons, "picture_of", lambda seen: threads.add(current_thread()) or draw(seen))

    async def scene():
        panel.run_button.click()
        await until(lambda: panel.picture.value)
        panel.buttons["heart", "stop"].click()
        await until(lambda: "heart.stop" in panel.said.value)
        panel.end_button.click()
        await until(lambda: panel.end_button.disabled)

    play(scene)
    assert threads == {main_thread()}


def test_however_many_looks_are_shown_one_is_asked_for(panel):
    asked, later = [], asyncio.Event()

    async def scene():
        panel.run_button.click()
        await until(lambda: panel.picture.value)
        panel._ask = lambda: asked.append(1)
        for _ in range(5):
            panel._show(panel.live, panel.look)
        assert asked == []
        asyncio.get_running_loop().call_later(3 * buttons.AFTER, later.set)  # after all that those could have asked
        await asyncio.wait_for(later.wait(), PATIENCE)
        assert asked == [1]

    play(scene)


def test_a_press_is_looked_at_without_waiting_for_the_next_look(panel, monkeypatch):
    async def scene():
        panel.run_button.click()
        await until(lambda: panel.picture.value)
        monkeypatch.setattr(buttons, "AFTER", 1000)
        panel._show(panel.live, panel.look)
        panel.buttons["pages", "pause"].click()
        await until(lambda: panel.states["pages"].value == "paused once by you")

    play(scene)


def test_a_look_at_an_earlier_run_is_not_shown(panel):
    async def scene():
        panel.run_button.click()
        await until(lambda: panel.picture.value)
        first, stale = panel.live, panel.look
        panel.run_button.click()
        await until(lambda: panel.look is not stale)
        look = panel.look
        panel._show(first, stale)
        assert panel.look is look

    play(scene)


def test_every_button_has_a_name_and_says_what_it_calls(panel):
    assert [button.description for button in panel.buttons.values()] == [
        "Start", "Pause", "Resume", "Stop", "Cancel",
    ] * 3  # fmt: skip
    assert panel.buttons["pages", "pause"].tooltip == "pages.pause()"


def test_a_plain_picture_comes_first_and_the_buttons_have_a_text(panel, monkeypatch):
    shown = []
    monkeypatch.setattr(buttons, "display", lambda item, **kw: shown.append(item))
    panel._ipython_display_()

    assert shown[0] is panel.still
    assert shown[1]["text/plain"] == "by hand … press a button: pages, heart, alarm (needs a running kernel)"
    assert "application/vnd.jupyter.widget-view+json" in shown[1]


def test_no_output_widget_is_used(panel):
    def inside(widget: Widget) -> list[Widget]:
        return [widget, *(w for child in getattr(widget, "children", ()) for w in inside(child))]

    assert not any(isinstance(widget, Output) for widget in inside(panel))
