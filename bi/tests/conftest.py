"""A pipeline that publishes, Superset on what it publishes, and a browser on Superset (`make test-bi`, minutes).

All of it runs in Superset's environment, whose DuckDB is older than the one that writes; the pipeline and what starts
Superset run in the project's own. Not part of `make test`, which has no Superset.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pipeline import PYTHON, ROOT, Pipeline
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
PAGE_MILLISECONDS = 60_000
WIDTH, HEIGHT = 1440, 1480  # of the pictures, in pixels


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    pipeline = Pipeline(tmp_path_factory.mktemp("pipeline"))
    pipeline.run()
    return pipeline


@pytest.fixture(scope="module")
def superset(pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Start what `make bi` starts, with tables of its own; stop it by Ctrl-C and see that nothing is left."""
    folder = tmp_path_factory.mktemp("superset")
    (folder / "venv").symlink_to(ROOT / "var" / "bi" / "venv")
    process = subprocess.Popen(
        [PYTHON, "-m", "grapevine.superset", "--home", pipeline.home, "--folder", folder, "--port", "18088"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("Superset is ready: "):
            break
    else:
        pytest.fail("".join(said))
    address, password = said[-1].split()[3], said[-1].split()[-1]
    yield address, password
    process.send_signal(signal.SIGINT)
    said_last, _ = process.communicate(timeout=60)
    assert "stopped; nothing is left running" in said_last
    assert not _processes_naming(str(folder))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    names = [os.environ["CHROMIUM"]] if "CHROMIUM" in os.environ else CHROMIUM_NAMES
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        pytest.fail(
            f"no Chromium ({', '.join(names)}) on the PATH; install it, such as with `apt-get install chromium`, "
            "or name it in CHROMIUM"
        )
    with sync_playwright() as playwright:
        # in containers, where tests often run as root, Chromium's own sandbox cannot start
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page(browser: Browser, superset: tuple[str, str]) -> Page:
    """A page whose user is logged in."""
    address, password = superset
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, base_url=address)
    page.set_default_timeout(PAGE_MILLISECONDS)
    expect.set_options(timeout=PAGE_MILLISECONDS)
    page.goto("/login/", wait_until="networkidle")  # the form forgets what is filled in before its script runs
    page.locator("input#username").fill("admin")
    page.locator("input#password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"^[^?]*/superset/welcome/"))  # a refused login names it too, behind the ?
    return page


def _processes_naming(text: str) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            is_ours = text in (folder / "environ").read_text(errors="replace")
        except OSError:
            continue
        if is_ours and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    return found
