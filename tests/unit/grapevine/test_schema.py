"""The JSON Schema of grapevine.toml accepts what loads and refuses what editors should mark."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from connectors import registry
from grapevine.schema import schema
from grapevine.starter import Share, starter

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    made = schema()
    Draft202012Validator.check_schema(made)
    return Draft202012Validator(made)


def test_schema__accepts_the_first_file_and_the_example(validator: Draft202012Validator) -> None:
    first = starter(brand="Acme", handles=[], competitors=["B"], time_zone="UTC", coverage=Share(0.1, 0.2, 0.3))
    validator.validate(tomllib.loads(first))
    example = ROOT / "examples" / "sample" / "grapevine.toml"
    validator.validate(tomllib.loads(example.read_text("utf-8"), parse_float=float))


@pytest.mark.parametrize("name", registry.names())
def test_schema__accepts_each_connectors_example(validator: Draft202012Validator, name: str) -> None:
    about = registry.find(name).declaration
    own: dict[str, Any] = {"path": "a.csv", "columns": {"id": "id", "text": "t"}} if about.reads_files else {}
    validator.validate({"sources": [{"connector": name, "retention_days": 3, **own, **about.example}]})


@pytest.mark.parametrize(
    "wrong",
    [
        {"brand": []},
        {"sources": [{"connector": "stem"}]},
        {"sources": [{"connector": "steam"}]},
        {"sources": [{"connector": "steam", "apps": [{"id": 0}]}]},
        {"sources": [{"connector": "hackernews", "apps": [{"id": 1}]}]},
        {"sources": [{"connector": "files", "path": "a.csv", "columns": {"txet": "t"}}]},
        {"brands": [{"name": "A", "folder": "b"}]},
        {"folder": "a"},
    ],
)
def test_schema__refuses(validator: Draft202012Validator, wrong: dict[str, Any]) -> None:
    assert not validator.is_valid(wrong)


def test_schema__describes_every_setting() -> None:
    made = schema()
    for name, part in {"top": made, **made["$defs"]}.items():
        for setting, about in part.get("properties", {}).items():
            has_words = "description" in about or "$ref" in about or "items" in about
            assert has_words, f"{name}.{setting} has no description"
