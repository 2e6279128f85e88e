"""Who reads the marts is written down: it is what the digest and the dashboards ask. The dashboards hang together."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
SUPERSET = ROOT / "bi" / "superset"
EXPOSURES = {
    exposure["name"]: {re.sub(r"ref\('(.+)'\)", r"\1", one) for one in exposure["depends_on"]}
    for exposure in yaml.safe_load((ROOT / "warehouse" / "models" / "exposures.yml").read_text(encoding="utf-8"))[
        "exposures"
    ]
}
DASHBOARDS = {
    "word-of-mouth": "word_of_mouth",
    "drivers": "drivers",
    "response-queue": "response_queue_dashboard",
}


def read(folder: str) -> list[dict[str, Any]]:
    files = sorted((SUPERSET / folder).rglob("*.yaml"))
    return [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]


def tables(sql: str) -> set[str]:
    return set(re.findall(r"\bmarts\.(\w+)", sql))


def charts_of(dashboard: dict[str, Any]) -> set[str]:
    parts = [part for part in dashboard["position"].values() if isinstance(part, dict)]
    return {part["meta"]["uuid"] for part in parts if part["type"] == "CHART"}


def test_exposures__digest_reads_no_other_table() -> None:
    queries = (ROOT / "digests" / "queries").glob("*.sql")
    assert set().union(*(tables(query.read_text(encoding="utf-8")) for query in queries)) <= EXPOSURES["digest"]


@pytest.mark.parametrize("dashboard", read("dashboards"), ids=lambda dashboard: str(dashboard["slug"]))
def test_exposures__dashboard_reads_these_tables(dashboard: dict[str, Any]) -> None:
    datasets = {dataset["uuid"]: dataset for dataset in read("datasets")}
    charts = {chart["uuid"]: chart for chart in read("charts")}
    used = {charts[uuid]["dataset_uuid"] for uuid in charts_of(dashboard)}
    for native_filter in dashboard["metadata"]["native_filter_configuration"]:
        used |= {target["datasetUuid"] for target in native_filter["targets"]}
    asked = [datasets[uuid]["sql"] or f"from marts.{datasets[uuid]['table_name']}" for uuid in used]

    assert tables(" ".join(asked)) == EXPOSURES[DASHBOARDS[dashboard["slug"]]]


def test_dashboards__one_brand_at_a_time() -> None:
    for dashboard in read("dashboards"):
        (brand,) = dashboard["metadata"]["native_filter_configuration"]
        assert brand["controlValues"] | {"multiSelect": False, "enableEmptyFilter": True} == brand["controlValues"]


def test_dashboards__no_chart_is_left_over() -> None:
    used = set().union(*map(charts_of, read("dashboards")))
    assert {chart["uuid"] for chart in read("charts")} == used
    assert {dataset["database_uuid"] for dataset in read("datasets")} == {read("databases")[0]["uuid"]}


def test_dashboards__sum_only_what_may_be_summed() -> None:
    # marts.metric says so of counts as seen and of the swing; estimates and ranges are shown, never summed
    summable = {"bad_count", "neutral_count", "good_count", "mention_count", "swing_exposure_count"}
    said = [file.read_text(encoding="utf-8") for file in SUPERSET.rglob("*.yaml")]
    summed = re.findall(r"\bsum\(\s*(?:case when [^)]*? then )?(\w+)", " ".join(said), re.IGNORECASE)
    assert summed
    assert set(summed) <= summable
