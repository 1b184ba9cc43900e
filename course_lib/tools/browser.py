"""A private JupyterLab on loopback and a page of Debian's Chromium in it; for the browser tests and for screenshots."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Page, expect, sync_playwright

from course_lib.tools.stored import PROJECT

CHROMIUM = "chromium"
NO_CHROMIUM = "no Chromium: install it with `apt-get install chromium`"
# Without these Chromium looks for hosts that a machine without a network does not have.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    # A windowed notebook leaves out of the page what is not in view.
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}
PARTS = ("notebooks", "exercises", "solutions")
SOON = 30_000  # milliseconds: far more than it takes until a press is seen
PATIENCE = 120_000  # milliseconds: the longest that a notebook may take
NOTEBOOK = ".jp-NotebookPanel"
SCROLLER = f"{NOTEBOOK} .jp-WindowedPanel-outer"
DIALOG = ".jp-Dialog"
PROMPTS = "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(prompt => prompt.innerText.trim())"
NONE_WAITS = f"() => !{PROMPTS}.includes('[*]:')"
IDLE = "document.querySelector('#jp-main-statusbar').innerText.includes('| Idle')"
# The prompts of a stored notebook have numbers already; so a run has begun when a star was seen among them.
WATCH_FOR_A_STAR = f"""() => {{
    window.starred = false;
    new MutationObserver((_, observer) => {{
        window.starred ||= {PROMPTS}.includes('[*]:');
        if (window.starred) observer.disconnect();
    }}).observe(document.querySelector('{NOTEBOOK}'), {{subtree: true, childList: true, characterData: true}});
}}"""
# The layout follows the size of the window when it comes to it.
FILLS_THE_WINDOW = f"""width => innerWidth === width
    && Math.abs(width - document.querySelector('{NOTEBOOK}').getBoundingClientRect().right) < 60"""


@contextmanager
def jupyterlab(folder: Path) -> Iterator[str]:
    """Serve a folder, with a configuration of its own, and yield the address of the Lab."""
    private = folder.parent / "private"
    for name, values in SETTINGS.items():
        file = private / "settings" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    port = free_port()
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(private / "config"),
        "JUPYTER_RUNTIME_DIR": str(private / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(private / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(private / "workspaces"),
        "XDG_STATE_HOME": str(private / "state"),
    }
    options = [
        f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={folder}",
        "--IdentityProvider.token=",
        "--no-browser",
    ]
    options += ["--LabApp.expose_app_in_browser=True", "--ServerApp.ip=127.0.0.1", "--allow-root"]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        wait_for_server(server, f"http://127.0.0.1:{port}/api")
        yield f"http://127.0.0.1:{port}/lab"
    finally:
        end(server)


def end(server: subprocess.Popen[bytes]) -> None:
    """End the server, and the kernels it may not have ended."""
    server.terminate()
    with suppress(subprocess.TimeoutExpired):
        server.wait(10)
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_server(server: subprocess.Popen[bytes], address: str) -> None:
    """Ask until the server answers, or has ended."""
    while server.poll() is None:
        try:
            urlopen(address, timeout=5).close()
        except (URLError, ConnectionError):
            continue
        return
    raise RuntimeError("JupyterLab ended before it answered: try `uv run jupyter lab` to see why")


@contextmanager
def browser_page(width: int = 1280, height: int = 1600) -> Iterator[Page]:
    """Open an empty page in Debian's Chromium."""
    executable = shutil.which(CHROMIUM)
    if executable is None:
        raise RuntimeError(NO_CHROMIUM)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=1)
        page.set_default_timeout(SOON)
        expect.set_options(timeout=SOON)
        yield page
        browser.close()


def open_lab(page: Page, lab: str) -> None:
    """Load JupyterLab as somebody sees it who has never been there."""
    page.goto(f"{lab}?reset")
    page.locator(".jp-DirListing-item").first.wait_for()


def open_from_file_browser(page: Page, path: str) -> None:
    """Double-click through the folders to a notebook, and wait until its kernel is idle."""
    page.locator(".jp-BreadCrumbs-home").click()
    for name in path.split("/"):
        page.locator(".jp-DirListing-item").filter(has=page.get_by_text(name, exact=True)).dblclick()
    page.locator(f"{NOTEBOOK} .jp-Notebook .jp-Cell").first.wait_for()
    wait_for_kernel(page)


def wait_for_kernel(page: Page) -> None:
    """Wait until the kernel is idle; where JupyterLab gave up waiting and asks for a kernel, take the one it offers."""
    page.wait_for_function(f"() => {IDLE} || document.querySelector('{DIALOG}')", timeout=PATIENCE)
    dialog = page.locator(DIALOG)
    if dialog.count():
        if "Select Kernel" not in (seen := dialog.inner_text()):
            raise RuntimeError(f"JupyterLab asked: {seen}")
        dialog.locator(".jp-mod-accept").click()
        page.wait_for_function(f"() => {IDLE}", timeout=PATIENCE)


def choose(page: Page, menu: str, item: str) -> None:
    """Choose an item of one of JupyterLab's menus."""
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.locator(".lm-Menu").get_by_text(item, exact=True).click()


def accept_dialog(page: Page) -> None:
    """Say yes to what JupyterLab asks."""
    page.locator(f"{DIALOG} .jp-mod-accept").click()
    expect(page.locator(DIALOG)).to_have_count(0)


def begin_to_run_all(page: Page) -> None:
    """Run all cells by the menu, and wait until the run has begun."""
    page.evaluate(WATCH_FOR_A_STAR)
    choose(page, "Run", "Run All Cells")
    page.wait_for_function("() => window.starred")


def run_all(page: Page) -> None:
    """Run all cells by the menu, and wait until none is waiting any more, be it that one has failed."""
    begin_to_run_all(page)
    page.wait_for_function(NONE_WAITS, timeout=PATIENCE)


def close_notebook(page: Page) -> None:
    """Close the notebook that is open, and shut down its kernel."""
    choose(page, "File", "Close and Shut Down Notebook…")
    accept_dialog(page)
    expect(page.locator(NOTEBOOK)).to_have_count(0)


def change_theme(page: Page, theme: str) -> None:
    """Switch to the theme, Light or Dark, and wait until it is there."""
    name = f"JupyterLab {theme}"
    page.evaluate(
        "theme => { window.jupyterapp.commands.execute('apputils:change-theme', {theme}); }", name
    )  # not waited for: an evaluated script has no time limit
    page.wait_for_function("theme => document.body.dataset.jpThemeName === theme", arg=name)


def resize(page: Page, width: int) -> None:
    """Make the window so many pixels wide, and wait until the notebook fills it."""
    assert page.viewport_size is not None
    page.set_viewport_size({"width": width, "height": page.viewport_size["height"]})
    page.wait_for_function(FILLS_THE_WINDOW, arg=width)


def photographs(page: Page, stem: Path) -> Iterator[Path]:
    """Photograph the notebook from top to bottom, a screenful each: STEM-1.png, STEM-2.png …."""
    whole, seen = page.evaluate(
        f"() => {{ const s = document.querySelector('{SCROLLER}'); return [s.scrollHeight, s.clientHeight] }}"
    )
    for number in range(-(-whole // seen)):
        page.evaluate(f"() => document.querySelector('{SCROLLER}').scrollTo(0, {number * seen})")
        file = stem.with_name(f"{stem.name}-{number + 1}.png")
        page.locator(SCROLLER).screenshot(path=file)
        yield file


def copy_of_notebooks(folder: Path) -> Path:
    """Copy the notebooks to a folder whose name has a space in it, so that nothing here is changed."""
    copy = folder / "the course"
    for part in PARTS:
        shutil.copytree(PROJECT / part, copy / part, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    return copy
