"""Every connector against the kit: on recordings made by this project, and on real ones where they are at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors import kit, registry
from connectors.contract import Rechecks

PAYLOADS = Path(__file__).parents[1] / "payloads"
REAL = {
    "feeds": "feeds",
    "hackernews": "hackernews",
    "steam": "steam",
    "appstore": "appstore_rss",
    "reddit": "reddit",
    "x": "x",
}
NETWORKED = sorted(name for name in registry.built_in() if not registry.find(name).declaration.reads_files)


def broken(report):
    return [one for one in (*report.files, *report.checks) if one.is_ok is False]


@pytest.mark.parametrize("name", NETWORKED)
def test_connectors__keep_their_promises_on_our_recordings(name):
    report = kit.check(name, PAYLOADS / name)
    assert broken(report) == []
    assert report.is_ok
    expected = next(check for check in report.checks if check.name == "records are those of expected.jsonl")
    assert expected.is_ok


@pytest.mark.real_data
@pytest.mark.parametrize("name", NETWORKED)
def test_connectors__keep_their_promises_on_real_recordings(name, real_data):
    report = kit.check(name, real_data / "payloads" / REAL[name])
    assert broken(report) == []
    assert sum(one.records for one in report.files) > 0


@pytest.mark.parametrize("name", sorted(registry.built_in()))
def test_connectors__declare_what_docs_and_budgets_need(name):
    connector = registry.find(name)
    about = connector.declaration
    assert about.name == name
    assert about.title
    assert about.reads_files or about.requests_per_window
    assert isinstance(about.recheck_batch, int) == issubclass(connector, Rechecks)
    for field, model in _fields(connector.settings_model()):
        assert model.description, f"{name}: {field} has no description"
    assert connector.settings_model().model_config["extra"] == "forbid"
    for credential in about.credentials:
        assert credential.variable.startswith("GRAPEVINE_")


def _fields(model):
    yield from model.model_fields.items()


def test_connectors__every_one_has_recordings():
    assert {path.name for path in PAYLOADS.iterdir() if path.is_dir()} >= set(NETWORKED)
