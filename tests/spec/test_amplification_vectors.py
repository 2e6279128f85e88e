"""Every golden vector of the amplification model, in Python and in SQL; the table is amplification.toml."""

from __future__ import annotations

import importlib
import math
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from transforms.rates import load_profile

_MODULES = (
    "amplification", "audience", "hawkes", "linked", "pooling", "prevalence", "ranges", "ratios", "recovery", "spread",
    "stars", "value",
)  # fmt: skip
VECTORS = tomllib.loads((Path(__file__).parent / "amplification.toml").read_text(encoding="utf-8"))["vector"]
NUMBERED = {f"G{number:02}" for number in range(1, 36)}


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    found: dict[str, Any] = {"math": math, "book": load_profile("dr2013")}
    for module in (importlib.import_module(f"transforms.{name}") for name in _MODULES):
        found.update({name: getattr(module, name) for name in module.__all__})
    book = found["book"]
    found["two"] = [found["Heard"].certain(43, 0.43), found["Heard"].certain(28, 0.35)]
    found["tau_bad"], found["tau_good"] = (
        found["speaking_share"]([rate.share_rate for rate in book.rates[valence].values()], book.anyone[valence])
        for valence in ("bad", "good")
    )
    found["confusion"] = [[0.90, 0.07, 0.03], [0.05, 0.90, 0.05], [0.10, 0.08, 0.82]]
    found["types"] = ((405, 228, 3510, 1575), (0.10, 0.05, 0.02, 0.01), (1, 0.5, 2, 0))
    found["bases"] = {basis.name: basis.ratio for basis in found["recovery_bases"](book)}
    asked, posted = [0.05, 0.07, 0.13, 0.35, 0.40], [0.18, 0.06, 0.06, 0.15, 0.55]
    found["stars"] = found["star_propensity"](asked, posted, good=(3, 4), rate=0.23)
    return found


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_vector__in_python(vector: dict[str, Any], names: dict[str, Any]) -> None:
    assert list(eval(f"({vector['python']})", names)) == pytest.approx(vector["expect"], abs=1e-6)


@pytest.mark.parametrize(
    "vector", [each for each in VECTORS if "sql" in each], ids=[each["id"] for each in VECTORS if "sql" in each]
)
def test_vector__in_sql(vector: dict[str, Any], run_sql: Callable[..., tuple[Any, ...]]) -> None:
    assert [float(value) for value in run_sql(vector["sql"])] == pytest.approx(vector["expect"], abs=1e-6)


def test_vectors__all_thirty_five_are_there() -> None:
    assert {vector["id"].partition("-")[0] for vector in VECTORS if vector["id"].startswith("G")} == NUMBERED
