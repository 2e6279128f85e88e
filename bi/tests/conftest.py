"""A pipeline that publishes, Superset on what it publishes, and a browser on Superset (`make test-bi`, minutes).

All of it runs in Superset's environment, whose DuckDB is older than the one that writes; the pipeline and what starts
Superset run in the project's own. Not part of `make test`, which has no Superset.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv" / "bin" / "python"
GRAPEVINE = ROOT / ".venv" / "bin" / "grapevine"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
PAGE_MILLISECONDS = 60_000
WIDTH, HEIGHT = 1440, 1480  # of the pictures, in pixels
TEXTS = (
    "My parcel is lost.",
    "A driver threw a box over our fence!",
    "Two weeks late and nobody rings back.",
    "Delivered to a street I have never heard of.",
    "They broke the lamp and blame the wrapping.",
    "Charged twice for one label.",
    "The tracking page shows an error all day.",
    "Left outside in the rain, everything soaked.",
    "Sent back to the shop without one attempt.",
    "The depot was closed although it said open.",
    "An hour of music on the hotline, then nothing.",
    "Somebody else signed for it.",
)  # all different: alike ones would count as repeats

Row = dict[str, Any]


class Pipeline:
    """A home of the sample's data to which posts are added."""

    def __init__(self, folder: Path) -> None:
        self.sample = folder / "sample"
        shutil.copytree(ROOT / "examples" / "sample", self.sample)
        self.home = folder / "home"
        self._added_count = 0

    @property
    def published_file(self) -> Path:
        """What BI tools open."""
        return self.home / "published" / "current" / "grapevine.duckdb"

    def add_bad_posts(self, count: int) -> None:
        """Add posts of the newest complete week."""
        with (self.sample / "posts.jsonl").open("a", encoding="utf-8") as posts:
            for no in range(self._added_count, self._added_count + count):
                post = {
                    "id": f"added-{no}",
                    "author": f"author-{no}",
                    "text": f"{TEXTS[no]} Thistlepost is awful, worst service ever <img src=x>",
                    "lang": "en",
                    "created_at": f"2026-11-15T{10 + no}:00:00+00:00",
                    "url": f"https://posts.example.com/added/{no}",
                    "views": 5000,
                }
                posts.write(json.dumps(post) + "\n")
        self._added_count += count

    def start(self) -> subprocess.Popen[str]:
        """Start all steps from pull to publish."""
        return subprocess.Popen(
            [GRAPEVINE, "--home", self.home, "run", "--config", self.sample / "grapevine.toml"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self) -> None:
        """Take all steps from pull to publish."""
        process = self.start()
        said, _ = process.communicate()
        assert process.returncode == 0, said

    def rows(self, query: str) -> list[Row]:
        """Ask the published file."""
        with duckdb.connect(self.published_file, read_only=True) as connection:
            answer = connection.execute(query)
            return [
                dict(zip([column[0] for column in answer.description], row, strict=True)) for row in answer.fetchall()
            ]


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
    page.goto("/login/")
    page.locator("input#username").fill("admin")
    page.locator("input#password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/superset/welcome/**")
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
