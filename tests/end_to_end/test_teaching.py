"""From what people say to changed tables: labels from a file and a mail, weights learned from them, all scored anew."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grapevine import labelling, models, pipeline, teaching
from grapevine.pipeline import Workspace
from records.errors import InputError
from records.home import Home
from transforms.labelling import COLUMNS
from transforms.score import MODEL_VERSION
from transforms.tables import read_table
from warehouse import query, store

# words that no lexicon knows, so that only people can tell these texts apart
SIGNS = {"bad": "quonky", "neutral": "mirrelled", "good": "zandy"}
SETTINGS = """
[[brands]]
name = "Acme"
[[sources]]
connector = "files"
name = "posts"
path = "posts.csv"
channel = "online"
kind = "post"
brand = "acme"
[sources.columns]
id = "id"
text = "text"
published_at = "date"
[digest]
recipients = ["Ann <ann@acme.example>"]
"""
MAIL = """From: {sender}
Date: Fri, 20 Nov 2026 12:00:00 +0000
Subject: Re: Wrong label: {mention} acme

{label}, I was there
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, parsed: Callable[[Home], None]) -> Workspace:
    """A small home, built once: 180 posts, 60 of each kind, that the default weights call neutral."""
    folder = tmp_path_factory.mktemp("teaching")
    (folder / "grapevine.toml").write_text(SETTINGS, encoding="utf-8")
    rows = [(label, n) for n in range(60) for label in SIGNS]
    random.Random(7).shuffle(rows)
    with (folder / "posts.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "text", "date"))
        for place, (label, n) in enumerate(rows):
            text = f"the Acme blorp at counter {n} was {SIGNS[label]} on day {n * 7 % 31}"
            writer.writerow((f"{label}-{n}", text, f"2026-{10 + place % 2}-{1 + place % 14:02}T10:00:00Z"))
    workspace = Workspace.open(config=folder / "grapevine.toml", home=folder / "home")
    parsed(workspace.home)
    pipeline.pull(workspace)
    _label_and_build(workspace)
    return workspace


def _label_and_build(workspace: Workspace) -> int:
    pipeline.load(workspace)
    count = pipeline.score(workspace)
    pipeline.build(workspace)
    pipeline.publish(workspace)
    return count


def _ask(home: Home, sql: str) -> list[tuple[Any, ...]]:
    return query.select(home, sql).rows


def _truth(text: str) -> str:
    return next(label for label, sign in SIGNS.items() if sign in text)


def _fill(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="module")
def taught(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What happened while somebody labelled two thirds of the posts, by file and by mail, and trained."""
    folder, home = tmp_path_factory.mktemp("said"), workspace.home
    before = _ask(home, "SELECT label, label_basis, count(*) FROM mentions GROUP BY ALL")
    labelling.export_doubtful(home, folder / "out.csv", limit=120)
    rows = read_table(folder / "out.csv").to_pylist()
    filled = [row | {"label": _truth(row["text"])} for row in rows]
    bad_row = filled[0] | {"mention_id": "7", "label": "bad"}
    imported = labelling.import_labels(
        home, _fill(folder / "in.csv", [*filled[1:], bad_row, filled[0] | {"label": ""}])
    )
    mails = folder / "mails"
    mails.mkdir()
    for sender, label in (("Ann <ann@acme.example>", _truth(filled[0]["text"])), ("eve@evil.example", "good")):
        mail = MAIL.format(sender=sender, mention=filled[0]["mention_id"], label=label)
        (mails / f"{label}-{sender[:3]}.eml").write_text(mail, encoding="utf-8")
    mailed = labelling.import_mails(home, mails, workspace.settings)
    report = teaching.train_from_labels(home, models.weights_file(home, workspace.settings.folder / "grapevine.toml"))
    anew = Workspace(workspace.settings, home)  # a later process
    scored = _label_and_build(anew)
    return {"before": before, "imported": imported, "mailed": mailed, "report": report, "scored": scored, "rows": rows}


def test_labels__come_by_file_and_mail_and_what_is_wrong_is_named(taught: dict[str, Any]) -> None:
    assert taught["before"] == [("neutral", "text", 180)]
    imported, mailed = taught["imported"], taught["mailed"]
    assert (imported.written_count, imported.empty_count) == (119, 1)
    assert imported.refused == ("row 121: mention_id is '7'; keep the ids as they were",)
    assert mailed.written_count == 1
    assert mailed.refused == ("good-eve.eml: its sender is no receiver of the digest",)


def test_marts__what_people_said_stands_and_the_rest_is_labelled_by_what_was_learned(
    workspace: Workspace, taught: dict[str, Any]
) -> None:
    assert taught["report"].is_written
    assert taught["scored"] == 180
    found = _ask(workspace.home, "SELECT label, label_basis, text FROM mentions")
    assert sum(basis == "person" for _, basis, _ in found) == 120
    right = [label == _truth(text) for label, basis, text in found if basis == "text"]
    assert len(right) == 60
    assert sum(right) >= 57
    assert all(label == _truth(text) for label, basis, text in found if basis == "person")


def test_brand_period__figures_of_past_weeks_follow_the_labels(workspace: Workspace, taught: dict[str, Any]) -> None:
    counts = "SELECT sum(bad_count), sum(good_count) FROM brand_day"
    ((bad, good),) = _ask(workspace.home, counts)
    assert abs(bad - 60) <= 3
    assert abs(good - 60) <= 3
    history = "SELECT count(DISTINCT model_version) FROM brand_period_history"
    assert _ask(workspace.home, history) == [(2,)]  # what was said before stays on record


def test_confusion__of_what_was_drawn_at_random_is_kept_for_the_estimate(
    workspace: Workspace, taught: dict[str, Any]
) -> None:
    drawn = sum(row["drawn"] == "random" for row in taught["rows"])
    with store.open(workspace.home, step="test") as connection:
        matrix = connection.execute("SELECT sum(mention_count), count(*) FROM raw.confusion").fetchone()
        models_named = connection.execute(
            "SELECT DISTINCT model_version FROM raw.confusion INTERSECT "
            "SELECT model_version FROM raw.classification WHERE model_version LIKE '%+own-%'"
        ).fetchall()
    assert matrix == (drawn, 9)
    assert len(models_named) == 1


def test_explain__of_a_mention_in_the_numbers_that_decided(workspace: Workspace, taught: dict[str, Any]) -> None:
    config = workspace.settings.folder / "grapevine.toml"
    weights = teaching.choose(None, workspace.home, config)
    ask = "SELECT mention_id, p_bad, text FROM mentions WHERE label_basis = 'text' ORDER BY mention_id LIMIT 1"
    ((mention, p_bad, text),) = _ask(workspace.home, ask)
    (found,) = teaching.explain_mention(workspace.home, mention, weights)
    assert found.chances["bad"] == pytest.approx(p_bad)
    assert found.headline.startswith("Acme · posts · 2026-")
    assert any(SIGNS[_truth(text)] in part.what for part in found.parts)
    said = taught["rows"][1]
    (other,) = teaching.explain_mention(workspace.home, said["mention_id"], weights)
    assert other.headline.endswith(f"{_truth(said['text'])}, as a person said")


def test_status__says_which_weights_are_in_use(
    workspace: Workspace, taught: dict[str, Any], grapevine: Callable[..., Any]
) -> None:
    done = grapevine(workspace.home, "status", "--config", str(workspace.settings.folder / "grapevine.toml"))
    assert done.returncode == 0, done.stderr
    assert f"weights: {workspace.home.weights} ({MODEL_VERSION}+own-" in done.stdout


def test_label__one_mention_and_taken_back(workspace: Workspace, taught: dict[str, Any]) -> None:
    home, mention = workspace.home, taught["rows"][2]["mention_id"]

    def stands() -> list[tuple[Any, ...]]:
        with store.open(home, step="test") as connection:
            asked = "SELECT label, note, origin FROM raw.override WHERE mention_id = ?"
            return connection.execute(asked, [mention]).fetchall()

    labelling.set_label(home, mention, "none")
    assert stands() == []
    assert labelling.set_label(home, mention, "Positive", note="irony").written_count == 1
    assert stands() == [("good", "irony", "terminal")]
    done = labelling.set_label(home, mention, "bad", brands=["bolt"])
    assert done.refused == ("bolt: the mention is about acme, not bolt",)
    with pytest.raises(InputError, match="the label is 'great'"):
        labelling.set_label(home, mention, "great")
