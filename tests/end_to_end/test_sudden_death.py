"""A home folder in which every step died once holds what one holds that was never hurt."""

from __future__ import annotations

import json
import shutil
import signal
from itertools import chain

from grapevine.pipeline import STEPS
from records.home import Home

from .conftest import SAMPLE, Grapevine, TablesOf, Unhurt, differing, files_under, traced


def test_run__killed_in_every_step_then_whole(
    unhurt: Unhurt, home: Home, grapevine: Grapevine, tables_of: TablesOf
) -> None:
    # Authors are hashed with the home's own key: only with the same key can the tables be the same.
    home.root.mkdir(mode=0o700)
    shutil.copy(unhurt.home.secret_key, home.secret_key)
    # One home folder dies in each step in turn; every run takes up what the one before left lying.
    deaths = [(step, str(max(1, unhurt.ticks.get(step, 0) // 2))) for step in STEPS]
    died = traced(home, *chain.from_iterable(deaths))
    assert died.returncode == 0, died.stderr
    assert json.loads(died.stdout) == dict.fromkeys(STEPS, -signal.SIGKILL), died.stderr

    done = grapevine(home, "run", "--config", str(SAMPLE))

    assert done.returncode == 0, done.stderr
    expected, found = tables_of(unhurt.home), tables_of(home)
    assert found.keys() == expected.keys()
    for table, rows in expected.items():
        assert differing(found[table], rows) == [], table
    assert files_under(home.digests).keys() == files_under(unhurt.home.digests).keys()
    # A draft that a killed pull left in landing/ is swept after a day: it might be another pull at work.
    leftovers = [str(path) for path in home.root.rglob("*.tmp") if home.landing not in path.parents]
    assert leftovers == []
