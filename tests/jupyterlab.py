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
from urllib.parse import quote
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

from tests.normalise import PROJECT

CHROMIUM = "chromium"
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
PROMPTS = "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(prompt => prompt.innerText.trim())"
PATIENCE = 120_000  # milliseconds


@contextmanager
def jupyterlab(folder: Path, *, dark: bool = False) -> Iterator[str]:
    """Serve a folder, with a configuration of its own, and yield the address of the Lab."""
    private = folder.parent / "private"
    settings = SETTINGS | {
        "@jupyterlab/apputils-extension/themes": {"theme": "JupyterLab Dark" if dark else "JupyterLab Light"}
    }
    for name, values in settings.items():
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
        raise RuntimeError("no Chromium: install it with `apt-get install chromium`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=1)
        page.set_default_timeout(PATIENCE)
        yield page
        browser.close()


def open_notebook(page: Page, lab: str, path: str) -> None:
    """Open a notebook and wait until its kernel is idle."""
    page.goto(f"{lab}/tree/{quote(path)}?reset")
    page.wait_for_selector(".jp-NotebookPanel .jp-Notebook .jp-Cell")
    page.wait_for_function("() => document.querySelector('#jp-main-statusbar').innerText.includes('| Idle')")


def command(page: Page, name: str) -> None:
    """Give JupyterLab a command, as its menu does, and do not wait for it."""
    page.evaluate(f"() => {{ window.jupyterapp.commands.execute('{name}'); }}")


def run_all(page: Page) -> None:
    """Run all cells and wait until each has run."""
    command(page, "notebook:clear-all-cell-outputs")
    page.wait_for_function(f"() => {PROMPTS}.every(text => text === '[ ]:')")
    command(page, "notebook:run-all-cells")
    page.wait_for_function(f"() => {PROMPTS}.every(text => /^.[0-9]+.:$/.test(text))")


def copy_of_notebooks(folder: Path) -> Path:
    """Copy what a learner opens to a folder whose name has a space in it, so that nothing here is changed."""
    copy = folder / "the course"
    for part in ("notebooks", "exercises"):
        if (PROJECT / part).is_dir():
            shutil.copytree(PROJECT / part, copy / part, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    return copy
