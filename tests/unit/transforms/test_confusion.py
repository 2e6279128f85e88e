from __future__ import annotations

import json
from pathlib import Path

import pytest

from records.errors import InputError
from transforms.confusion import DEFAULT_WEIGHTS, read_confusion, read_facts

COUNTS = {
    "bad": {"bad": 7, "neutral": 2, "good": 1},
    "neutral": {"bad": 0, "neutral": 9, "good": 1},
    "good": {"bad": 1, "neutral": 1, "good": 8},
}


def weights(path: Path, **facts: str) -> Path:
    lines = [f"# {key}: {value}" for key, value in facts.items()]
    path.write_text("\n".join([*lines, "feature\tbad\tgood", "bias\t0\t0", "# hash\t0\t0"]), encoding="utf-8")
    return path


def test_read_confusion__nine_cells(tmp_path: Path) -> None:
    path = weights(tmp_path / "w.tsv", model_version="own-1", confusion=json.dumps(COUNTS), measured_on="30 texts")
    cells = read_confusion(path)
    assert {(c.actual, c.labelled): c.mention_count for c in cells} == {
        (a, b): n for a, row in COUNTS.items() for b, n in row.items()
    }
    assert {(c.model_version, c.measured_on) for c in cells} == {("own-1", "30 texts")}


def test_read_confusion__none_that_was_not_measured_on_unseen_texts(tmp_path: Path) -> None:
    assert read_confusion(weights(tmp_path / "w.tsv", model_version="own-1", confusion=json.dumps(COUNTS))) == ()


def test_read_facts__of_the_weights_that_come_with_us() -> None:
    assert read_facts(DEFAULT_WEIGHTS)["model_version"].startswith("experience-")


@pytest.mark.parametrize("text", ["", "feature\tbad\tgood\n", "# data: none\n"])
def test_read_facts__no_weights_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "w.tsv").write_text(text)
    with pytest.raises(InputError, match="grapevine train"):
        read_facts(tmp_path / "w.tsv")


def test_read_confusion__damaged(tmp_path: Path) -> None:
    path = weights(tmp_path / "w.tsv", model_version="own-1", confusion='{"bad": {}}', measured_on="30 texts")
    with pytest.raises(InputError, match="damaged"):
        read_confusion(path)
