"""What is published changes as a whole under its readers, and what was said under other rates stays on record."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grapevine import pipeline
from records.home import Home

from .conftest import HERE, SAMPLE, Grapevine, Unhurt, differing, published


@pytest.fixture
def folder(unhurt: Unhurt, home: Home, tmp_path: Path) -> Path:
    """A copy of the sample's files; `home` is a copy of what was made of them."""
    shutil.copytree(unhurt.home.root, home.root, symlinks=True)
    return Path(shutil.copytree(SAMPLE.parent, tmp_path / "sample"))


def test_rebuild__another_profile_keeps_what_was_said(
    unhurt: Unhurt, home: Home, folder: Path, grapevine: Grapevine
) -> None:
    settings = folder / "grapevine.toml"
    settings.write_text(settings.read_text().replace('profile = "dr2013"', 'profile = "satisfied_post_more"'))

    done = grapevine(home, "rebuild", "--config", str(settings), "--json")

    assert done.returncode == 0, done.stderr
    (earlier,) = json.loads(done.stdout)["earlier"]
    assert (earlier["profile"], earlier["said_until"][:10]) == ("dr2013", "2026-11-16")
    assert earlier["moved_count"] == earlier["period_count"] > 0
    week = "WHERE brand = 'thistlepost' AND period_kind = 'week' AND period_start_date = '2026-11-09'"
    said = published(unhurt.home, f"SELECT estimated_bad_count FROM marts.brand_period {week}")
    kept = f"SELECT estimated_bad_count FROM marts.brand_period_history {week} AND profile = 'dr2013'"
    assert differing(published(home, kept), said) == []
    assert published(home, f"SELECT estimated_bad_count FROM marts.brand_period {week}") != said


def test_publish__reader_sees_whole_states_only(home: Home, folder: Path, grapevine: Grapevine) -> None:
    with (folder / "posts.jsonl").open("a", encoding="utf-8") as posts:
        late = {"id": "p9999", "author": "u1", "created_at": "2026-11-15T20:00:00Z", "text": "Thistlepost: awful."}
        posts.write(json.dumps(late) + "\n")
    workspace = pipeline.Workspace.open(config=folder / "grapevine.toml", home=home.root)
    for step in (pipeline.pull, pipeline.load, pipeline.score, pipeline.build):
        step(workspace)
    ((reviews,),) = published(home, "SELECT count(*) FROM marts.mentions WHERE NOT is_duplicate AND kind = 'review'")
    command = [sys.executable, str(HERE / "read_published.py"), str(home.published_file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        assert reader.stdout.readline() == f"410,410,{reviews}\n"

        done = grapevine(home, "publish", "--config", str(folder / "grapevine.toml"))

        assert done.returncode == 0, done.stderr
        assert reader.stdout.readline() == f"411,411,{reviews}\n"
        reader.stdin.close()
        seen = json.loads(reader.stdout.readline())
    assert reader.returncode == 0
    assert list(seen) == [f"410,410,{reviews}", f"411,411,{reviews}"]
