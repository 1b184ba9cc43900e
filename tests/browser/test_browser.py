"""What somebody sees and presses in a real JupyterLab: every notebook, every slider, every button."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import pytest
from matplotlib.image import imread
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Locator, Page, expect

from course_lib.tools import browser as lab
from course_lib.tools.refresh import lessons_and_pages
from course_lib.tools.stored import PROJECT, normalised, read

pytestmark = [pytest.mark.browser, pytest.mark.kernel, pytest.mark.reactor]

STILL = 1.5  # seconds: longer than the longest interval of what is paused or stopped here
WIDE, NARROW = 1280, 1024  # CSS pixels: a small laptop's window, plain and at a zoom of 125 %
BURST = ["ArrowRight"] * 24 + ["ArrowLeft"] * 24 + ["ArrowRight"] * 24  # more than any slider has steps
FEW = 6  # redraws after a burst: what was under way, and the last; a backlog would be dozens
ROLES = ("slider", "spinbutton", "checkbox", "combobox")

TEXTS = {
    str(path.relative_to(PROJECT)): path.read_text(encoding="utf-8")
    for part in lab.PARTS
    for path in lessons_and_pages(PROJECT / part)
}
# Those with most to press come first: pytest takes tests together whose parameters have the same place in their lists,
# and so runs each notebook once.
NOTEBOOKS = sorted(TEXTS, key=lambda path: ("by hand …" not in TEXTS[path], "what if …" not in TEXTS[path], path))


def each_notebook(beginning: str = "") -> pytest.MarkDecorator:
    """Try each notebook, or each in whose stored text a widget begins so, when it has been opened and run."""
    paths = [path for path in NOTEBOOKS if beginning in TEXTS[path]]
    names = [path.removesuffix(".ipynb") for path in paths]
    return pytest.mark.parametrize("opened", paths, ids=names, indirect=True, scope="module")


OUTPUT = f"{lab.NOTEBOOK} .jp-OutputArea-output"
WIDGET = f"{OUTPUT} .widget-vbox:not(.widget-vbox .widget-vbox)"
# What is red is an error, or was written to stderr: JupyterLab shows both as the latter.
CELLS = f"""() => [...document.querySelectorAll('{lab.NOTEBOOK} .jp-CodeCell')].map(cell => ({{
    prompt: cell.querySelector('.jp-InputPrompt').innerText.trim(),
    red: [...cell.querySelectorAll('[data-mime-type$=stderr], [data-mime-type$=error]')].map(part => part.innerText),
}}))"""
PICTURES = f"""() => [...document.querySelectorAll('{OUTPUT} img')].map(image => ({{
    pixels: image.naturalWidth * image.naturalHeight,
    area: image.getBoundingClientRect().width * image.getBoundingClientRect().height,
    alt: image.alt,
    inWidget: Boolean(image.closest('.jupyter-widgets')),
}}))"""
ALL_LOADED = f"() => [...document.querySelectorAll('{OUTPUT} img')].every(image => image.complete)"
# What must be scrolled sideways to be seen whole, or is cut off: an output, or a part of one.
CUT_OFF = f"""() => [...document.querySelectorAll('{OUTPUT}')]
    .flatMap(output => [output, ...output.querySelectorAll('*')])
    .filter(part => getComputedStyle(part).overflowX !== 'visible' && part.scrollWidth > part.clientWidth + 1)
    .map(part => part.closest('.jp-Cell').querySelector('.jp-InputPrompt').innerText
        + ` ${{part.scrollWidth}} pixels in ${{part.clientWidth}}`)"""
SMALLEST_TEXT = f"""() => Math.min(...[...document.querySelectorAll('{OUTPUT}, {OUTPUT} *')]
    .filter(part => part.offsetParent && [...part.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.data.trim()))
    .map(part => parseFloat(getComputedStyle(part).fontSize)))"""
# Note each picture that a widget shows from now on.
NOTE_REDRAWS = """widget => {
    const shown = () => widget.querySelector('img')?.src;
    let last = shown();
    const touch = () => { window.touched = performance.now(); };
    touch();
    window.redraws = [];
    widget.addEventListener('keydown', touch, true);
    window.watcher?.disconnect();
    window.watcher = new MutationObserver(() => {
        const now = shown();
        if (now && now !== last) { redraws.push(last = now); touch(); }
    });
    watcher.observe(widget, {subtree: true, childList: true, attributes: true});
}"""
SETTLED = f"() => {lab.IDLE} && performance.now() - window.touched > 400"
# What the text of a live picture says: how often a lane has run, and up to when.
LIVE = r"""(widget, lane) => {
    const text = widget.querySelector('img')?.alt ?? '';
    const ran = text.match(new RegExp(`^${lane} +(ran [^;\n]*)`, 'm'))?.[1] ?? '';
    const all = ran.match(/\((\d+) in all\)/)?.[1];
    return {
        ticks: all ? Number(all) : (ran.match(/(^ran|,) \d/g) ?? []).length,
        end: Number(text.match(/^end +at ([\d.]+), so far/m)?.[1] ?? NaN),
    };
}"""


def no_chromium(surroundings: Mapping[str, str]) -> NoReturn:
    """Skip where somebody works without Chromium; fail where a change is checked, which must not pass untried."""
    if surroundings.get("CI", "").lower() in ("", "0", "false"):
        pytest.skip(lab.NO_CHROMIUM)
    pytest.fail(lab.NO_CHROMIUM)


class Opened(NamedTuple):
    """A notebook that is open in the page and has been run."""

    page: Page
    path: str

    @property
    def stored(self) -> list[Any]:
        """Read the code cells as they are stored in the project."""
        return [cell for cell in read(PROJECT / self.path).cells if cell.cell_type == "code"]

    def stored_pictures(self) -> int | None:
        """Count the pictures in the stored outputs; None where no outputs are stored."""
        outputs = [output for cell in self.stored for output in cell.outputs]
        return sum(o.get("data", {}).get("text/html", "").count("<img") for o in outputs) if outputs else None

    def stored_names(self, beginning: str) -> list[list[str]]:
        """List what there is to move or to press, for each widget whose stored text begins so."""
        told = re.compile(rf"{beginning} [a-z ]+: (.*) \(needs a running kernel\)")
        texts = [output.get("data", {}).get("text/plain", "") for cell in self.stored for output in cell.outputs]
        return [hit[1].split(", ") for text in texts if (hit := told.fullmatch(text))]

    def sliders(self) -> list[tuple[Locator, list[str]]]:
        """List the widgets with sliders, each with the names of what can be moved."""
        found = self.page.locator(WIDGET).filter(has_not=self.page.get_by_role("button", name="Run live")).all()
        return list(zip(found, self.stored_names("what if …"), strict=True))

    def panels(self) -> list[Panel]:
        """List the panels of buttons."""
        found = self.page.locator(WIDGET).filter(has=self.page.get_by_role("button", name="Run live")).all()
        names = self.stored_names("by hand …")
        return [Panel(self.page, widget, things) for widget, things in zip(found, names, strict=True)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lab.copy_of_notebooks(tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="module")
def open_alone(folder: Path) -> Iterator[Callable[[str], Page]]:
    """Open a notebook from the file browser: one browser and one JupyterLab for all, one notebook at a time."""
    if shutil.which(lab.CHROMIUM) is None:
        no_chromium(os.environ)
    with lab.jupyterlab(folder) as address, lab.browser_page(WIDE) as page:
        lab.open_lab(page, address)

        def open_alone(path: str) -> Page:
            if page.locator(f"{lab.NOTEBOOK}, {lab.DIALOG}").count():  # a test has failed
                lab.open_lab(page, address)
            lab.open_from_file_browser(page, path)
            return page

        yield open_alone


@pytest.fixture(scope="module")
def opened(request: pytest.FixtureRequest, open_alone: Callable[[str], Page]) -> Iterator[Opened]:
    """A notebook that has been opened and run once, for all tests of it; they stand in the order of what they change."""
    page = open_alone(request.param)
    lab.run_all(page)
    yield Opened(page, request.param)
    leave(page)


def leave(page: Page) -> None:
    """Close the notebook, unless a test has failed in a way that keeps it open."""
    if page.locator(lab.NOTEBOOK).count() and not page.locator(lab.DIALOG).count():
        lab.close_notebook(page)


def test_without_chromium_the_tests_are_skipped():
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium"):
        no_chromium({})


def test_without_chromium_the_check_of_a_change_fails():
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
        no_chromium({"CI": "true"})


@each_notebook()
def test_every_cell_runs(opened, record_property):
    record_property("notebooks", 1)
    ran = opened.page.evaluate(CELLS)

    assert [cell["prompt"] for cell in ran] == [f"[{number}]:" for number in range(1, len(opened.stored) + 1)]
    may_be_red = ["raises-exception" in cell.metadata.get("tags", []) for cell in opened.stored]
    assert [cell for cell, may in zip(ran, may_be_red, strict=True) if cell["red"] and not may] == []


@each_notebook()
def test_every_picture_is_shown(opened, record_property):
    opened.page.wait_for_function(ALL_LOADED)
    pictures = opened.page.evaluate(PICTURES)
    record_property("pictures", len(pictures))

    assert [picture for picture in pictures if not (picture["pixels"] and picture["area"])] == []
    # A sentence and the diagram in text: an image that has neither is called "Image" by JupyterLab.
    assert [picture["alt"] for picture in pictures if "\n" not in picture["alt"]] == []
    in_widgets = [picture["inWidget"] for picture in pictures]
    assert in_widgets.count(True) == len(
        opened.stored_names("what if …")
    )  # the buttons show none until they are pressed
    assert opened.stored_pictures() in (None, in_widgets.count(False))


@each_notebook()
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_nothing_is_cut_off_or_small(opened, width):
    lab.resize(opened.page, width)
    cut_off, smallest = opened.page.evaluate(CUT_OFF), opened.page.evaluate(SMALLEST_TEXT)
    lab.resize(opened.page, WIDE)

    assert cut_off == []
    assert smallest >= 13


@each_notebook()
def test_it_is_light_and_it_is_dark(opened, tmp_path, pytestconfig):
    kept = pytestconfig.getoption("screenshots")
    name = opened.path.removesuffix(".ipynb").replace("/", "-")
    seen = {}
    for theme in ("Light", "Dark"):
        lab.change_theme(opened.page, theme)
        photographs = lab.photographs(opened.page, (kept or tmp_path) / f"{name}-{theme.lower()}")
        seen[theme] = imread(next(photographs))[..., :3]
        if kept:
            list(photographs)
    lab.change_theme(opened.page, "Light")

    edge = {theme: float(picture[:, :8].mean()) for theme, picture in seen.items()}  # left of all cells
    assert edge["Light"] > 0.9
    assert edge["Dark"] < 0.2
    assert all(picture.std() > 0.02 for picture in seen.values())  # not blank


@each_notebook("what if …")
def test_a_slider_moved_by_the_keyboard_changes_the_picture(opened, record_property):
    for widget, _ in opened.sliders():
        picture = watched(widget)
        handles = widget.get_by_role("slider").all()
        record_property("sliders", len(handles))
        for handle in handles:
            press(handle, "Home")
            before = picture.get_attribute("src")
            moves = 0
            while picture.get_attribute("src") == before and moves < len(BURST):
                press(handle, "ArrowRight")
                moves += 1
            assert picture.get_attribute("src") != before, f"{moves} moves changed nothing"
            assert readout(handle) == pytest.approx(float(str(handle.get_attribute("aria-valuetext"))))


@each_notebook("what if …")
def test_after_a_burst_of_moves_the_last_one_is_shown_at_once(opened):
    for widget, _ in opened.sliders():
        picture = watched(widget)
        for handle in widget.get_by_role("slider").all():
            press(handle, "End")
            last = str(picture.get_attribute("src"))
            press(handle, "Home")
            assert picture.get_attribute("src") != last

            redraws(opened.page)
            for key in BURST:
                opened.page.keyboard.press(key)
            during = redraws(opened.page)
            expect(picture).to_have_attribute("src", last)
            settle(opened.page)

            after = redraws(opened.page)
            assert picture.get_attribute("src") == last
            assert after <= FEW
            assert during + after <= len(BURST)


@each_notebook("what if …")
def test_a_switch_pressed_by_the_keyboard_changes_the_picture_and_back(opened, record_property):
    for widget, names in opened.sliders():
        picture = watched(widget)
        switches = [switch for name in names for switch in called(widget, name, "checkbox")]
        record_property("switches", len(switches))
        assert len(switches) == widget.get_by_role("checkbox").count()
        for switch in switches:
            before = picture.get_attribute("src")
            press(switch, "Space")
            assert picture.get_attribute("src") != before
            press(switch, "Space")
            assert picture.get_attribute("src") == before


@pytest.mark.xfail(reason="ipywidgets 8.1 gives the handle of a slider no name", strict=True)
@each_notebook("what if …")
def test_each_control_is_called_by_its_name(opened):
    for widget, names in opened.sliders():
        assert [name for name in names if not called(widget, name, *ROLES)] == []


def called(widget: Locator, name: str, *roles: Any) -> list[Locator]:
    """Find the controls of some roles that a screen reader calls by a parameter's name."""
    spoken = name.replace("_", " ")
    return [control for role in roles for control in widget.get_by_role(role, name=spoken, exact=True).all()]


def watched(widget: Locator) -> Locator:
    """Begin to note the redraws of a widget, and return its picture."""
    widget.evaluate(NOTE_REDRAWS)
    return widget.locator("img")


def press(control: Locator, key: str) -> None:
    """Press a key on a control, and wait until no picture follows any more."""
    control.press(key)
    settle(control.page)


def settle(page: Page) -> None:
    page.wait_for_function(SETTLED)


def redraws(page: Page) -> int:
    """Count the redraws since the last count."""
    return int(page.evaluate("() => window.redraws.splice(0).length"))


def readout(handle: Locator) -> float:
    """Read the number beside a slider."""
    slider = handle.locator("xpath=ancestor::*[contains(@class, 'widget-slider')]")
    return float(slider.locator(".widget-readout").inner_text())


PAUSED = "paused once by you"
BY_HAND = re.compile(r"^end +at .*, by hand", re.MULTILINE)
WAITS = "waits for its Deferred"


class Panel:
    """A row of buttons for each of some things, and the picture of the live run."""

    LANES = {"server": "ask", "loop": "ask"}  # where a thing's name is not that of its lane
    FAILS_WITHOUT = ("server",)  # its lane goes on when it is stopped, in vain

    def __init__(self, page: Page, widget: Locator, things: list[str]) -> None:
        self.page, self.widget, self.things = page, widget, things
        self.run_live = widget.get_by_role("button", name="Run live")
        self.end = widget.get_by_role("button", name="End")
        self.anyway = widget.get_by_role("checkbox", name="do it anyway")
        self.status = widget.get_by_role("status")
        self.picture = widget.locator("img")
        self.pressed: set[str] = set()

    def begin(self) -> None:
        """Press Run live, and wait until the picture has appeared and advanced."""
        self.end_what_is_live()
        self.run_live.click()
        self.wait("live.end > 0")

    def end_what_is_live(self) -> None:
        """End a run that is on, so that no later look at the picture is a look at that one."""
        self.end.evaluate("end => end.click()")  # which does nothing if it has just ended by itself
        expect(self.end).to_be_disabled()
        self.wait("isNaN(live.end)")

    def button(self, press: str) -> Locator:
        return self.widget.get_by_title(f"{press}()", exact=True)

    def state(self, thing: str) -> Locator:
        return self.button(f"{thing}.start").locator("xpath=..").locator(".widget-label").last

    def all_presses(self, thing: str, *, enabled: bool) -> list[str]:
        """List the presses whose buttons are enabled, or those whose are not: "pages.pause" …."""
        titles = [button.get_attribute("title") for button in self.widget.locator(f"button[title^='{thing}.']").all()]
        presses = [str(title).removesuffix("()") for title in titles]
        return [press for press in presses if self.button(press).is_enabled() == enabled]

    def right(self, thing: str) -> set[str]:
        """List what it is right to press now: {"pause", "stop"}."""
        return {press.split(".")[1] for press in self.all_presses(thing, enabled=True)}

    def press(self, press: str) -> None:
        """Press a button, and wait until the press is told above the picture and marked in it."""
        self.button(press).click()
        expect(self.status).to_contain_text(f"{press}()")
        label = press if len(self.things) > 1 else press.split(".")[1]
        expect(self.picture).to_have_attribute("alt", re.compile(rf"^mark +{label}!? at", re.MULTILINE))
        self.pressed.add(press)

    def lane(self, thing: str) -> str:
        lanes = re.search(r"lanes (.*)\.", str(self.picture.get_attribute("alt")))[1].split(", ")
        return thing if thing in lanes else self.LANES[thing]

    def read(self, lane: str = "") -> dict[str, float]:
        return self.widget.evaluate(f"(widget, lane) => ({LIVE})(widget, lane)", lane)

    def wait(self, condition: str, lane: str = "", than: float = 0) -> None:
        """Wait until what the picture says fulfils a condition."""
        self.page.wait_for_function(
            f"([widget, lane, than]) => {{ const live = ({LIVE})(widget, lane); return {condition}; }}",
            arg=[self.widget.element_handle(), lane, than],
        )  # fmt: skip

    def goes_on(self, thing: str) -> None:
        lane = self.lane(thing)
        self.wait("live.ticks > than", lane, self.read(lane)["ticks"])

    def stands_still(self, thing: str) -> None:
        lane = self.lane(thing)
        before = self.read(lane)
        self.wait("live.end >= than", lane, before["end"] + STILL)
        assert self.read(lane)["ticks"] == before["ticks"]


@each_notebook("by hand …")
def test_every_button_does_what_it_says(opened, record_property):
    for panel in opened.panels():
        right = {f"{thing}.{method}" for thing in panel.things for method in press_all_that_is_right(panel, thing)}
        assert panel.pressed == right
        record_property("buttons", len(panel.pressed))


def press_all_that_is_right(panel: Panel, thing: str) -> set[str]:
    """Run it live, press whatever is enabled, and see what it does; return all that was ever enabled."""
    panel.begin()
    right = panel.right(thing)
    if "cancel" in right:
        cancel(panel, thing)
        return right
    panel.wait("live.ticks > 0", panel.lane(thing))
    if "pause" in right:
        right |= pause_and_resume(panel, thing)
    if "stop" in right:
        right |= stop(panel, thing)
    return right


def cancel(panel: Panel, thing: str) -> None:
    panel.press(f"{thing}.cancel")
    expect(panel.state(thing)).to_have_text("cancelled")
    assert panel.right(thing) == set()


def pause_and_resume(panel: Panel, thing: str) -> set[str]:
    """Pause it and resume it; one that waits for its Deferred stands still anyway, and still waits in the end."""
    waits = WAITS in panel.state(thing).inner_text()
    panel.press(f"{thing}.pause")
    expect(panel.state(thing)).to_contain_text(PAUSED)
    if not waits:
        panel.stands_still(thing)
    paused = panel.right(thing)
    panel.press(f"{thing}.resume")
    expect(panel.state(thing)).not_to_contain_text(PAUSED)
    if waits:
        expect(panel.state(thing)).to_have_text(WAITS)
    else:
        panel.goes_on(thing)
    return paused


def stop(panel: Panel, thing: str) -> set[str]:
    """Stop it; a loop and whatever else has a start can be started again, a task cannot."""
    panel.press(f"{thing}.stop")
    expect(panel.button(f"{thing}.stop")).to_be_disabled()
    expect(panel.state(thing)).to_contain_text("stopped")
    if thing in panel.FAILS_WITHOUT:
        expect(panel.picture).to_have_attribute("alt", re.compile("failed"))
    else:
        panel.stands_still(thing)
    stopped = panel.right(thing)
    if stopped:
        panel.press(f"{thing}.start")
        panel.goes_on(thing)
    return stopped


@each_notebook("by hand …")
def test_a_wrong_press_is_possible_and_shows_what_is_raised(opened):
    for panel in opened.panels():
        for thing in panel.things:
            panel.begin()  # anew, because a run does not last for ever
            wrong = panel.all_presses(thing, enabled=False)
            panel.anyway.check()
            for press in wrong:
                panel.press(press)
                expect(panel.status).to_contain_text(re.compile(rf"{press}\(\) (raised [A-Z]|was not refused)"))
            panel.anyway.uncheck()
            expect(panel.button(wrong[0])).to_be_disabled()


@each_notebook("by hand …")
def test_a_live_picture_is_not_cut_off_either(opened):
    for panel in opened.panels():
        panel.begin()
        lab.resize(opened.page, NARROW)
        cut_off = opened.page.evaluate(CUT_OFF)
        lab.resize(opened.page, WIDE)
        assert cut_off == []


@each_notebook("by hand …")
def test_the_keyboard_alone_is_enough(opened):
    page = opened.page
    for panel in opened.panels():
        panel.end_what_is_live()
        panel.widget.locator(
            "xpath=ancestor::*[contains(@class, 'jp-CodeCell')]//*[contains(@class, 'cm-content')]"
        ).click()
        page.keyboard.press("Escape")
        tab_to(panel.run_live)
        page.keyboard.press("Enter")
        panel.wait("live.end > 0")
        thing = panel.things[0]
        press = panel.all_presses(thing, enabled=True)[0]
        tab_to(panel.button(press))
        page.keyboard.press("Space")
        expect(panel.status).to_contain_text(f"{press}()")
        tab_to(panel.end, "Shift+Tab")
        page.keyboard.press("Enter")
        expect(panel.end).to_be_disabled()


def tab_to(control: Locator, key: str = "Tab", most: int = 8) -> None:
    """Press Tab until a control has the focus."""
    for _ in range(most):
        if control.evaluate("control => control === document.activeElement"):
            return
        control.page.keyboard.press(key)
    expect(control).to_be_focused()


NOTHING_LIVE = """\
from twisted.internet import reactor
from course_lib.running.real import in_reactor
print("left:", [str(call) for call in in_reactor(reactor.getDelayedCalls) if "reapAllProcesses" not in str(call)])"""


@each_notebook("by hand …")
def test_a_live_run_ends_with_its_button_the_next_cell_and_its_own_cell(opened):
    for panel in opened.panels():
        cell = panel.widget.locator("xpath=ancestor::*[contains(@class, 'jp-CodeCell')]")
        panel.begin()
        panel.end.click()
        ended_by_hand(panel)

        panel.begin()
        assert run_in_a_new_cell_below(cell, NOTHING_LIVE) == "left: []"
        ended_by_hand(panel)

        panel.begin()
        panel.picture.evaluate("picture => { window.old = picture; }")
        cell.locator(".jp-InputPrompt").click()
        opened.page.keyboard.press("Control+Enter")
        opened.page.wait_for_function("() => !window.old.isConnected")
        expect(panel.end).to_be_disabled()
        assert run_in_a_new_cell_below(cell, NOTHING_LIVE) == "left: []"


def ended_by_hand(panel: Panel) -> None:
    expect(panel.end).to_be_disabled()
    expect(panel.picture).to_have_attribute("alt", BY_HAND)
    assert [press for thing in panel.things for press in panel.right(thing)] == []


def run_in_a_new_cell_below(cell: Locator, code: str) -> str:
    """Do what somebody does who tries something: B, type, Shift-Enter; return the output."""
    cell.locator(".jp-InputPrompt").click()
    for key in ("b", "Enter"):
        cell.page.keyboard.press(key)
    cell.page.keyboard.insert_text(code)
    cell.page.keyboard.press("Shift+Enter")
    output = cell.locator("xpath=following-sibling::*[contains(@class, 'jp-CodeCell')][1]").locator(
        ".jp-OutputArea-output"
    )
    return output.inner_text().strip()


SCRATCH = [
    """\
from pathlib import Path
from twisted.internet import reactor
from twisted.internet.task import LoopingCall, deferLater
from course_lib import run
from course_lib.widgets import by_hand

def ticking(clock, timeline):
    loop = LoopingCall(timeline.traced(lambda: None, name="loop"))
    loop.clock = clock
    loop.start(0.1)
    return {"loop": loop}""",
    """\
length = 60 if Path("block").exists() else 0.1
print("begun", flush=True)
run(lambda clock, timeline: deferLater(clock, length), clock=reactor, until=60)""",
    "by_hand(ticking, until=30)",
    NOTHING_LIVE,
]


@pytest.fixture(scope="module")
def scratch(folder: Path, open_alone: Callable[[str], Page]) -> Iterator[Page]:
    """A notebook with a cell that blocks for long if there is a file "block", and with a panel."""
    (folder / "scratch.ipynb").write_text(normalised(new_notebook(cells=[new_code_cell(code) for code in SCRATCH])))
    page = open_alone("scratch.ipynb")
    yield page
    leave(page)


def ran_clean(page: Page) -> None:
    """Run all cells, and see that each has run, none fails and nothing is left."""
    lab.run_all(page)
    cells = page.evaluate(CELLS)
    assert [cell for cell in cells if cell["red"] or not re.fullmatch(r"\[\d+\]:", cell["prompt"])] == []
    expect(page.locator(OUTPUT).last).to_have_text("left: []")


def run_live(page: Page) -> None:
    """Run all cells, and then the panel live."""
    ran_clean(page)
    Panel(page, page.locator(WIDGET), ["loop"]).begin()


def interrupt(page: Page) -> None:
    """Interrupt the kernel by the menu, and wait until it has been done."""
    with page.expect_response(re.compile("/interrupt")):
        lab.choose(page, "Kernel", "Interrupt Kernel")


def test_a_cell_that_blocks_can_be_interrupted_and_all_run_again(scratch, folder):
    (folder / "block").touch()
    lab.begin_to_run_all(scratch)
    expect(scratch.locator(OUTPUT, has_text="begun")).to_be_visible()
    (folder / "block").unlink()
    interrupt(scratch)
    scratch.wait_for_function(lab.NONE_WAITS)

    red = [" ".join(cell["red"]) for cell in scratch.evaluate(CELLS)]
    assert ["KeyboardInterrupt" in text for text in red] == [False, True, False, False]
    ran_clean(scratch)


def test_with_a_live_panel_the_kernel_can_be_interrupted_and_all_run_again(scratch):
    run_live(scratch)
    interrupt(scratch)
    ran_clean(scratch)


def test_with_a_live_panel_the_kernel_can_be_restarted_and_all_run_again(scratch):
    run_live(scratch)
    with scratch.expect_response(re.compile("/restart")):
        lab.choose(scratch, "Kernel", "Restart Kernel…")
        lab.accept_dialog(scratch)
    lab.wait_for_kernel(scratch)
    ran_clean(scratch)
